package advisory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// Group is one problem of one package, which several databases may have described.
type Group struct {
	// ID is the id that people know best, IDs are all ids and aliases of the problem, ID first.
	ID  string
	IDs []string
	// Advisories are the records that touch the version, the best known first.
	Advisories []Advisory
	Severity   scan.Severity
	Score      float64
	// Rated is as in Advisory; empty means that nobody rated the problem.
	Rated string
}

// Matched is what the advisories say of one version of a package.
type Matched struct {
	// Groups are ordered by severity, the worst first, then by score, then by ID.
	Groups []Group
	// Fix is the smallest version that no advisory of the package touches, of the same major version when there is one;
	// empty when none is known. Major is true when it is of another one.
	Fix   string
	Major bool
}

// Match finds out which of a package's advisories touch a version. advisories are all that speak of the package; ok is false
// when the version is none that can be compared, so that nothing is known.
func Match(e scan.Ecosystem, text string, advisories []Advisory) (m Matched, ok bool) {
	v, ok := parseVersion(e, text)
	if !ok {
		return Matched{}, false
	}
	var touching []Advisory
	all := make([]verdicts, len(advisories))
	for i := range advisories {
		all[i] = newVerdicts(e, &advisories[i])
		if all[i].affects(&v) {
			touching = append(touching, advisories[i])
		}
	}
	if len(touching) == 0 {
		return Matched{}, true
	}
	m.Groups = group(touching)
	m.Fix, m.Major = smallestFix(e, &v, all)
	return m, true
}

// group joins the advisories that share an id.
func group(advisories []Advisory) []Group {
	// parent is a forest over the advisories; owner is the first advisory that has an id.
	parent := make([]int, len(advisories))
	owner := map[string]int{}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i := range advisories {
		parent[i] = i
		for _, id := range advisories[i].ids() {
			if j, ok := owner[id]; ok {
				parent[root(i)] = root(j)
			} else {
				owner[id] = i
			}
		}
	}
	members := map[int][]Advisory{}
	for i := range advisories {
		members[root(i)] = append(members[root(i)], advisories[i])
	}
	groups := make([]Group, 0, len(members))
	for _, list := range members {
		groups = append(groups, newGroup(list))
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Score, a.Score), strings.Compare(a.ID, b.ID))
	})
	return groups
}

func newGroup(list []Advisory) Group {
	slices.SortFunc(list, func(a, b Advisory) int { return compareIDs(a.ID, b.ID) })
	g := Group{Advisories: list}
	for i := range list {
		g.IDs = append(g.IDs, list[i].ids()...)
	}
	slices.SortFunc(g.IDs, compareIDs)
	g.IDs = slices.Compact(g.IDs)
	g.ID = g.IDs[0]
	for i := range list {
		// A word of a database counts less than a score, and no word at all least.
		a := &list[i]
		better := a.Rated != "" && g.Rated == "" || a.Score > 0 && g.Score == 0
		if i == 0 || better || (a.Rated != "") == (g.Rated != "") && (a.Score > 0) == (g.Score > 0) && a.Severity > g.Severity {
			g.Severity, g.Score, g.Rated = a.Severity, a.Score, a.Rated
		}
		if a.Malicious() {
			g.Severity, g.Score, g.Rated = a.Severity, a.Score, a.Rated
			break
		}
	}
	return g
}

// known orders the kinds of ids by how many people know them.
var known = []string{"MAL-", "GHSA-", "CVE-"}

// compareIDs puts the id that people know best first.
func compareIDs(a, b string) int {
	rank := func(id string) int {
		for i, prefix := range known {
			if strings.HasPrefix(id, prefix) {
				return i
			}
		}
		return len(known)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}
