package manifest

import (
	"bytes"
	"fmt"
	"path"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/dotnet"
	"github.com/sluice-scan/sluice/scan/sca/manifest/ecosystems"
	"github.com/sluice-scan/sluice/scan/sca/manifest/golang"
	"github.com/sluice-scan/sluice/scan/sca/manifest/gradle"
	"github.com/sluice-scan/sluice/scan/sca/manifest/image"
	"github.com/sluice-scan/sluice/scan/sca/manifest/maven"
	"github.com/sluice-scan/sluice/scan/sca/manifest/npm"
	"github.com/sluice-scan/sluice/scan/sca/manifest/python"
	"github.com/sluice-scan/sluice/scan/sca/manifest/sbom"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// formats are all kinds of files; the first one that matches a path wins.
var formats = slices.Concat(
	npm.Formats, npm.YarnFormats, npm.PNPMFormats, npm.BunFormats, npm.DenoFormats,
	ecosystems.ComposerFormats, python.PipenvFormats, dotnet.LockFormats, dotnet.ProjectFormats,
	ecosystems.ConanFormats, ecosystems.SwiftFormats, ecosystems.RenvFormats, golang.Formats, ecosystems.CargoFormats,
	python.Formats, ecosystems.RubyFormats, gradle.LockFormats, gradle.BuildFormats, maven.Formats,
	ecosystems.YAMLLockFormats, ecosystems.CabalFormats, ecosystems.MixFormats, image.PipelineFormats, image.DockerFormats,
	sbom.Formats, installedFormats, ecosystems.GemfileFormats, python.SetuptoolsFormats, python.CondaFormats,
	ecosystems.NativeFormats, python.IncludedFormats,
)

// Kind returns the kind of the file at a path (relative to the root of the tree, with slashes); ok is false if the file
// does not name dependencies. Files below node_modules, .venv and similar folders belong to installed packages, not to
// the project; [Choose] finds more of them with the other files of the tree.
func Kind(name string) (kind string, ok bool) {
	f := formatOf(name)
	if f == nil {
		return "", false
	}
	return f.Name, true
}

// Included reports whether the file at a path counts only if another file includes it, because its name does not
// identify it.
func Included(name string) bool {
	f := formatOf(name)
	return f != nil && f.Included
}

// Unread reports whether the file at a path is recognized only by its name, and its content is not read.
func Unread(name string) bool {
	f := formatOf(name)
	return f != nil && f.Unread != ""
}

func formatOf(name string) *document.Format {
	if isInstalledPath(name) {
		return nil
	}
	return formatNamed(name)
}

// formatNamed is formatOf for any folder.
func formatNamed(name string) *document.Format {
	base := path.Base(name)
	for i := range formats {
		if formats[i].Match(base, name) {
			return &formats[i]
		}
	}
	return nil
}

// Read reads one file, whose path must have a [Kind]. With an error, the document contains what was read before it; the
// rest of the file is not known. The error names the line and never quotes the file. A panic of a reader is an error
// too. A template is valid only after it has been filled in: its readable part is read, and the rest is not an error.
func Read(name string, data []byte) (doc *document.Document, err error) {
	f := formatOf(name)
	if f == nil {
		return &document.Document{Path: name}, fmt.Errorf("it is not a kind of file that names dependencies")
	}
	return readFormat(f, name, data)
}

// readFormat reads a file as a format, whatever its name.
func readFormat(f *document.Format, name string, data []byte) (*document.Document, error) {
	if c := splitConflict(data, f.Lock || f.Ecosystem == scan.EcosystemGo); c != nil {
		return bothSides(f, name, c)
	}
	return plain(f, name, data)
}

// plain reads a file without conflict markers.
func plain(f *document.Format, name string, data []byte) (*document.Document, error) {
	doc, err := once(f, name, data)
	if err == nil || !isTemplatePath(name) {
		return doc, err
	}
	return template(f, name, data, doc, err)
}

// once reads a file without modifications.
func once(f *document.Format, name string, data []byte) (doc *document.Document, err error) {
	doc = &document.Document{Path: name, Kind: f.Name, Ecosystem: f.Ecosystem, Lock: f.Lock, Included: f.Included}
	defer func() {
		if p := recover(); p != nil {
			doc.Failed = true
			err = fmt.Errorf("reading %s crashed (%T); please report it with the file's kind", f.Name, p)
		}
		doc.Place(data)
	}()
	if f.Unread != "" {
		return doc, nil
	}
	doc.Whole = f.Whole == nil
	if len(bytes.TrimSpace(data[len(syntax.ByteOrderMark(data)):])) == 0 {
		return doc, nil
	}
	s := &document.Source{Path: name, Data: data, Doc: doc, Loose: f.Loose}
	err = f.Read(s)
	if err == nil {
		err = s.Doubt
	}
	if long := doc.Bound(data); err == nil {
		err = long
	}
	if doc.Failed = err != nil; !doc.Whole && !doc.Failed && len(doc.Entries) == 0 {
		doc.Whole = f.Whole(s)
	}
	return doc, err
}
