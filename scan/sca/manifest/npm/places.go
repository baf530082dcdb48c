package npm

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// place is a folder below which packages are installed, or the package in it. Node looks for a dependency in the
// package's own folder and then in each parent (https://nodejs.org/api/modules.html#loading-from-node_modules-folders).
// The lock files of npm and Bun name packages by such places. A tree of places avoids joining and cutting paths, which
// would be quadratic for deep ones.
type place struct {
	parent *place
	below  map[string]*place
	depth  int
	// key is the key of the package at this place; empty if the file names none.
	key string
}

// child returns the place for a name below this one, and creates it if necessary; nil if it is deeper than syntax.MaxDepth.
func (p *place) child(name string) *place {
	if c := p.below[name]; c != nil {
		return c
	}
	if p.depth == syntax.MaxDepth {
		return nil
	}
	if p.below == nil {
		p.below = map[string]*place{}
	}
	c := &place{parent: p, depth: p.depth + 1}
	p.below[name] = c
	return c
}

// find returns the key of the package that a package at this place gets for a name.
func (p *place) find(name string) (key string, ok bool) {
	for ; p != nil; p = p.parent {
		if c := p.below[name]; c != nil && c.key != "" {
			return c.key, true
		}
	}
	return "", false
}

// nodePlaces are the places of a package-lock.json, "packages/a/node_modules/b", by the part of the project that
// contains them.
type nodePlaces struct {
	root  place
	parts map[string]*place
}

// of returns the place of a path, and the name of its last folder; the path of a part of the project itself has no name.
// The place is nil if it is too deep.
func (n *nodePlaces) of(path string) (at *place, name string) {
	const folder = "node_modules/"
	at = &n.root
	part, rest, ok := strings.Cut(path, folder)
	if part = strings.TrimSuffix(part, "/"); part != "" {
		if at = n.parts[part]; at == nil {
			if n.parts == nil {
				n.parts = map[string]*place{}
			}
			at = &place{parent: &n.root, depth: 1}
			n.parts[part] = at
		}
	}
	for ok && at != nil {
		name, rest, ok = strings.Cut(rest, "/"+folder)
		at = at.child(name)
	}
	return at, name
}
