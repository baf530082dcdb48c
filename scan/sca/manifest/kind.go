package manifest

import (
	"bytes"
	"fmt"
	"path"
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

// format is one kind of file.
type format struct {
	// name is the common name: "package-lock.json".
	name string
	// match reports whether a file has this format, by its base name and its whole path.
	match     func(base, path string) bool
	ecosystem scan.Ecosystem
	lock      bool
	// included is true for a file that counts only if another file includes it.
	included bool
	// unread is the kind of packages in a file that is recognized only by its name; empty for a format that is read.
	unread string
	// loose is true for file names that other tools use too.
	loose bool
	// whole reports whether a lock file without packages has the structure of the format; nil if there is no need to ask.
	whole func(s *source) bool
	// read appends the content of the file. What it appended before an error still counts.
	read func(s *source) error
}

// formats are all kinds of files; the first one that matches a path wins.
var formats = slices.Concat(
	npmFormats, yarnFormats, pnpmFormats, bunFormats, denoFormats, composerFormats, pipenvFormats, nugetFormats, msbuildFormats,
	conanFormats, swiftFormats, renvFormats, goFormats, cargoFormats, pythonFormats, rubyFormats, gradleFormats, gradleBuildFormats, mavenFormats,
	yamlLockFormats, cabalFormats, mixFormats, pipelineFormats, dockerFormats, sbomFormats, installedFormats, gemfileFormats, setuptoolsFormats, condaFormats, nativeFormats, includedFormats,
)

// named matches base names.
func named(names ...string) func(base, path string) bool {
	return func(base, _ string) bool { return slices.Contains(names, base) }
}

// Kind returns the kind of the file at a path (relative to the root of the tree, with slashes); ok is false if the file
// does not name dependencies. Files below node_modules, .venv and similar folders belong to installed packages, not to
// the project; [Choose] finds more of them with the other files of the tree.
func Kind(name string) (kind string, ok bool) {
	f := formatOf(name)
	if f == nil {
		return "", false
	}
	return f.name, true
}

// Included reports whether the file at a path counts only if another file includes it, because its name does not
// identify it.
func Included(name string) bool {
	f := formatOf(name)
	return f != nil && f.included
}

// Unread reports whether the file at a path is recognized only by its name, and its content is not read.
func Unread(name string) bool {
	f := formatOf(name)
	return f != nil && f.unread != ""
}

func formatOf(name string) *format {
	if isInstalledPath(name) {
		return nil
	}
	return formatNamed(name)
}

// formatNamed is formatOf for any folder.
func formatNamed(name string) *format {
	base := path.Base(name)
	for i := range formats {
		if formats[i].match(base, name) {
			return &formats[i]
		}
	}
	return nil
}

// Read reads one file, whose path must have a [Kind]. With an error, the document contains what was read before it; the
// rest of the file is not known. The error names the line and never quotes the file. A panic of a reader is an error
// too. A template is valid only after it has been filled in: its readable part is read, and the rest is not an error.
func Read(name string, data []byte) (doc *Document, err error) {
	f := formatOf(name)
	if f == nil {
		return &Document{Path: name}, fmt.Errorf("it is not a kind of file that names dependencies")
	}
	return f.document(name, data)
}

// document reads a file as this format, whatever its name.
func (f *format) document(name string, data []byte) (*Document, error) {
	if c := splitConflict(data, f.lock || f.ecosystem == scan.EcosystemGo); c != nil {
		return f.bothSides(name, c)
	}
	return f.plain(name, data)
}

// plain reads a file without conflict markers.
func (f *format) plain(name string, data []byte) (*Document, error) {
	doc, err := f.once(name, data)
	if err == nil || !isTemplatePath(name) {
		return doc, err
	}
	return f.template(name, data, doc, err)
}

// once reads a file without modifications.
func (f *format) once(name string, data []byte) (doc *Document, err error) {
	doc = &Document{Path: name, Kind: f.name, Ecosystem: f.ecosystem, Lock: f.lock, Included: f.included}
	defer func() {
		if p := recover(); p != nil {
			doc.failed = true
			err = fmt.Errorf("reading %s crashed (%T); please report it with the file's kind", f.name, p)
		}
		doc.place(data)
	}()
	if f.unread != "" {
		return doc, nil
	}
	doc.whole = f.whole == nil
	if len(bytes.TrimSpace(data[len(byteOrderMark(data)):])) == 0 {
		return doc, nil
	}
	s := &source{path: name, data: data, doc: doc, loose: f.loose}
	err = f.read(s)
	if err == nil {
		err = s.doubt
	}
	if long := doc.bound(data); err == nil {
		err = long
	}
	if doc.failed = err != nil; !doc.whole && !doc.failed && len(doc.Entries) == 0 {
		doc.whole = f.whole(s)
	}
	return doc, err
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
