package ruletest

import (
	"maps"
	"slices"
	"strings"
)

// Counts are numbers of lines. Lines with "todoruleid" or "todook" are in Todo alone, whatever the rule does there.
type Counts struct {
	TruePositives, TrueNegatives, FalsePositives, FalseNegatives int
	// TodoDone are the lines among Todo on which the rule already does what it should.
	Todo, TodoDone int
}

func (c *Counts) add(d Counts) {
	c.TruePositives += d.TruePositives
	c.TrueNegatives += d.TrueNegatives
	c.FalsePositives += d.FalsePositives
	c.FalseNegatives += d.FalseNegatives
	c.Todo += d.Todo
	c.TodoDone += d.TodoDone
}

// Outcome is what a rule did on a file.
type Outcome struct {
	RuleID, Target string
	// Missed are the lines that the rule did not find and should have; Wrong are those that it found without an
	// annotation or against one. Both are sorted.
	Missed, Wrong []int
	Counts        Counts
}

// Exact reports whether the rule did what the annotations say.
func (o *Outcome) Exact() bool { return len(o.Missed) == 0 && len(o.Wrong) == 0 }

// Compare compares the findings of a rule on a file with the annotations of the file. A finding counts by the line on
// which it begins, several on one line count once. Findings and annotations of other rules are passed over. An annotation
// names the rule by its id, or by an id that ends with a dot and the rule's.
func Compare(ruleID, target string, annotations []Annotation, findings []Finding) Outcome {
	o := Outcome{RuleID: ruleID, Target: target}
	lines := map[Kind]map[int]bool{Expected: {}, Clean: {}, TodoExpected: {}, TodoClean: {}}
	for _, a := range annotations {
		if names(a.ID, ruleID) {
			lines[a.Kind][a.Target] = true
		}
	}
	found := map[int]bool{}
	for _, f := range findings {
		if f.RuleID == ruleID {
			found[f.Line] = true
		}
	}
	todo := func(line int) bool { return lines[TodoExpected][line] || lines[TodoClean][line] }
	for _, line := range slices.Sorted(maps.Keys(lines[Expected])) {
		switch {
		case todo(line):
		case found[line]:
			o.Counts.TruePositives++
		default:
			o.Missed = append(o.Missed, line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(found)) {
		if !lines[Expected][line] && !todo(line) {
			o.Wrong = append(o.Wrong, line)
		}
	}
	for line := range lines[Clean] {
		if !found[line] && !todo(line) {
			o.Counts.TrueNegatives++
		}
	}
	o.Counts.FalseNegatives, o.Counts.FalsePositives = len(o.Missed), len(o.Wrong)
	for line := range lines[TodoExpected] {
		o.Counts.count(found[line])
	}
	for line := range lines[TodoClean] {
		if !lines[TodoExpected][line] {
			o.Counts.count(!found[line])
		}
	}
	return o
}

func (c *Counts) count(done bool) {
	c.Todo++
	if done {
		c.TodoDone++
	}
}

// names reports whether the id of an annotation is that of the rule.
func names(annotated, ruleID string) bool {
	return annotated == ruleID || strings.HasSuffix(annotated, "."+ruleID)
}
