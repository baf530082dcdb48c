package manifest

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// msbuildFormats are the manifests of .NET projects.
var msbuildFormats = []format{
	{name: "packages.config", match: packagesConfig, ecosystem: scan.EcosystemNuGet, read: readPackagesConfig},
	{name: "Directory.Packages.props", match: named("Directory.Packages.props"), ecosystem: scan.EcosystemNuGet, read: readProject},
	{name: "project file", match: suffixed(".csproj", ".fsproj", ".vbproj"), ecosystem: scan.EcosystemNuGet, read: readProject},
	{name: "Directory.Build.props", match: named("Directory.Build.props", "Directory.Build.targets"), ecosystem: scan.EcosystemNuGet, read: readProject},
	{name: "MSBuild file", match: suffixed(".props", ".targets", ".projitems"), ecosystem: scan.EcosystemNuGet, read: readProject},
}

// packagesConfig matches packages.config and packages.<project>.config
// (https://learn.microsoft.com/nuget/reference/packages-config).
func packagesConfig(base, _ string) bool {
	return strings.HasPrefix(base, "packages.") && strings.HasSuffix(base, ".config")
}

// readPackagesConfig reads a list of exact versions, which does not distinguish direct packages from others.
func readPackagesConfig(s *source) error {
	return readElements(s, func(path []*xmlElement) error {
		e := path[len(path)-1]
		if name := e.attribute("id"); e.name == "package" && name != "" {
			start, end := e.span(s, "id")
			s.add(Entry{Package: scan.Package{Name: name, Version: e.attribute("version"), Development: strings.EqualFold(e.attribute("developmentDependency"), "true")}}, start, end)
		}
		return nil
	})
}

// nugetProject is the content of an MSBuild file, in order.
type nugetProject struct {
	// properties are the values of $(name), by lower-case name; a name has several if conditions decide.
	properties map[string][]nugetValue
	imports    []string
	// references are the items that ask for packages, one for each of the document's declarations. versions are items that
	// set the version of a package by its name: items of a central file, and updates of references.
	references []nugetItem
	versions   map[string][]nugetItem
}

// nugetValue is one definition of a property.
type nugetValue struct {
	text string
	// conditional is true if a condition decides whether it counts; fallback is true if that condition is that the property
	// has no value yet.
	conditional, fallback bool
	at                    scan.Place
}

// nugetItem is one package of an item.
type nugetItem struct {
	// name is in lower case.
	name string
	// central is true for an item of a central file.
	central bool
	// update is true for an item that changes existing references.
	update, conditional bool
	// versions are its version texts, several if conditions decide. overriding is true if they take precedence over a
	// central version.
	versions   []nugetValue
	overriding bool
}

// readProject reads the properties and the items that name packages
// (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files).
func readProject(s *source) error {
	r := projectReader{s: s, p: &nugetProject{properties: map[string][]nugetValue{}, versions: map[string][]nugetItem{}}, index: newLines(s.data), members: map[*xmlElement][]nugetMember{}}
	s.doc.detail = r.p
	return readElements(s, r.element)
}

// projectReader reads a project file. A version may be in a child element after the name.
type projectReader struct {
	s       *source
	p       *nugetProject
	index   lines
	members map[*xmlElement][]nugetMember
}

type nugetMember struct {
	name  string
	value nugetValue
}

func (r *projectReader) element(path []*xmlElement) error {
	e := path[len(path)-1]
	if len(path) < 2 {
		return nil
	}
	switch parent := path[len(path)-2]; parent.name {
	case "PropertyGroup":
		value := r.value(e.text, e.start, e.end, path)
		value.fallback = isFallback(e)
		name := strings.ToLower(e.name)
		r.p.properties[name] = append(r.p.properties[name], value)
	case "PackageReference", "PackageVersion", "GlobalPackageReference":
		value := r.value(e.text, e.start, e.end, path[len(path)-1:])
		r.members[parent] = append(r.members[parent], nugetMember{strings.ToLower(e.name), value})
	case "ItemGroup":
		r.item(e, path)
		delete(r.members, e)
	case "Project", "ImportGroup":
		if e.name == "Import" && e.attribute("Project") != "" {
			r.p.imports = append(r.p.imports, r.plain(e.attribute("Project")))
		}
	}
	return nil
}

// value makes a value from a text and its place; path are the elements whose conditions decide.
func (r *projectReader) value(text string, start, end int, path []*xmlElement) nugetValue {
	at := scan.Place{Path: r.s.path, Start: start, End: end, Line: r.index.of(start)}
	return nugetValue{text: r.plain(strings.TrimSpace(text)), conditional: isConditional(path), at: at}
}

// plain replaces the properties that depend only on the file itself
// (https://learn.microsoft.com/visualstudio/msbuild/msbuild-reserved-and-well-known-properties).
func (r *projectReader) plain(text string) string {
	if !strings.Contains(text, "$(") {
		return text
	}
	return strings.ReplaceAll(text, "$(MSBuildThisFileDirectory)", path.Dir(r.s.path)+"/")
}

// isConditional reports whether a condition decides whether an element counts.
func isConditional(path []*xmlElement) bool {
	for _, e := range path {
		if e.attribute("Condition") != "" || e.name == "When" || e.name == "Otherwise" {
			return true
		}
	}
	return false
}

// isFallback reports whether an element counts only if its property has no value yet.
func isFallback(e *xmlElement) bool {
	condition := strings.NewReplacer(" ", "", "'", "", `"`, "").Replace(strings.ToLower(e.attribute("Condition")))
	return condition == "$("+strings.ToLower(e.name)+")=="
}

// item reads one item; its name may list several packages. An item with only "Update" is not a reference
// (https://learn.microsoft.com/visualstudio/msbuild/item-element-msbuild).
func (r *projectReader) item(e *xmlElement, path []*xmlElement) {
	attribute, item := "Include", nugetItem{conditional: isConditional(path)}
	if e.attribute(attribute) == "" {
		attribute, item.update = "Update", true
	}
	development := false
	switch e.name {
	case "PackageReference":
		// Packages that consumers of the project do not get are build tools.
		development = strings.EqualFold(r.text(e, "PrivateAssets"), "all")
	case "GlobalPackageReference", "DotNetCliToolReference":
		development = true
	case "PackageVersion":
	default:
		return
	}
	if item.versions = r.texts(e, "VersionOverride"); len(item.versions) > 0 {
		item.overriding = true
	} else {
		item.versions = r.texts(e, "Version")
	}
	start, end := e.span(r.s, attribute)
	for name := range strings.SplitSeq(e.attribute(attribute), ";") {
		if name = strings.TrimSpace(name); name == "" || strings.ContainsAny(name, "$@*") {
			continue
		}
		item.name, item.central = strings.ToLower(name), e.name == "PackageVersion"
		if item.update || e.name == "PackageVersion" {
			if len(item.versions) > 0 {
				r.p.versions[item.name] = append(r.p.versions[item.name], item)
			}
			continue
		}
		r.p.references = append(r.p.references, item)
		d := Declaration{Name: name, Development: development}
		if len(item.versions) > 0 {
			d.Constraint = item.versions[0].text
		}
		d.Version = exactNuGet(d.Constraint)
		r.s.declare(d, start, end)
	}
}

// texts returns the values of an attribute, or of the child elements with that name.
func (r *projectReader) texts(e *xmlElement, name string) []nugetValue {
	if text := e.attribute(name); text != "" {
		start, end := e.span(r.s, name)
		return []nugetValue{r.value(text, start, end, nil)}
	}
	var list []nugetValue
	for _, m := range r.members[e] {
		if m.name == strings.ToLower(name) && m.value.text != "" {
			list = append(list, m.value)
		}
	}
	return list
}

func (r *projectReader) text(e *xmlElement, name string) string {
	if list := r.texts(e, name); len(list) > 0 {
		return list[0].text
	}
	return ""
}

// exactNuGet returns the version that a range resolves to. NuGet takes the lowest allowed version: "1.0", "[1.0]" and
// "[1.0, 2.0)" name it, "(1.0, )" and "1.*" do not
// (https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges,
// .../dependency-resolution#lowest-applicable-version).
func exactNuGet(constraint string) string {
	constraint = strings.TrimSpace(constraint)
	if inner, ok := strings.CutPrefix(constraint, "["); ok {
		if !strings.HasSuffix(inner, "]") && !strings.HasSuffix(inner, ")") {
			return ""
		}
		constraint, _, _ = strings.Cut(inner[:len(inner)-1], ",")
		constraint = strings.TrimSpace(constraint)
	}
	if constraint == "" || strings.ContainsAny(constraint, "[](),*${} ") {
		return ""
	}
	return constraint
}

// nugetOf returns the .NET project of a document; nil for other files.
func nugetOf(doc *Document) *nugetProject {
	detail, _ := doc.detail.(*nugetProject)
	return detail
}
