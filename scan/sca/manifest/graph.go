package manifest

import (
	"cmp"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// relate finds the direct dependencies of the project, and how the other packages of a lock file come in. If neither the
// lock file nor a manifest tells, the reader's result stays.
func relate(doc *document.Document, manifests []*document.Document) {
	byKey := make(map[string][]int, len(doc.Entries))
	for i := range doc.Entries {
		e := &doc.Entries[i]
		if e.Keys == nil {
			e.Keys = []string{e.Package.Ecosystem.Normal(e.Package.Name)}
		}
		for _, key := range e.Keys {
			byKey[key] = append(byKey[key], i)
		}
	}
	declare(doc, manifests, byKey)
	if doc.RootsUndecided {
		decide(doc, manifests, byKey)
	}
	if len(doc.Roots) == 0 {
		return
	}
	g := graph{doc: doc, byKey: byKey, followed: map[string]bool{}, via: make([]int, len(doc.Entries)), direct: make([]bool, len(doc.Entries))}
	for i := range g.via {
		g.via[i] = unreached
	}
	// First mark the packages that production needs; the others are only for development.
	g.walk(false)
	g.walk(true)
	for i := range doc.Entries {
		p := &doc.Entries[i].Package
		if !g.direct[i] {
			p.Declared = nil // the line asks for another package of that name
		}
		switch {
		case g.direct[i]:
			p.Relation = scan.RelationDirect
		case g.via[i] != unreached:
			p.Relation = scan.RelationTransitive
			p.Via = doc.Entries[g.via[i]].Package.Name
			p.Declared = nil // another package of that name was declared
		case p.Relation == scan.RelationUnknown:
			p.Relation = scan.RelationTransitive
		}
	}
}

// declare finds the manifest line of each direct dependency. If the lock file does not know the roots, it makes them
// from the manifests.
func declare(doc *document.Document, manifests []*document.Document, byKey map[string][]int) {
	known := len(doc.Roots) > 0
	// Many lines may ask for the same package, so look at the entries of each key once.
	type line struct {
		key, name   string
		development bool
	}
	done := map[line]bool{}
	for _, manifest := range manifests {
		for i := range manifest.Declared {
			d := &manifest.Declared[i]
			name := d.Ecosystem.Normal(d.Name)
			alias := cmp.Or(d.Alias, d.Name)
			key := alias + "@" + d.Constraint
			for _, other := range []string{alias, name} {
				if len(byKey[key]) == 0 {
					key = other
				}
			}
			if !known && !d.Shared && !d.Rootless {
				doc.Roots = append(doc.Roots, document.Root{Key: key, Development: d.Development})
			}
			if done[line{key, name, d.Development}] {
				continue
			}
			done[line{key, name, d.Development}] = true
			for _, at := range byKey[key] {
				if p := &doc.Entries[at].Package; p.Declared == nil && p.Ecosystem.Normal(p.Name) == name {
					if p.Declared = d.At; d.At == nil {
						p.Declared = &scan.Place{Path: manifest.Path, Start: d.Start, End: d.End, Line: d.Line}
					}
				}
			}
		}
	}
}

// decide finds the roots that are only for development: all of their declarations must be.
func decide(doc *document.Document, manifests []*document.Document, byKey map[string][]int) {
	production := map[string]bool{}
	for _, manifest := range manifests {
		for i := range manifest.Declared {
			if d := &manifest.Declared[i]; !d.Shared {
				name := d.Ecosystem.Normal(d.Name)
				production[name] = production[name] || !d.Development
			}
		}
	}
	decided := map[string]bool{}
	for i := range doc.Roots {
		root := &doc.Roots[i]
		if development, ok := decided[root.Key]; ok {
			root.Development = development
			continue
		}
		for _, at := range byKey[root.Key] {
			p := &doc.Entries[at].Package
			if asked, ok := production[p.Ecosystem.Normal(p.Name)]; ok {
				root.Development = !asked
			}
		}
		decided[root.Key] = root.Development
	}
}

const unreached = -1

// graph walks the requirements of packages.
type graph struct {
	doc   *document.Document
	byKey map[string][]int
	// followed are the keys that were followed, each once.
	followed map[string]bool
	// via is, for each entry, the entry of the root that reached it first, or unreached.
	via    []int
	direct []bool
}

// walk goes from the roots of one kind, in order, breadth first, so each entry is reached from the nearest root. It
// visits every entry and every requirement once, so the time is linear.
func (g *graph) walk(development bool) {
	var ring []int
	asked := map[string]bool{}
	for _, root := range g.doc.Roots {
		if root.Development != development || asked[root.Key] {
			continue
		}
		asked[root.Key] = true
		for _, i := range g.byKey[root.Key] {
			if g.direct[i] = true; g.via[i] == unreached {
				g.via[i] = i
				g.doc.Entries[i].Package.Development = development
				ring = append(ring, i)
			}
		}
	}
	for len(ring) > 0 {
		var next []int
		for _, i := range ring {
			for _, key := range g.doc.Entries[i].Requires {
				if g.followed[key] {
					continue
				}
				g.followed[key] = true
				for _, j := range g.byKey[key] {
					if g.via[j] == unreached {
						g.via[j] = g.via[i]
						g.doc.Entries[j].Package.Development = development
						next = append(next, j)
					}
				}
			}
		}
		ring = next
	}
}
