package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/display"
)

// codeRecords are the rules for code, ordered by id.
func codeRecords(d *code.Detector) []ruleRecord {
	titles := titlesOf(d)
	var records []ruleRecord
	for _, r := range d.Active() {
		record := ruleRecord{
			Engine: "code", ID: r.ID, Title: titles[r.ID].Title, Severity: r.Severity.String(), Confidence: confidenceOf(r).String(), Method: methodOf(r),
			Languages: languagesOf(r.Rule), Weaknesses: r.Metadata.CWE, Link: titles[r.ID].Link,
		}
		if !builtIn(r) {
			record.Origin = fmt.Sprintf("%s:%d", r.Source, r.Line)
		}
		records = append(records, record)
	}
	return records
}

func titlesOf(d *code.Detector) map[string]scan.Rule {
	titles := map[string]scan.Rule{}
	for _, r := range d.Rules() {
		titles[r.ID] = r
	}
	return titles
}

// builtIn reports whether a rule is of the pack.
func builtIn(r code.Rule) bool { return strings.HasPrefix(r.Source, "built-in ") }

// confidenceOf is the confidence of a rule's findings.
func confidenceOf(r code.Rule) scan.Confidence {
	if r.Metadata.Confidence == 0 {
		return scan.ConfidenceMedium
	}
	return r.Metadata.Confidence
}

// methodOf says how a rule is evaluated.
func methodOf(r code.Rule) string {
	if r.Taint != nil {
		return "flow"
	}
	return "search"
}

func languagesOf(r *rule.Rule) []string {
	var names []string
	for _, l := range r.Languages {
		names = append(names, string(l))
	}
	return names
}

// shownCode is the text about the rules with an id; "" when there is none.
func shownCode(d *code.Detector, id string) string {
	titles := titlesOf(d)
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-11s %s\n", name, display.Line(value))
		}
	}
	for _, r := range d.Active() {
		if r.ID != id {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		about := titles[r.ID]
		line("id", r.ID)
		line("title", about.Title)
		line("languages", strings.Join(languagesOf(r.Rule), ", "))
		line("severity", r.Severity.String())
		line("confidence", confidenceOf(r).String())
		line("weaknesses", strings.Join(r.Metadata.CWE, ", "))
		line("OWASP", strings.Join(r.Metadata.OWASP, ", "))
		line("message", strings.Join(strings.Fields(r.Message.String()), " "))
		line("instead", about.Remediation)
		line("link", about.Link)
		line("engine", methodOf(r))
		if t := r.Taint; t != nil {
			line("flow", fmt.Sprintf("from %s to %s, past %s", scan.Plural(len(t.Sources), "source", "sources"), scan.Plural(len(t.Sinks), "sink", "sinks"),
				scan.Plural(len(t.Sanitizers), "sanitizer", "sanitizers")))
		}
		line("only in", strings.Join(r.Paths.Include(), ", "))
		line("not in", strings.Join(r.Paths.Exclude(), ", "))
		line("origin", fmt.Sprintf("%s:%d", r.Source, r.Line))
		leaves := slices.Clone(r.Leaves)
		slices.SortStableFunc(leaves, func(a, b rule.Leaf) int { return cmp.Compare(a.At().Line, b.At().Line) })
		for _, leaf := range leaves {
			if p, ok := leaf.(*rule.Pattern); ok {
				line(fmt.Sprintf("line %d", p.Line), strings.Join(strings.Fields(p.Text), " "))
			}
		}
	}
	return b.String()
}

// refusedCode says why a rule with an id is not run; "" when nothing is known of it.
func refusedCode(d *code.Detector, id string) string {
	for i := range d.Refused() {
		if r := &d.Refused()[i]; r.RuleID == id {
			return r.Error()
		}
	}
	return ""
}

// writeCodeParts says what the rules for code do with a line.
func writeCodeParts(b *strings.Builder, d *code.Detector, x *code.Explanation, ids []string) {
	if x.LeftOut != "" {
		fmt.Fprintf(b, "  code: %s\n", display.Line(x.LeftOut))
	}
	for i := range x.Rules {
		r := &x.Rules[i]
		fmt.Fprintf(b, "  code: rule %s (%s, from %s:%d)\n", display.Line(r.ID), methodOf(r.Rule), display.Line(r.Source), r.Line)
		for _, p := range r.Parts {
			place := ""
			if p.Line > 0 {
				place = fmt.Sprintf("line %d", p.Line)
			}
			fmt.Fprintf(b, "    %-9s %s%s\n", place, strings.Repeat("  ", p.Depth), display.Line(p.Text))
		}
		if r.Found {
			b.WriteString("    the rule finds this line\n")
		} else {
			b.WriteString("    the rule does not find this line\n")
		}
	}
	for _, id := range ids {
		if text := refusedCode(d, id); text != "" {
			fmt.Fprintf(b, "  code: %s\n", display.Line(text))
		}
	}
	if len(ids) == 0 && x.LeftOut == "" {
		fmt.Fprintf(b, "  code: %s of which no part matches this line, %s that the file cannot match\n",
			scan.Plural(x.Quiet, "more rule", "more rules"), scan.Plural(x.Absent, "rule", "rules"))
	}
}
