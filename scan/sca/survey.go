package sca

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// survey turns the packages of one tree into findings.
type survey struct {
	options *Options
	now     time.Time
	ending  *scan.Ending
	// questions are the questions for the code of the tree.
	questions []importQuestion
}

func (s *survey) note(code, format string, args ...any) {
	s.ending.Notes = append(s.ending.Notes, scan.Note{Code: code, Text: fmt.Sprintf(format, args...)})
}

// advisories finds the advisories that affect the packages.
func (s *survey) advisories(ctx context.Context, tree *scan.Tree) error {
	packages, development := s.asked()
	if development > 0 {
		s.note("development", "%s not checked, because the configuration leaves out development dependencies",
			scan.Plural(development, "dependency was", "dependencies were"))
	}
	if len(packages) == 0 || s.options.Advisories == nil {
		return nil
	}
	found, err := s.options.Advisories.Find(ctx, packages)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s not checked: %w", scan.Plural(len(packages), "dependency was", "dependencies were"), err)
	}
	s.ending.DataDate = found.Date
	s.ending.Notes = append(s.ending.Notes, found.Notes...)
	s.noteUnchecked(packages, found.Unchecked)
	unknown, low := 0, 0
	rules := map[string]scan.Rule{}
	seen := map[string]bool{}
	for i := range packages {
		p := &packages[i]
		if len(found.Advisories[i]) == 0 {
			continue
		}
		matched, ok := advisory.Match(p.Ecosystem, p.Version, found.Advisories[i])
		if !ok {
			unknown++
			continue
		}
		if p.Minimum && len(matched.Groups) > 0 {
			s.minimum(p, &matched)
			continue
		}
		for k := range matched.Groups {
			g := &matched.Groups[k]
			if g.Severity < s.options.Policy.MinSeverity {
				low++
				continue
			}
			f := s.finding(p, &matched, g)
			// One file can name a package several times; only the first place counts.
			key := strings.Join([]string{f.Path, string(p.Ecosystem), p.Ecosystem.Normal(p.Name), p.Version, g.ID}, "\x00")
			if seen[key] {
				continue
			}
			seen[key] = true
			rules[g.ID] = rule(g)
			s.ending.Findings = append(s.ending.Findings, f)
			s.askImports(g)
		}
	}
	if unknown > 0 {
		s.note("not-compared", "%s not checked, because their versions cannot be compared", scan.Plural(unknown, "dependency was", "dependencies were"))
	}
	if low > 0 {
		s.note("min-severity", "%s below %s not reported, as the configuration says", scan.Plural(low, "advisory is", "advisories are"), s.options.Policy.MinSeverity)
	}
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		s.ending.Rules = append(s.ending.Rules, rules[id])
	}
	return s.answerImports(ctx, tree)
}

// asked returns the packages to look up, direct ones first, because a direct place is the better one to show.
// development is the number of packages that were left out.
func (s *survey) asked() (packages []scan.Package, development int) {
	for i := range s.ending.Packages {
		p := &s.ending.Packages[i]
		if !p.Matchable() {
			continue
		}
		if p.Development && s.options.Policy.WithoutDevelopment {
			development++
			continue
		}
		packages = append(packages, *p)
	}
	slices.SortStableFunc(packages, func(a, b scan.Package) int {
		return cmp.Compare(boolRank(a.Relation == scan.RelationDirect), boolRank(b.Relation == scan.RelationDirect))
	})
	return packages, development
}

// boolRank sorts true first.
func boolRank(b bool) int {
	if b {
		return 0
	}
	return 1
}

// noteUnchecked names the ecosystems without data: an unchecked package must not look clean.
func (s *survey) noteUnchecked(packages []scan.Package, reasons map[scan.Ecosystem]string) {
	counts := map[scan.Ecosystem]int{}
	for i := range packages {
		if _, ok := reasons[packages[i].Ecosystem]; ok {
			counts[packages[i].Ecosystem]++
		}
	}
	for _, e := range slices.Sorted(maps.Keys(counts)) {
		s.ending.Unchecked += counts[e]
		s.note("not-checked", "not checked: %s of %s, because %s", scan.Plural(counts[e], "package", "packages"), e, reasons[e])
	}
}
