package code

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Explanation says what the rules do with one line of a file, taken alone: flows from other files are not followed.
type Explanation struct {
	// Language is that of the file; "" when no rule for a language looks at it.
	Language rule.Language
	// LeftOut says why rules for the language do not look at the file; "" when they do.
	LeftOut string
	// Rules are those of which a part matches on the line, and those that were asked for, in the order of the rules.
	Rules []Explained
	// Quiet counts the other rules that can match the file, and Absent those that cannot, because the file lacks a word that
	// each match has.
	Quiet, Absent int
}

// Explained is what one rule does with the line.
type Explained struct {
	Rule
	// Parts are what became of each part, in the order of their evaluation.
	Parts []ExplainedPart
	// Found says that the rule finds something on the line.
	Found bool
}

// ExplainedPart is one part of a rule. Line is its line in the file of rules, or 0.
type ExplainedPart struct {
	Line, Depth int
	Text        string
}

// Explain says what the rules do with a line, counted from 1. Ids limits it to some rules; nil means all. Text never quotes
// the file. The error says that the file has no such line.
func (d *Detector) Explain(content *scan.Content, line int, ids []string) (Explanation, error) {
	f, ok := frontOf(content.Path, content.Data)
	x := Explanation{LeftOut: d.leftOut(content)}
	if ok && x.LeftOut == "" {
		x.Language = f.language
	} else {
		f = front{}
	}
	if content.Binary || len(content.Data) > maxFile || d.ignore.match(content.Path) {
		return x, nil
	}
	e := &examination{detector: d, path: content.Path, front: f, source: string(content.Data)}
	in := search.Input{Source: e.source, Language: f.language, Parse: f.parse, Now: d.options.Now(), Across: true}
	in.Skip = func(r *rule.Rule) bool { return !r.Paths.Match(e.path) }
	e.line(0)
	if line > len(e.lines) {
		return x, fmt.Errorf("%s has only %s", content.Path, scan.Plural(len(e.lines), "line", "lines"))
	}
	end := len(e.source)
	if line < len(e.lines) {
		end = e.lines[line]
	}
	at := explainer{e, uint32(e.lines[line-1]), uint32(end)}
	run := map[*rule.Rule]bool{}
	for _, each := range d.set.Examine(in) {
		run[each.Rule()] = true
		wanted := slices.Contains(ids, each.Rule().ID)
		if len(ids) > 0 && !wanted {
			continue
		}
		parts, here, found := at.explain(each, wanted)
		if !here && !wanted {
			x.Quiet++
			continue
		}
		x.Rules = append(x.Rules, Explained{Rule{each.Rule(), d.sourceOf(each.Rule())}, parts, found})
	}
	for _, r := range d.rules {
		if run[r.Rule] {
			continue
		}
		if slices.Contains(ids, r.ID) {
			x.Rules = append(x.Rules, Explained{r, []ExplainedPart{{Text: d.whyNot(r.Rule, content.Path, f.language)}}, false})
		} else if slices.Contains(r.Languages, f.language) || anyFile(r.Rule) {
			x.Absent++
		}
	}
	return x, nil
}

// sourceOf is the name of a rule's file.
func (d *Detector) sourceOf(r *rule.Rule) string {
	i := slices.IndexFunc(d.rules, func(known Rule) bool { return known.Rule == r })
	if i < 0 {
		return ""
	}
	return d.rules[i].Source
}

// whyNot says why a rule is not tried on a file.
func (d *Detector) whyNot(r *rule.Rule, path string, language rule.Language) string {
	switch {
	case !anyFile(r) && !slices.Contains(r.Languages, language):
		return "not tried: the rule is for files in another language"
	case !r.Paths.Match(path):
		return "not tried: the rule's paths leave the file out"
	}
	return "not tried: the file lacks a word that each match of the rule has"
}

// leftOut says why a file with a front end is not looked at; "" when it is.
func (d *Detector) leftOut(content *scan.Content) string {
	f, ok := frontOf(content.Path, content.Data)
	folder := foreignFolder(content.Path)
	switch generated := d.options.IncludeGenerated; {
	case d.ignore.match(content.Path):
		return ".semgrepignore leaves the file out"
	case content.Binary:
		return "the file is binary"
	case !ok && kindOf(content.Path) != "":
		return "this version has no front end for files in " + string(kindOf(content.Path))
	case !ok:
		return "files of this name belong to no language that this version knows"
	case !generated && folder != "":
		return "the file is in " + folder + ", a folder of others' code (CODE_INCLUDE_GENERATED)"
	case !generated && (minifiedName(content.Path) || writtenByProgram(content.Data)):
		return "the file is generated or minified (CODE_INCLUDE_GENERATED)"
	case len(content.Data) > maxFile:
		return fmt.Sprintf("the file is larger than %d MB", maxFile>>20)
	case translation(content):
		return "the file holds translated texts of a program"
	case !d.ruled[f.language]:
		return "no rule is for files in " + string(f.language)
	}
	return ""
}

// explainer explains one line.
type explainer struct {
	e          *examination
	start, end uint32
}

// explain says what a rule does with the line. here says that a part of it matches there.
func (x *explainer) explain(run *search.Run, all bool) (parts []ExplainedPart, here, found bool) {
	r := run.Rule()
	if r.Taint != nil {
		return x.flow(run, all)
	}
	list, found := run.Explain(r.Match, x.start, x.end, x.place)
	parts, here = x.parts(list, 0)
	if run.Cut() {
		parts = append(parts, ExplainedPart{Text: outOfSteps})
	}
	return parts, here, found
}

// parts turns the parts of a formula into text.
func (x *explainer) parts(list []search.Part, depth int) (parts []ExplainedPart, here bool) {
	for _, p := range list {
		parts = append(parts, ExplainedPart{p.Line, depth + p.Depth, p.Key + ": " + p.Text})
		here = here || p.Here
	}
	return parts, here
}

// outOfSteps says that a rule did not look at the whole file.
const outOfSteps = "the rule ran out of steps in this file"

// flow says which sources, sinks and sanitizers match on the line, and where the data gets.
func (x *explainer) flow(run *search.Run, all bool) (parts []ExplainedPart, here, found bool) {
	t := run.Rule().Taint
	isSink := false
	formula := func(kind string, at rule.Position, f rule.Formula) {
		list, matches := run.Explain(f, x.start, x.end, x.place)
		more, touches := x.parts(list, 1)
		here = here || touches
		isSink = isSink || matches && kind == "sink"
		if all || touches {
			text := kind + ": does not match on this line"
			if matches {
				text = kind + ": matches on this line"
			}
			parts = append(append(parts, ExplainedPart{Line: at.Line, Text: text}), more...)
		}
	}
	for _, s := range t.Sources {
		formula("source", s.Position, s.Formula)
	}
	for _, s := range t.Sanitizers {
		formula("sanitizer", s.Position, s.Formula)
	}
	for _, s := range t.Propagators {
		formula("propagator", s.Position, s.Formula)
	}
	for _, s := range t.Sinks {
		formula("sink", s.Position, s.Formula)
	}
	ways, extent := flow.Explain(run)
	if len(ways) == 0 && (all || isSink) {
		parts = append(parts, ExplainedPart{Text: "flow: no source of the rule matches in this file"})
	}
	for i := range ways {
		w := &ways[i]
		on := slices.ContainsFunc(append([]tree.Span{w.Source}, w.Reached...), x.on) ||
			slices.ContainsFunc(w.Cleaned, func(c flow.Clean) bool { return x.on(c.Span) })
		arrives := slices.ContainsFunc(w.Sinks, x.on)
		found, here = found || arrives, here || on
		if on || isSink || all {
			parts = append(parts, ExplainedPart{Line: w.Rule.Line, Text: x.way(w)})
		}
	}
	switch extent {
	case flow.Cut:
		parts = append(parts, ExplainedPart{Text: outOfSteps})
	case flow.Shallow:
		parts = append(parts, ExplainedPart{Text: "flow: not followed through all calls, of which there are too many"})
	}
	return parts, here, found
}

// on reports whether a range touches the line.
func (x *explainer) on(s tree.Span) bool { return s.Start < x.end && s.End > x.start }

// way says how far the data of a source gets.
func (x *explainer) way(w *flow.Way) string {
	var lines []int
	for _, s := range w.Reached {
		if line := x.e.line(int(s.Start)); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	var names []string
	for _, line := range lines[:min(len(lines), scan.MaxNamed)] {
		names = append(names, fmt.Sprint(line))
	}
	if n := len(lines) - scan.MaxNamed; n > 0 {
		names = append(names, fmt.Sprintf("%d more, the last %d", n, lines[len(lines)-1]))
	}
	text := "flow: data of the source " + x.place(w.Source.Start, w.Source.End)
	if len(names) == 0 {
		return text + " is not followed: no statement that runs reaches it"
	}
	text += " is in " + plainPlural(len(lines), "line ", "lines ") + strings.Join(names, ", ")
	for _, c := range w.Cleaned[:min(len(w.Cleaned), scan.MaxNamed)] {
		switch text += "; " + x.place(c.Start, c.End) + " is clean "; c.By {
		case flow.BySanitizer:
			text += fmt.Sprintf("by the sanitizer in line %d of the rules", c.Rule.Line)
		case flow.ByType:
			text += "because of its type"
		default:
			text += "after a check"
		}
	}
	if len(w.Sinks) == 0 {
		return text + "; it stops in line " + fmt.Sprint(lines[len(lines)-1]) + " and reaches no sink"
	}
	var sinks []string
	for _, s := range w.Sinks[:min(len(w.Sinks), scan.MaxNamed)] {
		sinks = append(sinks, x.place(s.Start, s.End))
	}
	return text + "; it reaches " + plainPlural(len(w.Sinks), "the sink ", "the sinks ") + strings.Join(sinks, ", ")
}

func plainPlural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// place names a range by its lines and columns: "12:5-12:20". Columns count bytes from 1.
func (x *explainer) place(start, end uint32) string {
	point := func(offset uint32) string {
		line := x.e.line(int(offset))
		return fmt.Sprintf("%d:%d", line, int(offset)-x.e.lines[line-1]+1)
	}
	return point(start) + "-" + point(end)
}
