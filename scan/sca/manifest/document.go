package manifest

import (
	"bytes"
	"fmt"
	"sort"

	"github.com/sluice-scan/sluice/scan"
)

// Document is what one file says. It does not point into the bytes that it was read from.
type Document struct {
	Path string
	// Kind is the kind of file, as [Kind] says it.
	Kind string
	// Ecosystem is that of the file's packages; empty for a file that mixes them (an SBOM, a pipeline).
	Ecosystem scan.Ecosystem
	// Lock is true for a file in which a tool wrote what it got: it decides which versions the declarations of the manifests
	// that it governs come to.
	Lock bool

	// Entries are the packages that the file pins, in its order.
	Entries []Entry
	// Roots are what the project asks for, as a lock file knows it; nil when only a manifest does.
	Roots []Root
	// RootsUndecided is true when the manifests have to tell which of the roots are for development.
	RootsUndecided bool
	// Declared are what a person asks for in a manifest, in its order.
	Declared []Declaration
	// Includes are other files that belong to this one (requirements' -r and -c), as paths relative to the tree's root.
	Includes []string
	// Included is true for a file whose name says nothing: it counts only when another one includes it.
	Included bool

	// unread is what packages are of that the file may ask for in a form that is not read; empty for nothing.
	unread string
	// open are the declarations for which no file of the tree has a version; [Resolve] fills them in.
	open []*Declaration
	// theirs is the other side of a merge that was not finished; nil when there is none.
	theirs *Document
	// unfinished says so of a file that counts only when another one includes it.
	unfinished error

	// failed is true when reading it broke off, whole when it has the form of its format, and says when it says itself that it
	// may be empty. They count for a lock file without entries, and so does local: what it holds are parts of the project.
	failed, whole, says, local bool

	// idle are the packages that the file constrains to a version and nothing asks for; [Resolve] fills them in.
	idle []string
	// constraints are those of Includes that only say which versions packages get, and ask for none.
	constraints []string
	// parts are the names of the project's own parts, as a lock file knows them.
	parts []string
	// npm is what a package.json says beside its declarations.
	npm *npmManifest
	// project is a Maven project, whose versions take its parents to know.
	project *mavenProject
	// gradle is what a build of Gradle knows of versions.
	gradle *gradleBuild
	// goMod is a go.mod or a go.work, of which replacements may come from another.
	goMod *goMod
	// nuget is a project of .NET, whose versions a central file may give.
	nuget *nugetProject
}

// Entry is a package of a file, and how the others of that file call it.
type Entry struct {
	Package scan.Package
	// Keys are the names by which Roots and Requires of the same document mean this entry, such as "lodash@^4.17.0"; nil
	// means the normal name of the package.
	Keys []string
	// Requires are the keys of the packages that this one asks for. Those that no entry has are passed over.
	Requires []string

	// required is true when a comment of a file of requirements says what asks for it.
	required bool
}

// require gives an entry what its first key requires. Of several with one key, the first gets it: all are reached together.
func (e *Entry) require(requires map[string][]string) {
	e.Requires = requires[e.Keys[0]]
	delete(requires, e.Keys[0])
}

// Root is a key that the project itself asks for.
type Root struct {
	Key         string
	Development bool
}

// Declaration is one line of a manifest in which a person asks for a package.
type Declaration struct {
	Ecosystem scan.Ecosystem
	Name      string
	// Alias is the name under which the project knows the package, when that is not Name.
	Alias string
	// Constraint is the text behind the name ("^4.17.0"), as a lock file may repeat it.
	Constraint string
	// Version is the exact version, when the constraint allows no other; else empty. Where no lock file governs the manifest, the
	// declaration then stands for the package.
	Version     string
	Origin      scan.Origin
	Development bool
	// Shared is true for a line that says which version the manifests below it get, and does not ask for the package.
	Shared bool
	// Start, End and Line are as in scan.Package.
	Start, End, Line int

	// of is what the package is one of, when advisories speak of no such packages; then there is no ecosystem.
	of string
	// variable is the name of the value that holds the version, in a build of Gradle.
	variable string
	// elsewhere is true when only some platforms get the package.
	elsewhere bool
	// rootless is true when the manifest may not tell all that the project asks for: what it does not name is not transitive.
	rootless bool
	// at is where the version stands, when that is another place.
	at *scan.Place
	// pinnedBy is as PinnedBy of scan.Package.
	pinnedBy string
}

// A source is one file while it is read. Readers append to its document; positions are offsets into data, and the lines
// are filled in afterwards.
type source struct {
	path string
	data []byte
	doc  *Document
	// loose is true when files of that name may be something else.
	loose bool
	// doubt is why packages may be missed although nothing broke off.
	doubt error
}

// add appends a package that stands at start to end; one without a name is none.
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

// declare appends what a manifest asks for, when it has a name.
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

// errAt is a problem of the file at an offset. It never quotes the file: a manifest can hold a password.
func (s *source) errAt(offset int, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", newLines(s.data).of(offset), fmt.Sprintf(format, args...))
}

// lines are the offsets at which the lines of a text begin.
type lines []int

func newLines(data []byte) lines {
	starts := append(make(lines, 0, 1+bytes.Count(data, []byte{'\n'})), 0)
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// of gives the line of an offset, counted from 1.
func (l lines) of(offset int) int {
	return sort.Search(len(l), func(i int) bool { return l[i] > offset })
}

// offset gives the place of a line and a column, both counted from 1, at most limit.
func (l lines) offset(line, column, limit int) int {
	if line < 1 || line > len(l) {
		return 0
	}
	return min(l[line-1]+max(column-1, 0), limit)
}
