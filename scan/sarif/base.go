package sarif

import (
	"path"
	"slices"
	"strings"
)

// maxBases limits the nesting of originalUriBaseIds; a cycle ends there too.
const maxBases = 16

// bases resolves the artifact locations of one run.
type bases struct {
	// roots are the paths of the scanned tree, in the form of filePath's absolute paths.
	roots     []string
	originals map[string]baseLocation
	artifacts []artifact
	// working are the working directories that the tool reports.
	working []string
	// tree is nil if the files are not known.
	tree *treeIndex
}

// place is an artifact location before the file is known.
type place struct {
	// text is the log's name of the place, for people; empty if it has none.
	text string
	// path is relative, or absolute if absolute is true; empty if the location is not a file.
	path     string
	absolute bool
	// base is the absolute folder to which the log declares the path relative, or empty.
	base string
}

// locate reads a location using only the log.
func (b *bases) locate(l *artifactLocation) place {
	if l == nil {
		return place{}
	}
	if l.URI == "" && l.Index != nil && *l.Index >= 0 && int(*l.Index) < len(b.artifacts) {
		if l = b.artifacts[*l.Index].Location; l == nil {
			return place{}
		}
	}
	if l.URI == "" {
		return place{}
	}
	p, kind := filePath(string(l.URI))
	switch kind {
	case notAFile:
		return place{text: string(l.URI)}
	case absoluteFile:
		return place{text: p, path: p, absolute: true}
	}
	// Walk up the nested bases, and prepend relative ones to p until an absolute base or an unknown one.
	id := l.URIBaseID
	for range maxBases {
		base, known := b.originals[string(id)]
		if id == "" || !known || base.URI == "" {
			break
		}
		up, kind := filePath(strings.TrimSuffix(string(base.URI), "/") + "/")
		if kind == notAFile {
			break
		}
		if kind == absoluteFile {
			return place{text: p, path: p, base: up}
		}
		p = path.Join(up, p)
		id = base.URIBaseID
	}
	if path.Clean(p) == "." {
		return place{}
	}
	return place{text: p, path: p}
}

// resolve returns the path of l below the root of the scanned tree. If there is none, ok is false and the text is the
// log's name of the place, for people ("" if it has none).
func (b *bases) resolve(l *artifactLocation) (string, bool) {
	at := b.locate(l)
	switch {
	case at.path == "":
		return at.text, false
	case b.tree != nil:
		return b.tree.resolve(at)
	case at.absolute:
		return b.relative(at.path)
	}
	if at.base != "" {
		if rest, ok := b.below(path.Join(at.base, at.path)); ok {
			return rest, true
		}
	}
	if clean, ok := inside(at.path); ok {
		return clean, true
	}
	return at.text, false
}

// below returns an absolute path relative to one of the roots.
func (b *bases) below(p string) (string, bool) {
	for _, root := range b.roots {
		if rest, ok := below(root, p); ok {
			return rest, true
		}
	}
	return "", false
}

// declared lists the absolute folders that the log declares for its files.
func (b *bases) declared() []string {
	list := append([]string(nil), b.working...)
	for _, base := range b.originals {
		if up, kind := filePath(string(base.URI)); kind == absoluteFile && base.URIBaseID == "" && up != "/" {
			list = append(list, up)
		}
	}
	slices.Sort(list)
	return list
}

// relative returns an absolute path relative to a root, or else to a folder that the log declares.
func (b *bases) relative(p string) (string, bool) {
	if rest, ok := b.below(p); ok {
		return inside(rest)
	}
	best := ""
	for _, up := range b.declared() {
		if rest, ok := below(up, p); ok && (best == "" || len(rest) > len(best)) {
			best = rest
		}
	}
	if clean, ok := inside(best); ok {
		return clean, true
	}
	return p, false
}
