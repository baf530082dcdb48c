package manifest

import (
	"bytes"
	"fmt"
	"path"
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

// formats are all kinds of files; the first one that matches a path wins.
var formats = slices.Concat(
	npmFormats, yarnFormats, pnpmFormats, bunFormats, denoFormats, composerFormats, pipenvFormats, nugetFormats, msbuildFormats,
	conanFormats, swiftFormats, renvFormats, goFormats, cargoFormats, pythonFormats, rubyFormats, gradleFormats, gradleBuildFormats, mavenFormats,
	yamlLockFormats, cabalFormats, mixFormats, pipelineFormats, dockerFormats, sbomFormats, installedFormats, gemfileFormats, setuptoolsFormats, condaFormats, nativeFormats, includedFormats,
)

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
	return readFormat(f, name, data)
}

// readFormat reads a file as a format, whatever its name.
func readFormat(f *format, name string, data []byte) (*Document, error) {
	if c := splitConflict(data, f.lock || f.ecosystem == scan.EcosystemGo); c != nil {
		return bothSides(f, name, c)
	}
	return plain(f, name, data)
}

// plain reads a file without conflict markers.
func plain(f *format, name string, data []byte) (*Document, error) {
	doc, err := once(f, name, data)
	if err == nil || !isTemplatePath(name) {
		return doc, err
	}
	return template(f, name, data, doc, err)
}

// once reads a file without modifications.
func once(f *format, name string, data []byte) (doc *Document, err error) {
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
