package dotnet

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// maxAlternatives limits the versions that the conditions of one item give.
const maxAlternatives = 20

var errMSBuildMany = errors.New("the versions of the tree's .NET projects take more than 500000 steps to find; those of the last ones are not known")

// Centralize gives the references of .NET projects the versions that MSBuild finds for them: their own with the
// properties of all files that it reads, those of updates, or those of the central file
// (https://learn.microsoft.com/nuget/consume-packages/central-package-management). If conditions decide, all versions
// are listed.
func Centralize(docs []*document.Document) []scan.Failure {
	t := newMSBuildTree(docs)
	found := map[*document.Document][][]version{}
	evaluate := func(f *msbuildFiles, doc *document.Document) {
		if found[doc] == nil {
			found[doc] = make([][]version, len(projectOf(doc).references))
		}
		for i := range projectOf(doc).references {
			if t.steps++; t.steps > maxMSBuildSteps {
				t.stopped = cmp.Or(t.stopped, doc.Path)
				return
			}
			for _, v := range f.versions(doc, i) {
				if !slices.ContainsFunc(found[doc][i], v.same) {
					found[doc][i] = append(found[doc][i], v)
				}
			}
		}
	}
	for _, doc := range docs {
		if projectOf(doc) != nil && isProject(doc) {
			f := t.files(doc)
			for _, each := range f.list {
				if len(projectOf(each).references) > 0 {
					evaluate(f, each)
				}
			}
		}
	}
	for _, doc := range docs {
		if projectOf(doc) == nil || len(projectOf(doc).references) == 0 || len(doc.Declared) != len(projectOf(doc).references) {
			continue
		}
		if found[doc] == nil {
			evaluate(t.files(doc), doc)
		}
		setVersions(doc, found[doc])
	}
	if t.steps > maxMSBuildSteps {
		return []scan.Failure{{Path: t.stopped, Err: errMSBuildMany}}
	}
	return nil
}

// version splits each declaration into one per version.
func setVersions(d *document.Document, found [][]version) {
	var declared []document.Declaration
	for i := range d.Declared {
		list := found[i]
		if len(list) > 1 && slices.ContainsFunc(list, func(v version) bool { return v.version != "" }) {
			list = slices.DeleteFunc(list, func(v version) bool { return v.version == "" })
		}
		if len(list) == 0 {
			declared = append(declared, d.Declared[i])
		}
		for _, v := range list {
			one := d.Declared[i]
			one.Constraint, one.Version = v.text, v.version
			if v.at != nil && (v.at.Path != d.Path || v.at.Line != one.Line) {
				one.At = v.at
			}
			declared = append(declared, one)
		}
	}
	d.Declared = declared
}

// version is a version of a reference, and its place.
type version struct {
	text, version string
	at            *scan.Place
}

func (v version) same(other version) bool { return v.text == other.text }

// versions returns the versions of a reference in one of the files.
func (f *msbuildFiles) versions(doc *document.Document, i int) []version {
	item := &projectOf(doc).references[i]
	values := item.versions
	behind := false
	for _, each := range f.list {
		if each == doc {
			behind = true
		}
		if !behind {
			continue // an update affects only earlier references
		}
		for k := range projectOf(each).versions[item.name] {
			if u := &projectOf(each).versions[item.name][k]; !u.central {
				if !u.conditional {
					values = nil
				}
				values = append(slices.Clip(values), u.versions...)
			}
		}
	}
	if len(values) == 0 {
		values = f.central(item.name)
	}
	if len(values) == 0 {
		return []version{{}}
	}
	var list []version
	for _, value := range values {
		for _, v := range f.expand(value.text) {
			at := v.at
			if at == nil {
				at = &value.at
			}
			list = append(list, version{text: v.text, version: exactNuGet(v.text), at: at})
		}
	}
	return list
}

// central returns the central version of a package. If the nearest central file lacks it, which makes the restore fail,
// the one above is used.
func (f *msbuildFiles) central(name string) []value {
	if values := centralOf(f.list, name); values != nil {
		return values
	}
	for doc := f.t.above(f.dir, "Directory.Packages.props"); doc != nil; {
		if values := centralOf([]*document.Document{doc}, name); values != nil {
			return values
		}
		dir := path.Dir(doc.Path)
		if dir == "." {
			break
		}
		doc = f.t.above(path.Dir(dir), "Directory.Packages.props")
	}
	return nil
}

func centralOf(files []*document.Document, name string) (values []value) {
	for _, doc := range files {
		for i := range projectOf(doc).versions[name] {
			if v := &projectOf(doc).versions[name][i]; v.central && (!v.update || values != nil) {
				if !v.conditional {
					values = nil
				}
				values = append(values, v.versions...)
			}
		}
	}
	return values
}

// expand replaces the properties of a text; an unknown property becomes empty. at is the place of the first property.
func (f *msbuildFiles) expand(text string) []version {
	list := []version{{text: text}}
	for range document.MaxExpansions {
		var next []version
		changed := false
		for _, v := range list {
			before, rest, ok := strings.Cut(v.text, "$(")
			name, behind, closed := strings.Cut(rest, ")")
			if !ok || !closed || len(v.text) > document.MaxExpandedBytes {
				next = append(next, v)
				continue
			}
			changed = true
			values := f.property(strings.ToLower(strings.TrimSpace(name)))
			if len(values) == 0 {
				next = append(next, version{text: before + behind, at: v.at})
			}
			for k := range values {
				if f.t.steps++; len(next) < maxAlternatives {
					next = append(next, version{text: before + values[k].text + behind, at: &values[k].at})
				}
			}
		}
		if list = next; !changed {
			return list
		}
	}
	return []version{{}} // a property that refers to itself
}

// property returns the values of a property: the last one, and the conditional ones.
func (f *msbuildFiles) property(name string) []value {
	if values, ok := f.properties[name]; ok {
		return values
	}
	var values []value
	for _, doc := range f.list {
		for _, v := range projectOf(doc).properties[name] {
			f.t.steps++
			switch {
			case v.fallback && len(values) > 0:
			case !v.conditional || v.fallback:
				values = []value{v}
			case len(values) < maxAlternatives:
				values = append(values, v)
			}
		}
	}
	f.properties[name] = values
	return values
}
