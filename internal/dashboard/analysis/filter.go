package analysis

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// filter is what the address of an analysis chooses.
type filter struct {
	page.List
	Branch string
	// Severities, Engines, Rules and States are what can be chosen from lists, each with the number of findings that it
	// would show.
	Severities, Engines, Rules, States []page.Choice
	Path, Author                       string
	New, Reviewed, Allowed             bool
	// NewMeans says what a finding is compared with.
	NewMeans string

	stored findings.BranchFilter
}

const (
	// mostRules bounds the rules that can be chosen from the list, the most frequent ones.
	mostRules = 100
	// ruleColumns bounds the name of a rule in the list.
	ruleColumns = 60
)

// newFilter reads what the address chooses. It knows no numbers yet; see count.
func newFilter(v *page.Visit, branch string) *filter {
	q := v.Request.URL.Query()
	f := &filter{
		List: v.List(), Branch: branch, Path: strings.TrimSpace(q.Get("path")), Author: strings.TrimSpace(q.Get("author")), New: q.Get("new") == "true",
		Reviewed: q.Get("showReviewed") == "true", Allowed: q.Get("showAllowlisted") == "true",
	}
	x := &f.stored
	x.Path, x.Author, x.New, x.Reviewed, x.Allowed = f.Path, f.Author, f.New, f.Reviewed, f.Allowed
	for _, e := range scan.Engines() {
		if q.Get("engine") == string(e.Engine) {
			x.Engine = e.Engine
		}
	}
	for _, s := range scan.Severities {
		if strings.EqualFold(q.Get("severity"), s.String()) {
			x.Severity = &s
			f.Keep("severity", severityValue(s))
		}
	}
	for i := range figure.FindingStates {
		if s := figure.FindingStates[i].State; strings.EqualFold(q.Get("state"), s.String()) {
			x.State = &s
			f.Keep("state", stateValue(s))
			// A state that takes findings out of the count can only show something with them.
			x.Reviewed = x.Reviewed || s == findings.Accepted || s == findings.FalsePositive || s == findings.Fixed
		}
	}
	x.Rule = q.Get("rule")
	f.Keep("branch", branch)
	f.Keep("engine", string(x.Engine))
	f.Keep("rule", x.Rule)
	f.Keep("path", f.Path)
	f.Keep("author", f.Author)
	for name, on := range map[string]bool{"new": f.New, "showReviewed": f.Reviewed, "showAllowlisted": f.Allowed} {
		if on {
			f.Keep(name, "true")
		}
	}
	f.Chosen = x.Engine != "" || x.Severity != nil || x.State != nil || x.Rule != "" || f.Path != "" || f.Author != "" || f.New
	return f
}

func severityValue(s scan.Severity) string { return strings.ToLower(s.String()) }
func stateValue(s findings.State) string   { return strings.ToLower(s.String()) }
func (f *filter) engineIs(c findings.Facet) bool {
	return f.stored.Engine == "" || c.Engine == f.stored.Engine
}
func (f *filter) severityIs(c findings.Facet) bool {
	return f.stored.Severity == nil || c.Severity == *f.stored.Severity
}
func (f *filter) ruleIs(c findings.Facet) bool { return f.stored.Rule == "" || c.Rule == f.stored.Rule }
func (f *filter) stateIs(c findings.Facet) bool {
	return f.stored.State == nil || c.State == *f.stored.State
}

// Clear is the address of the list without what leaves something out.
func (f *filter) Clear() string { return f.Only("branch", "showReviewed", "showAllowlisted") }

// count makes the lists of choices, each with the number of findings that it shows together with the other lists. It gives
// the number of findings that the whole filter shows.
func (f *filter) count(facets []findings.Facet) (total int) {
	engines, severities, rules, states := map[scan.Engine]int{}, map[scan.Severity]int{}, map[string]int{}, map[findings.State]int{}
	names := map[string]string{}
	for _, c := range facets {
		engine, severity, rule, state := f.engineIs(c), f.severityIs(c), f.ruleIs(c), f.stateIs(c)
		if severity && rule && state {
			engines[c.Engine] += c.Count
		}
		if engine && rule && state {
			severities[c.Severity] += c.Count
		}
		if engine && severity && state {
			rules[c.Rule] += c.Count
			names[c.Rule] = c.RuleName
		}
		if engine && severity && rule {
			states[c.State] += c.Count
		}
		if engine && severity && rule && state {
			total += c.Count
		}
	}
	f.Engines = []page.Choice{{Word: "Any engine", Chosen: f.stored.Engine == ""}}
	for _, e := range scan.Engines() {
		if n := engines[e.Engine]; n > 0 || e.Engine == f.stored.Engine {
			f.Engines = append(f.Engines, choice(string(e.Engine), e.Title, n, e.Engine == f.stored.Engine))
		}
	}
	f.Severities = []page.Choice{{Word: "Any severity", Chosen: f.stored.Severity == nil}}
	for _, s := range scan.Severities {
		word := s.String()[:1] + strings.ToLower(s.String()[1:])
		f.Severities = append(f.Severities, choice(severityValue(s), word, severities[s], f.stored.Severity != nil && *f.stored.Severity == s))
	}
	f.States = []page.Choice{{Word: "Any state", Chosen: f.stored.State == nil}}
	for _, s := range figure.FindingStates {
		chosen := f.stored.State != nil && *f.stored.State == s.State
		n := states[s.State]
		if n > 0 || chosen || s.State == findings.Open {
			f.States = append(f.States, choice(stateValue(s.State), s.Word, n, chosen))
			continue
		}
		// Without these, "any state" leaves out what does not count, and their number is not known.
		if !f.Reviewed && (s.State == findings.Accepted || s.State == findings.FalsePositive) {
			f.States = append(f.States, page.Choice{Value: stateValue(s.State), Word: s.Word})
		}
	}
	f.Rules = f.ruleChoices(rules, names)
	return total
}

func (f *filter) ruleChoices(counts map[string]int, names map[string]string) []page.Choice {
	var rules []string
	for rule := range counts {
		rules = append(rules, rule)
	}
	slices.SortFunc(rules, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b)) })
	list := []page.Choice{{Word: "Any rule", Chosen: f.stored.Rule == ""}}
	found := f.stored.Rule == ""
	for i, rule := range rules {
		chosen := rule == f.stored.Rule
		found = found || chosen
		if i < mostRules || chosen {
			list = append(list, choice(rule, display.CutEnd(display.Escape(names[rule]), ruleColumns), counts[rule], chosen))
		}
	}
	if !found {
		list = append(list, choice(f.stored.Rule, display.CutEnd(display.Escape(f.stored.Rule), ruleColumns), 0, true))
	}
	return list
}

func choice(value, word string, n int, chosen bool) page.Choice {
	return page.Choice{Value: value, Word: word + " (" + figure.Thousands(n) + ")", Chosen: chosen}
}
