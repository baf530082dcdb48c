package code

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// place is a range of a file.
type place struct {
	in *examination
	tree.Span
}

// found is a finding with the function in which its source lies.
type found struct {
	scan.Finding
	from string
}

// distinct sorts the findings of one file by place and keeps one of a rule at a place: a sink that is reached several times from one function is
// one finding, with the shortest way.
func distinct(all []found) []scan.Finding {
	origin := func(f *found) string {
		if len(f.Flow) == 0 {
			return ""
		}
		return f.Flow[0].Path
	}
	same := func(a, b *found) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.RuleID, b.RuleID), cmp.Compare(origin(a), origin(b)), cmp.Compare(a.from, b.from))
	}
	slices.SortStableFunc(all, func(a, b found) int {
		if c := cmp.Or(same(&a, &b), cmp.Compare(len(a.Flow), len(b.Flow))); c != 0 || len(a.Flow) == 0 {
			return c
		}
		return cmp.Compare(a.Flow[0].Start, b.Flow[0].Start)
	})
	all = slices.CompactFunc(all, func(a, b found) bool {
		return same(&a, &b) == 0 && (len(a.Flow) > 0 || a.Message == b.Message)
	})
	var list []scan.Finding
	for i := range all {
		list = append(list, all[i].Finding)
	}
	return list
}
