package golang

import (
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// place fills in the places of the replacements.
func (m *goMod) place(s *document.Source) {
	if len(m.replace) == 0 {
		return
	}
	index := document.NewLines(s.Data)
	for key, r := range m.replace {
		r.at = scan.Place{Path: s.Path, Start: r.words[0].start, End: r.words[0].end, Line: index.Of(r.words[0].start)}
		m.replace[key] = r
	}
}

// replaced returns the replacement of a module: one for its version takes precedence over one for all versions.
func (m *goMod) replaced(name, version string) (goReplacement, bool) {
	r, ok := m.replace[name+" "+version]
	if !ok {
		r, ok = m.replace[name]
	}
	return r, ok
}

// Replace applies the replacements to the modules of each go.mod. In a workspace, the replacements of go.work take
// precedence over those of any go.mod, and a replacement in one of its modules applies to all of them
// (https://go.dev/ref/mod#workspaces).
func Replace(docs []*document.Document) {
	works, mods := map[string]*document.Document{}, map[string]*document.Document{}
	for _, doc := range docs {
		switch {
		case modOf(doc) == nil:
		case doc.Kind == "go.work":
			works[path.Dir(doc.Path)] = doc
		default:
			mods[path.Dir(doc.Path)] = doc
		}
	}
	members, uses := map[*document.Document]*goMod{}, map[*document.Document]map[string]bool{}
	for dir, work := range works {
		// The others in the order of their paths; Go refuses conflicting ones.
		joined := &goMod{replace: map[string]goReplacement{}}
		uses[work] = map[string]bool{}
		for _, use := range slices.Sorted(slices.Values(modOf(work).use)) {
			uses[work][path.Join(dir, use)] = true
			if mod := mods[path.Join(dir, use)]; mod != nil {
				for key, r := range modOf(mod).replace {
					if _, ok := joined.replace[key]; !ok {
						joined.replace[key] = r
					}
				}
			}
		}
		members[work] = joined
	}
	for dir, doc := range mods {
		order := []*goMod{modOf(doc)}
		if work := workspaceOf(works, dir); work != nil && uses[work][dir] {
			order = []*goMod{modOf(work), modOf(doc), members[work]}
		}
		replaceModules(doc, order)
	}
}

// workspaceOf returns the go.work that the go command finds from a folder; nil if there is none.
func workspaceOf(works map[string]*document.Document, dir string) *document.Document {
	for ; ; dir = path.Dir(dir) {
		if work := works[dir]; work != nil || dir == "." || dir == "/" {
			return work
		}
	}
}

// replaceModules applies replacements to the entries of a go.mod. It drops modules that a folder replaces, because they
// are parts of the project.
func replaceModules(d *document.Document, order []*goMod) {
	kept := d.Entries[:0]
	for _, e := range d.Entries {
		p := &e.Package
		var r goReplacement
		found := false
		for i := 0; i < len(order) && !found && p.Name != scan.GoStandardLibrary; i++ {
			r, found = order[i].replaced(p.Name, "v"+p.Version)
		}
		if found && len(r.words) == 1 && isGoFolder(r.words[0].text) {
			continue
		}
		if found && len(r.words) == 2 {
			p.Name, p.Version = r.words[0].text, strings.TrimPrefix(r.words[1].text, "v")
			if r.at.Path == p.Path {
				p.Start, p.End, p.Line = r.at.Start, r.at.End, r.at.Line
			} else {
				p.Declared = &r.at
			}
		}
		kept = append(kept, e)
	}
	d.Entries = kept
}
