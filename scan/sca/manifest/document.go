package manifest

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan"
)

// Document is the content of one file. It does not reference the bytes from which it was read.
type Document struct {
	Path string
	// Kind is the kind of the file, as returned by [Kind].
	Kind string
	// Ecosystem is the ecosystem of the file's packages; empty for a file with several (an SBOM, a pipeline).
	Ecosystem scan.Ecosystem
	// Lock is true for a lock file. It decides the versions for the declarations of the manifests that it governs.
	Lock bool

	// Entries are the packages that the file pins, in file order.
	Entries []Entry
	// Roots are the project's direct dependencies, as far as a lock file knows them; nil if only a manifest does.
	Roots []Root
	// RootsUndecided is true if only the manifests tell which of the roots are for development.
	RootsUndecided bool
	// Declared are the requests of a manifest, in file order.
	Declared []Declaration
	// Includes are other files that belong to this one (-r and -c of requirements files), as paths relative to the root of
	// the tree.
	Includes []string
	// Included is true for a file whose name does not identify it: it counts only if another file includes it.
	Included bool

	// unread is the kind of packages that the file may name in a form that we do not read; empty if there are none.
	unread string
	// open are the declarations for which no file of the tree has a version; [Resolve] fills them in.
	open []*Declaration
	// theirs is the other side of an unfinished merge; nil if there is none.
	theirs *Document
	// unfinished is the error of an unfinished merge in a file that counts only if another file includes it.
	unfinished error

	// failed is true if reading the file failed; whole if the file has the structure of its format; says if the file itself
	// says that it may be empty; local if it contains only parts of the project. They matter for a lock file without
	// entries.
	failed, whole, says, local bool

	// idle are packages that the file constrains to a version but that nothing asks for; [Resolve] fills them in.
	idle []string
	// constraints are those of Includes that only set versions and do not ask for packages.
	constraints []string
	// parts are the names of the project's own parts, from a lock file.
	parts []string
	// detail is what the file says besides, for the reader of its kind alone; nil if there is nothing.
	detail any
}

// Entry is a package of a file, with the names by which other entries of the file refer to it.
type Entry struct {
	Package scan.Package
	// Keys are the names by which Roots and Requires of the same document refer to this entry, such as "lodash@^4.17.0";
	// nil means the normalized name of the package.
	Keys []string
	// Requires are the keys of the package's dependencies. Keys without an entry are ignored.
	Requires []string

	// required is true if a comment in a requirements file says what asks for the package.
	required bool
}

// require sets what the entry's first key requires. If several entries share that key, only the first gets it, because
// all of them are reached together.
func (e *Entry) require(requires map[string][]string) {
	e.Requires = requires[e.Keys[0]]
	delete(requires, e.Keys[0])
}

// Root is the key of a direct dependency of the project.
type Root struct {
	Key         string
	Development bool
}

// Declaration is one line of a manifest in which a person asks for a package.
type Declaration struct {
	Ecosystem scan.Ecosystem
	Name      string
	// Alias is the project's name for the package, if it is not Name.
	Alias string
	// Constraint is the text after the name ("^4.17.0"), as a lock file may repeat it.
	Constraint string
	// Version is the exact version if the constraint allows only one, else empty. If no lock file governs the manifest, the
	// declaration itself counts as the package.
	Version     string
	Origin      scan.Origin
	Development bool
	// Shared is true for a line that sets a version for the manifests below it, and does not ask for the package.
	Shared bool
	// Start, End and Line are as in scan.Package.
	Start, End, Line int

	// of is the kind of the package ("conda") if no advisories cover that kind; then there is no ecosystem.
	of string
	// variable is the name of the variable that holds the version, in a Gradle build.
	variable string
	// elsewhere is true if only some platforms get the package.
	elsewhere bool
	// rootless is true if the manifest may not name all direct dependencies: then other packages do not count as
	// transitive.
	rootless bool
	// at is the place of the version, if it is another place.
	at *scan.Place
	// pinnedBy is as PinnedBy of scan.Package.
	pinnedBy string
}

// A source is a file that is being read. Readers append to its document. Positions are offsets into data; the line
// numbers are filled in afterwards.
type source struct {
	path string
	data []byte
	doc  *Document
	// loose is true if files with that name may be something else.
	loose bool
	// doubt says why packages may be missing although reading succeeded.
	doubt error
}

// add appends a package at the offsets start to end; it ignores a package without a name.
func (s *source) add(e Entry, start, end int) {
	if e.Package.Name == "" {
		return
	}
	e.Package.Path, e.Package.Start, e.Package.End = s.path, start, end
	if e.Package.Ecosystem == "" {
		e.Package.Ecosystem = s.doc.Ecosystem
	}
	s.doc.Entries = append(s.doc.Entries, e)
}

// declare appends a declaration, if it has a name.
func (s *source) declare(d Declaration, start, end int) {
	if d.Name == "" {
		return
	}
	d.Start, d.End = start, end
	if d.Ecosystem == "" {
		d.Ecosystem = s.doc.Ecosystem
	}
	s.doc.Declared = append(s.doc.Declared, d)
}

// errAt returns an error at an offset of the file. It never quotes the file, because a manifest can contain a password.
func (s *source) errAt(offset int, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", newLines(s.data).of(offset), fmt.Sprintf(format, args...))
}

// place fills in the line numbers, and limits every position to the file.
func (d *Document) place(data []byte) {
	if len(d.Entries) == 0 && len(d.Declared) == 0 {
		return
	}
	index := newLines(data)
	fix := func(start, end, line *int) {
		*start = min(max(*start, 0), max(len(data)-1, 0))
		*end = min(max(*end, *start+1), max(len(data), 1))
		*line = index.of(*start)
	}
	for i := range d.Entries {
		p := &d.Entries[i].Package
		fix(&p.Start, &p.End, &p.Line)
	}
	for i := range d.Declared {
		decl := &d.Declared[i]
		fix(&decl.Start, &decl.End, &decl.Line)
	}
}

// pinned returns the package of a declaration with an exact version.
func (d *Declaration) pinned(path string) scan.Package {
	return scan.Package{
		Ecosystem: d.Ecosystem, Name: d.Name, Version: d.Version, Origin: d.Origin, Path: path, Start: d.Start, End: d.End, Line: d.Line,
		Relation: scan.RelationDirect, Development: d.Development, Declared: d.at, PinnedBy: d.pinnedBy,
	}
}
