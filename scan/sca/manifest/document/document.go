package document

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan"
)

// Document is the content of one file. It does not reference the bytes from which it was read.
type Document struct {
	Path string
	// Kind is the kind of the file, as returned by [manifest.Kind].
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

	// Unread is the kind of packages that the file may name in a form that we do not read; empty if there are none.
	Unread string
	// Versionless are the declarations for which no file of the tree has a version; [manifest.Resolve] fills them in.
	Versionless []*Declaration
	// Theirs is the other side of an unfinished merge; nil if there is none.
	Theirs *Document
	// Unfinished is the error of an unfinished merge in a file that counts only if another file includes it.
	Unfinished error

	// Failed is true if reading the file failed, Whole if the file has the structure of its format, MayBeEmpty if the file
	// itself says that it may be empty, and Local if it contains only parts of the project. They matter for a lock file
	// without entries.
	Failed, Whole, MayBeEmpty, Local bool

	// Idle are packages that the file constrains to a version but that nothing asks for; [manifest.Resolve] fills them in.
	Idle []string
	// Constraints are those of Includes that only set versions and do not ask for packages.
	Constraints []string
	// Parts are the names of the project's own parts, from a lock file.
	Parts []string
	// Detail is what the file says besides, for the reader of its kind alone; nil if there is nothing.
	Detail any
}

// Entry is a package of a file, with the names by which other entries of the file refer to it.
type Entry struct {
	Package scan.Package
	// Keys are the names by which Roots and Requires of the same document refer to this entry, such as "lodash@^4.17.0";
	// nil means the normalized name of the package.
	Keys []string
	// Requires are the keys of the package's dependencies. Keys without an entry are ignored.
	Requires []string

	// Required is true if a comment in a requirements file says what asks for the package.
	Required bool
}

// Require sets what the entry's first key requires. If several entries share that key, only the first gets it, because
// all of them are reached together.
func (e *Entry) Require(requires map[string][]string) {
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

	// Of is the kind of the package ("conda") if no advisories cover that kind; then there is no ecosystem.
	Of string
	// Variable is the name of the variable that holds the version, in a Gradle build.
	Variable string
	// Elsewhere is true if only some platforms get the package.
	Elsewhere bool
	// Rootless is true if the manifest may not name all direct dependencies: then other packages do not count as
	// transitive.
	Rootless bool
	// At is the place of the version, if it is another place.
	At *scan.Place
	// PinnedBy is as PinnedBy of scan.Package.
	PinnedBy string
}

// Source is a file that is being read. Readers append to its document. Positions are offsets into Data; the line
// numbers are filled in afterwards.
type Source struct {
	Path string
	Data []byte
	Doc  *Document
	// Loose is true if files with that name may be something else.
	Loose bool
	// Doubt says why packages may be missing although reading succeeded.
	Doubt error
}

// Add appends a package at the offsets start to end; it ignores a package without a name.
func (s *Source) Add(e Entry, start, end int) {
	if e.Package.Name == "" {
		return
	}
	e.Package.Path, e.Package.Start, e.Package.End = s.Path, start, end
	if e.Package.Ecosystem == "" {
		e.Package.Ecosystem = s.Doc.Ecosystem
	}
	s.Doc.Entries = append(s.Doc.Entries, e)
}

// Declare appends a declaration, if it has a name.
func (s *Source) Declare(d Declaration, start, end int) {
	if d.Name == "" {
		return
	}
	d.Start, d.End = start, end
	if d.Ecosystem == "" {
		d.Ecosystem = s.Doc.Ecosystem
	}
	s.Doc.Declared = append(s.Doc.Declared, d)
}

// ErrAt returns an error at an offset of the file. It never quotes the file, because a manifest can contain a password.
func (s *Source) ErrAt(offset int, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", NewLines(s.Data).Of(offset), fmt.Sprintf(format, args...))
}

// Place fills in the line numbers, and limits every position to the file.
func (d *Document) Place(data []byte) {
	if len(d.Entries) == 0 && len(d.Declared) == 0 {
		return
	}
	index := NewLines(data)
	fix := func(start, end, line *int) {
		*start = min(max(*start, 0), max(len(data)-1, 0))
		*end = min(max(*end, *start+1), max(len(data), 1))
		*line = index.Of(*start)
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

// Pinned returns the package of a declaration with an exact version.
func (d *Declaration) Pinned(path string) scan.Package {
	return scan.Package{
		Ecosystem: d.Ecosystem, Name: d.Name, Version: d.Version, Origin: d.Origin, Path: path, Start: d.Start, End: d.End, Line: d.Line,
		Relation: scan.RelationDirect, Development: d.Development, Declared: d.At, PinnedBy: d.PinnedBy,
	}
}
