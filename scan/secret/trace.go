package secret

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Step is one thing that the detector did with a place of a file.
type Step struct {
	// Start and End are byte offsets into the file.
	Start, End int
	// Rule is the id of the rule that was at work; empty for a step before any rule.
	Rule string
	// Text says what happened. It never holds text of the file.
	Text string
}

// trace collects steps for the bytes of one line.
type trace struct {
	from, to int
	steps    []Step
}

// maxSteps bounds what is told about one line.
const maxSteps = 500

func (tr *trace) add(r *rule.Live, start, end int, format string, args ...any) {
	if end < tr.from || start >= tr.to || len(tr.steps) >= maxSteps {
		return
	}
	step := Step{Start: start, End: end, Text: fmt.Sprintf(format, args...)}
	if r != nil {
		step.Rule = r.ID
	}
	if !slices.Contains(tr.steps, step) {
		tr.steps = append(tr.steps, step)
	}
}

// emitted tells of a candidate.
func (tr *trace) emitted(c *candidate) {
	switch {
	case c.refused:
		tr.add(c.rule, c.start, c.end, "the text is known to be no credential")
	default:
		what := "a candidate, " + c.severity.String() + ", confidence " + c.confidence.String()
		if c.note != "" {
			what += ": " + c.note
		}
		tr.add(c.rule, c.start, c.end, "%s", what)
	}
}

// resolved tells which candidates gave way to others.
func (tr *trace) resolved(found, kept []candidate) {
	for i := range found {
		c := &found[i]
		for _, k := range kept {
			if c.start < k.end && k.start < c.end && (c.rule != k.rule || c.start != k.start || c.end != k.end) {
				tr.add(c.rule, c.start, c.end, "gives way to %s", k.rule.ID)
			}
		}
	}
}

// hit tells which rules wait for a literal.
func (tr *trace) hit(d *Detector, literal, start, end int) {
	if end < tr.from || start >= tr.to {
		return
	}
	var waiting []string
	for _, to := range d.targets[literal] {
		switch {
		case to.rule != nil && !to.rule.Off:
			waiting = append(waiting, to.rule.ID)
		case to.matcher != nil:
			waiting = append(waiting, "the matcher "+to.name)
		}
	}
	if len(waiting) > 0 {
		slices.Sort(waiting)
		waiting = slices.Compact(waiting)
		more := ""
		if n := len(waiting) - 5; n > 0 {
			waiting, more = waiting[:5], fmt.Sprintf(" and %d more", n)
		}
		tr.add(nil, start, end, "the literal %q wakes %s%s", d.literals[literal], strings.Join(waiting, ", "), more)
	}
}

// Explain tells what the detector did with a line of a file, counted from 1, in the order of the places, and what it
// found on that line. It is for people who ask why a line fired, or why not.
func (d *Detector) Explain(ctx context.Context, content *scan.Content, line int) ([]Step, []scan.Finding, error) {
	from := 0
	for n := 1; n < line; n++ {
		next := ascii.LineEnd(content.Data, from, len(content.Data)) + 1
		if next > len(content.Data) {
			return nil, nil, fmt.Errorf("%s has only %s", content.Path, scan.Plural(n, "line", "lines"))
		}
		from = next
	}
	tr := &trace{from: from, to: ascii.LineEnd(content.Data, from, len(content.Data)) + 1}
	if content.Binary || content.LFS {
		tr.add(nil, from, from, "the file is binary: its text is not looked at")
	}
	found, err := d.scan(ctx, content, nil, tr)
	if e := &endings[classify(content.Path).notation]; e.source != "" && len(tr.steps) > 0 {
		tr.add(nil, from, from, "values are read as %s writes them: %s", e.name, e.source)
	}
	for _, word := range d.aboutPath(content) {
		tr.add(nil, from, from, "%s", word)
	}
	found = slices.DeleteFunc(found, func(f scan.Finding) bool { return f.End < tr.from || f.Start >= tr.to })
	slices.SortStableFunc(tr.steps, func(a, b Step) int { return cmp.Compare(a.Start, b.Start) })
	return tr.steps, found, err
}

// aboutPath says what the file's name changes.
func (d *Detector) aboutPath(content *scan.Content) []string {
	var words []string
	kind := classify(content.Path)
	if kind.test {
		words = append(words, "the path is one of tests or examples: what is guessed by name is LOW or left out")
	}
	if kind.generated || generatedMarker(content.Data) {
		words = append(words, "the file is generated: only tokens of a known shape count")
	}
	if kind.lock {
		words = append(words, "the file is a lock file: values are not guessed at")
	}
	if kind.markup {
		words = append(words, "the file is markup: only random values count")
	}
	return words
}
