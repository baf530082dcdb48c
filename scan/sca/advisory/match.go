package advisory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// Group is one vulnerability of one package. Several databases may describe it.
type Group struct {
	// ID is the best-known id. IDs are all ids and aliases of the vulnerability, ID first.
	ID  string
	IDs []string
	// Advisories are the records that affect the version, the best-known first.
	Advisories []Advisory
	Severity   scan.Severity
	Score      float64
	// Rated is as in Advisory; empty means that nobody has rated the vulnerability.
	Rated string
}

// Matched is the result for one version of a package.
type Matched struct {
	// Groups are ordered by severity, the worst first, then by score, then by ID.
	Groups []Group
	// Fix is the smallest version that no advisory of the package affects, with the same major version if possible; empty
	// if none is known. Major is true if its major version differs.
	Fix   string
	Major bool
}

// Match finds the advisories that affect a version. advisories are all advisories on the package. ok is false if the
// version cannot be compared, so that nothing is known.
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
	// parent is a forest over the advisories; owner maps an id to the first advisory with it.
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
		// A database's own rating counts less than a score, and no rating counts least.
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

// known orders the kinds of ids from the best-known down.
var known = []string{"MAL-", "GHSA-", "CVE-"}

// compareIDs puts the best-known id first.
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
