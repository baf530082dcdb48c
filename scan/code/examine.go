package code

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// examination is one file under examination.
type examination struct {
	detector *Detector
	path     string
	front    front
	source   string
	// tree is nil until the front end has read the file.
	tree *tree.Tree
	// missed is what rules did not see because of their steps.
	missed gap
	// lines are the offsets at which lines begin, once something asks for them.
	lines []int
	// comments are those of the file, once something asks for them.
	comments *comments
	// ends are the taint rules of which the file can hold a source or a sink, after search.
	ends []search.End
}

// input is the file as rules see it.
func (e *examination) input() search.Input {
	return search.Input{
		Source: e.source, Language: e.front.language, Tree: e.tree, Parse: e.front.parse, Now: e.detector.options.Now(),
		Skip: func(r *rule.Rule) bool { return !r.Paths.Match(e.path) },
	}
}

// search runs the rules that need no more than one file. The others are noted.
func (e *examination) search(ctx context.Context) []scan.Finding {
	in := e.input()
	in.Ends = func(end search.End) { e.ends = append(e.ends, end) }
	return e.examine(ctx, in)
}

// run runs all rules on the file alone. After ctx ends, the findings are those so far.
func (e *examination) run(ctx context.Context) []scan.Finding { return e.examine(ctx, e.input()) }

func (e *examination) examine(ctx context.Context, in search.Input) []scan.Finding {
	var findings []found
	for _, run := range e.detector.set.Examine(in) {
		if ctx.Err() != nil {
			return nil
		}
		if f := run.File(); e.tree == nil && len(f.Nodes) > 2 {
			e.tree = f.Tree
		}
		if run.Rule().Taint != nil {
			ways, extent := flow.Find(run)
			for i := range ways {
				var steps []place
				for _, mark := range ways[i].Steps {
					steps = append(steps, place{e, mark.Span})
				}
				findings = append(findings, e.finding(&ways[i].Finding, steps))
			}
			e.note(run, extent)
			continue
		}
		result := run.Search()
		for i := range result.Findings {
			findings = append(findings, e.finding(&result.Findings[i], nil))
		}
		if len(result.Cut) > 0 {
			e.note(run, flow.Cut)
		}
	}
	return e.detector.withoutWeaker(distinct(findings))
}

// note remembers that a rule did not see all.
func (e *examination) note(run *search.Run, extent flow.Extent) {
	e.missed = e.missed.with(missedBy(run.Rule(), extent))
}

// line is the line of an offset, from 1.
func (e *examination) line(offset int) int {
	if e.lines == nil {
		e.lines = []int{0}
		for i := range len(e.source) {
			if e.source[i] == '\n' {
				e.lines = append(e.lines, i+1)
			}
		}
	}
	return sort.SearchInts(e.lines, offset+1)
}

// finding makes the finding of a rule at a place. Steps are the way of a flow, the last in this file.
func (e *examination) finding(match *search.Finding, steps []place) found {
	r := match.Rule
	f := scan.Finding{
		Engine: Engine, RuleID: r.ID, Title: titleOf(r), Severity: r.Severity, Confidence: r.Metadata.Confidence, Message: e.message(match),
		Remediation: fixOf(r), Link: e.detector.described[r.ID].Link, Start: int(match.Start), End: int(match.End), Weaknesses: r.Metadata.CWE, CommentsRead: true,
		Path: e.path,
	}
	if f.Severity > scan.SeverityLow && isTest(e.path) {
		f.Severity--
	}
	if f.Confidence == 0 {
		f.Confidence = scan.ConfidenceMedium
	}
	from := ""
	for i, s := range steps {
		kind := scan.StepOn
		switch i {
		case 0:
			kind = scan.StepSource
		case len(steps) - 1:
			kind = scan.StepSink
		}
		f.Flow = append(f.Flow, scan.Step{Path: s.in.path, Kind: kind, Start: int(s.Start), End: int(s.End)})
	}
	if len(steps) > 0 {
		source := steps[0]
		from = source.in.around(source.Start, source.End)
		f.Related = fmt.Sprintf("Source: %s:%d -> %s:%d", source.in.path, source.in.line(int(source.Start)), e.path, e.line(f.Start))
	}
	f.Key = e.key(match, steps)
	f.Suppression = e.suppression(&f, steps)
	return found{f, from}
}

// message is the rule's message with the texts of its metavariables. Text of literals is left out: it may be a secret.
func (e *examination) message(match *search.Finding) string {
	text := match.Rule.Message.Text(func(name string, _ bool) (string, bool) {
		for i := range match.Bindings {
			if b := &match.Bindings[i]; b.Name == strings.Replace(name, "$...", "$", 1) {
				return e.shown(b), true
			}
		}
		return "", false
	})
	return strings.Join(strings.Fields(text), " ")
}

// maxShown bounds the text of a metavariable in a message, in bytes.
const maxShown = 80

// shown is the text of a binding with every literal left out. What is not code is left out as a whole.
func (e *examination) shown(b *search.Binding) string {
	const left = "…"
	if b.IsText || e.tree == nil || len(b.Nodes) == 0 || int(b.End) > len(e.source) || b.End < b.Start {
		return left
	}
	for _, c := range e.tree.Comments {
		if c.Start < b.End && c.End > b.Start {
			return left
		}
	}
	var out strings.Builder
	at := b.Start
	for _, node := range b.Nodes {
		for id := node; id < e.tree.Nodes[node].Limit; id++ {
			span := e.tree.Span(id)
			switch e.tree.Kind(id) {
			case tree.String, tree.Template, tree.Regex, tree.Char, tree.Number, tree.Error:
				if span.Start >= at && span.End <= b.End {
					out.WriteString(e.source[at:span.Start] + left)
					at = span.End
				}
			}
		}
	}
	out.WriteString(e.source[at:b.End])
	text := strings.Join(strings.Fields(out.String()), " ")
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + left
	}
	return text
}
