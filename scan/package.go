package scan

import (
	"cmp"
	"fmt"
	"strings"
)

// Package is one dependency, as one file of a tree lists it.
type Package struct {
	Ecosystem Ecosystem
	// Name is the spelling of the file; compare by [Ecosystem.Normal]. Maven names are "group:artifact".
	Name string
	// Version is the exact version that the file pins, without the "v" of a Go version. It is empty if the file pins none
	// (a range, a branch, an unknown property); such a package is listed but not matched.
	Version string
	// Minimum is true if Version is only the minimum, and the file does not name the version in use. Go's language version
	// is a minimum of the standard library.
	Minimum bool
	// Origin says where the package comes from. Advisories cover only packages of the ecosystem's public registry.
	Origin Origin

	// Path is the file. Start and End are byte offsets of the text that names the package; End is exclusive and greater
	// than Start. Line counts from 1.
	Path       string
	Start, End int
	Line       int

	Relation Relation
	// Development is true if the file says that only building or testing needs the package.
	Development bool
	// Via is the direct dependency that brings in a transitive one. A production dependency is preferred, then the nearest.
	// Empty for direct dependencies, or if the files do not tell.
	Via string
	// Declared is the place where a person declared a direct dependency (package.json next to package-lock.json). That is
	// the line to change. It is nil if the file itself is that place.
	Declared *Place

	// PinnedBy is the mechanism that forces the version for all dependents ("overrides", "resolutions", "constraints").
	// Declared is then its line. Empty if the version is not forced.
	PinnedBy string

	// License is an SPDX expression from the file, or empty.
	License string
	// Hash is the checksum that the file pins, in hex after an algorithm prefix such as "sha512:", or empty.
	Hash string
}

// Place is a range of bytes in a file, with its first line.
type Place struct {
	Path       string
	Start, End int
	Line       int
}

// Origin says where a package comes from.
type Origin int

// The origins.
const (
	// OriginRegistry is the ecosystem's public registry or a mirror of it.
	OriginRegistry Origin = iota
	// OriginGit is a revision of a repository.
	OriginGit
	// OriginAddress is an archive at any address.
	OriginAddress
	// OriginLocal is a folder of the same project: its own code and not a dependency.
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

// Relation says whether the project depends on a package directly.
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

// Matchable reports whether advisories can match the package. They can match a gem from a git repository, because
// Bundler locks the version in its gemspec.
func (p *Package) Matchable() bool {
	return p.Ecosystem.Matched() && p.Version != "" && (p.Origin == OriginRegistry || p.Ecosystem == EcosystemRubyGems && p.Origin == OriginGit)
}

// ComparePackages orders packages by path, place, name and version.
func ComparePackages(a, b *Package) int {
	return cmp.Or(
		strings.Compare(a.Path, b.Path), cmp.Compare(a.Start, b.Start), strings.Compare(string(a.Ecosystem), string(b.Ecosystem)),
		strings.Compare(a.Name, b.Name), strings.Compare(a.Version, b.Version),
	)
}
