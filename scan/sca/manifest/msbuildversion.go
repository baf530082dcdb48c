package manifest

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// maxAlternatives bounds how many versions the conditions of one item lead to.
const maxAlternatives = 20

var errMSBuildMany = errors.New("the versions of the tree's .NET projects take more than 500000 steps to find; those of the last ones are not known")

// centralize gives the references of .NET's projects the versions that MSBuild finds for them: their own with the properties
// of all files that it reads, what those update, or what the central file says
// (https://learn.microsoft.com/nuget/consume-packages/central-package-management). What conditions decide is all listed.
func centralize(docs []*Document) []scan.Failure {
	t := newMSBuildTree(docs)
	found := map[*Document][][]nugetVersion{}
	evaluate := func(f *msbuildFiles, doc *Document) {
		if found[doc] == nil {
			found[doc] = make([][]nugetVersion, len(doc.nuget.references))
		}
		for i := range doc.nuget.references {
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
		if doc.nuget != nil && isProject(doc) {
			f := t.files(doc)
			for _, each := range f.list {
				if len(each.nuget.references) > 0 {
					evaluate(f, each)
				}
			}
		}
	}
	for _, doc := range docs {
		if doc.nuget == nil || len(doc.nuget.references) == 0 || len(doc.Declared) != len(doc.nuget.references) {
			continue
		}
		if found[doc] == nil {
			evaluate(t.files(doc), doc)
		}
		doc.version(found[doc])
	}
	if t.steps > maxMSBuildSteps {
		return []scan.Failure{{Path: t.stopped, Err: errMSBuildMany}}
	}
	return nil
}

// version makes each declaration one of each version that it comes to.
func (d *Document) version(found [][]nugetVersion) {
	var declared []Declaration
	for i := range d.Declared {
		list := found[i]
		if len(list) > 1 && slices.ContainsFunc(list, func(v nugetVersion) bool { return v.version != "" }) {
			list = slices.DeleteFunc(list, func(v nugetVersion) bool { return v.version == "" })
		}
		if len(list) == 0 {
			declared = append(declared, d.Declared[i])
		}
		for _, v := range list {
			one := d.Declared[i]
			one.Constraint, one.Version = v.text, v.version
			if v.at != nil && (v.at.Path != d.Path || v.at.Line != one.Line) {
				one.at = v.at
			}
			declared = append(declared, one)
		}
	}
	d.Declared = declared
}

// nugetVersion is what a reference comes to, and where that stands.
type nugetVersion struct {
	text, version string
	at            *scan.Place
}

func (v nugetVersion) same(other nugetVersion) bool { return v.text == other.text }

// versions gives what a reference of one of the files comes to.
func (f *msbuildFiles) versions(doc *Document, i int) []nugetVersion {
	item := &doc.nuget.references[i]
	values := item.versions
	behind := false
	for _, each := range f.list {
		if each == doc {
			behind = true
		}
		if !behind {
			continue // what is not there yet cannot be updated
		}
		for k := range each.nuget.versions[item.name] {
			if u := &each.nuget.versions[item.name][k]; !u.central {
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
		return []nugetVersion{{}}
	}
	var list []nugetVersion
	for _, value := range values {
		for _, v := range f.expand(value.text) {
			at := v.at
			if at == nil {
				at = &value.at
			}
			list = append(list, nugetVersion{text: v.text, version: exactNuGet(v.text), at: at})
		}
	}
	return list
}

// central gives what the files say of the version of a package. Where the nearest central file lacks it, which stops the
// restore, the one above it is asked.
func (f *msbuildFiles) central(name string) []nugetValue {
	if values := centralOf(f.list, name); values != nil {
		return values
	}
	for doc := f.t.above(f.dir, "Directory.Packages.props"); doc != nil; {
		if values := centralOf([]*Document{doc}, name); values != nil {
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

func centralOf(files []*Document, name string) (values []nugetValue) {
	for _, doc := range files {
		for i := range doc.nuget.versions[name] {
			if v := &doc.nuget.versions[name][i]; v.central && (!v.update || values != nil) {
				if !v.conditional {
					values = nil
				}
				values = append(values, v.versions...)
			}
		}
	}
	return values
}

// expand puts in the properties of a text; one that no file gives leaves nothing. at is where the first of them stands.
func (f *msbuildFiles) expand(text string) []nugetVersion {
	list := []nugetVersion{{text: text}}
	for range maxPropertyDepth {
		var next []nugetVersion
		changed := false
		for _, v := range list {
			before, rest, ok := strings.Cut(v.text, "$(")
			name, behind, closed := strings.Cut(rest, ")")
			if !ok || !closed || len(v.text) > maxPropertyBytes {
				next = append(next, v)
				continue
			}
			changed = true
			values := f.property(strings.ToLower(strings.TrimSpace(name)))
			if len(values) == 0 {
				next = append(next, nugetVersion{text: before + behind, at: v.at})
			}
			for k := range values {
				if f.t.steps++; len(next) < maxAlternatives {
					next = append(next, nugetVersion{text: before + values[k].text + behind, at: &values[k].at})
				}
			}
		}
		if list = next; !changed {
			return list
		}
	}
	return []nugetVersion{{}} // a property that refers to itself
}

// property gives the values of a property: the last one counts, and those that conditions decide count beside it.
func (f *msbuildFiles) property(name string) []nugetValue {
	if values, ok := f.properties[name]; ok {
		return values
	}
	var values []nugetValue
	for _, doc := range f.list {
		for _, v := range doc.nuget.properties[name] {
			f.t.steps++
			switch {
			case v.fallback && len(values) > 0:
			case !v.conditional || v.fallback:
				values = []nugetValue{v}
			case len(values) < maxAlternatives:
				values = append(values, v)
			}
		}
	}
	f.properties[name] = values
	return values
}
