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
	// name is what people call it: "package-lock.json".
	name string
	// match reports whether a file is one, by its base name and its whole path.
	match     func(base, path string) bool
	ecosystem scan.Ecosystem
	lock      bool
	// included is true for a file that counts only when another one includes it.
	included bool
	// unread is what the packages are of in a file that is known by its name only; empty for a format that is read.
	unread string
	// loose is true for names that files of other tools have too.
	loose bool
	// whole reports whether a lock file without packages has the form of the format; nil when that need not be asked.
	whole func(s *source) bool
	// read appends what the file says. What it appended before an error still counts.
	read func(s *source) error
}

// formats are all kinds of files; the first that matches a path is the file's.
var formats = slices.Concat(
	npmFormats, yarnFormats, pnpmFormats, bunFormats, denoFormats, composerFormats, pipenvFormats, nugetFormats, msbuildFormats,
	conanFormats, swiftFormats, renvFormats, goFormats, cargoFormats, pythonFormats, rubyFormats, gradleFormats, gradleBuildFormats, mavenFormats,
	yamlLockFormats, cabalFormats, mixFormats, pipelineFormats, dockerFormats, billFormats, installedFormats, gemfileFormats, setuptoolsFormats, condaFormats, nativeFormats, includedFormats,
)

// named matches base names.
func named(names ...string) func(base, path string) bool {
	return func(base, _ string) bool { return slices.Contains(names, base) }
}

// Kind says what kind of file a path (relative to the tree's root, with slashes) names; ok is false for one that
// names no dependencies. Files below node_modules, .venv and the like are those of installed packages, not the project's word;
// [Choose] tells more of them by the other files of the tree.
func Kind(name string) (kind string, ok bool) {
	f := formatOf(name)
	if f == nil {
		return "", false
	}
	return f.name, true
}

// Included reports whether the file that a path names counts only when another one includes it, because its name says nothing.
func Included(name string) bool {
	f := formatOf(name)
	return f != nil && f.included
}

// Unread reports whether the file that a path names is known by its name only: its content is not looked at.
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

// formatNamed is formatOf wherever the file lies.
func formatNamed(name string) *format {
	base := path.Base(name)
	for i := range formats {
		if formats[i].match(base, name) {
			return &formats[i]
		}
	}
	return nil
}

// Read reads one file, whose path has a [Kind]. With an error, the document holds what was read before it: the rest of
// the file is not known. The error names the line and never quotes the file. A reader that breaks off is an error too. Of a
// template, which is valid only when it has been filled in, what can be read is read, and the rest is no error.
func Read(name string, data []byte) (doc *Document, err error) {
	f := formatOf(name)
	if f == nil {
		return &Document{Path: name}, fmt.Errorf("it is no kind of file that names dependencies")
	}
	return f.document(name, data)
}

// document reads a file as one of this format, whatever its name.
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

// once reads a file as it stands.
func (f *format) once(name string, data []byte) (doc *Document, err error) {
	doc = &Document{Path: name, Kind: f.name, Ecosystem: f.ecosystem, Lock: f.lock, Included: f.included}
	defer func() {
		if p := recover(); p != nil {
			doc.failed = true
			err = fmt.Errorf("reading %s broke off (%T); please report it with the file's kind", f.name, p)
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

// place fills in the lines, and holds every position inside of the file.
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
