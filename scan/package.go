package scan

import (
	"cmp"
	"fmt"
	"strings"
)

// Package is one dependency as one file of a tree names it.
type Package struct {
	Ecosystem Ecosystem
	// Name is as the file writes it; [Ecosystem.Normal] gives the one to compare. Maven's is "group:artifact".
	Name string
	// Version is the exact one that the file pins, without the "v" of a Go version; empty when the file pins none (a range,
	// a branch, a property that is not known): such a package is named and cannot be matched.
	Version string
	// Minimum is true when Version is the least that will do and the file does not say what is taken, as Go's language version
	// does for the standard library.
	Minimum bool
	// Origin says where the package comes from when that is not the ecosystem's public registry; advisories speak of the
	// registry's packages only.
	Origin Origin

	// Path is the file; Start and End are byte offsets into its content, End exclusive, of the text that names the package:
	// End is greater than Start. Line counts from 1.
	Path       string
	Start, End int
	Line       int

	Relation Relation
	// Development is true when only building or testing needs the package, as far as the file tells.
	Development bool
	// Via names the direct dependency that brings a transitive one in (a production one, when there is one; of several the
	// nearest); empty for others and when the files do not tell.
	Via string
	// Declared is where a person wrote down a direct dependency (package.json beside package-lock.json), which is the line
	// to change; nil when the file itself is that place.
	Declared *Place

	// PinnedBy names what decides the version whatever asks for the package ("overrides", "resolutions", "constraints"):
	// Declared is then its line. Empty when nothing does.
	PinnedBy string

	// License is an SPDX expression, as the file tells it; empty when it tells none.
	License string
	// Hash is a digest of the package as the file pins it, "sha512:" and the like in front, in hex; empty without one.
	Hash string
}

// Place is a range of bytes in a file, with the line that it starts in.
type Place struct {
	Path       string
	Start, End int
	Line       int
}

// Origin says where a package comes from.
type Origin int

// The origins.
const (
	// OriginRegistry is the ecosystem's public registry, or one that stands in for it.
	OriginRegistry Origin = iota
	// OriginGit is a revision of a repository.
	OriginGit
	// OriginAddress is an archive at some address.
	OriginAddress
	// OriginLocal is a folder of the same project: its own code, not a dependency.
	OriginLocal
)

var originNames = [...]string{"registry", "git", "address", "local"}

// String gives the lower-case name.
func (o Origin) String() string {
	if o < 0 || int(o) >= len(originNames) {
		return fmt.Sprintf("origin(%d)", int(o))
	}
	return originNames[o]
}

// Relation says whether the project itself asks for a package.
type Relation int

// The relations.
const (
	RelationUnknown Relation = iota
	RelationDirect
	RelationTransitive
)

var relationNames = [...]string{"", "direct", "transitive"}

// String gives the lower-case name; RelationUnknown gives "".
func (r Relation) String() string {
	if r < 0 || int(r) >= len(relationNames) {
		return fmt.Sprintf("relation(%d)", int(r))
	}
	return relationNames[r]
}

// MarshalText gives the lower-case name.
func (r Relation) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Matchable reports whether advisories can say anything of the package. Of a gem from a repository they can: Bundler locks
// the version that its specification has there.
func (p *Package) Matchable() bool {
	return p.Ecosystem.Matched() && p.Version != "" && (p.Origin == OriginRegistry || p.Ecosystem == EcosystemRubyGems && p.Origin == OriginGit)
}

// ComparePackages orders by path, then by place, then by name and version: the order of a list of packages.
func ComparePackages(a, b *Package) int {
	return cmp.Or(
		strings.Compare(a.Path, b.Path), cmp.Compare(a.Start, b.Start), strings.Compare(string(a.Ecosystem), string(b.Ecosystem)),
		strings.Compare(a.Name, b.Name), strings.Compare(a.Version, b.Version),
	)
}
