package dotnet

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// ProjectFormats are the manifests of .NET projects.
var ProjectFormats = []document.Format{
	{Name: "packages.config", Match: packagesConfig, Ecosystem: scan.EcosystemNuGet, Read: readPackagesConfig},
	{Name: "Directory.Packages.props", Match: document.Named("Directory.Packages.props"), Ecosystem: scan.EcosystemNuGet, Read: readProject},
	{Name: "project file", Match: document.Suffixed(".csproj", ".fsproj", ".vbproj"), Ecosystem: scan.EcosystemNuGet, Read: readProject},
	{Name: "Directory.Build.props", Match: document.Named("Directory.Build.props", "Directory.Build.targets"), Ecosystem: scan.EcosystemNuGet, Read: readProject},
	{Name: "MSBuild file", Match: document.Suffixed(".props", ".targets", ".projitems"), Ecosystem: scan.EcosystemNuGet, Read: readProject},
}

// packagesConfig matches packages.config and packages.<project>.config
// (https://learn.microsoft.com/nuget/reference/packages-config).
func packagesConfig(base, _ string) bool {
	return strings.HasPrefix(base, "packages.") && strings.HasSuffix(base, ".config")
}

// readPackagesConfig reads a list of exact versions, which does not distinguish direct packages from others.
func readPackagesConfig(s *document.Source) error {
	return syntax.ReadElements(s, func(path []*syntax.Element) error {
		e := path[len(path)-1]
		if name := e.Attribute("id"); e.Name == "package" && name != "" {
			start, end := e.Span(s, "id")
			s.Add(document.Entry{Package: scan.Package{Name: name, Version: e.Attribute("version"), Development: strings.EqualFold(e.Attribute("developmentDependency"), "true")}}, start, end)
		}
		return nil
	})
}

// project is the content of an MSBuild file, in order.
type project struct {
	// properties are the values of $(name), by lower-case name; a name has several if conditions decide.
	properties map[string][]value
	imports    []string
	// references are the items that ask for packages, one for each of the document's declarations. versions are items that
	// set the version of a package by its name: items of a central file, and updates of references.
	references []nugetItem
	versions   map[string][]nugetItem
}

// value is one definition of a property.
type value struct {
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
	versions   []value
	overriding bool
}

// readProject reads the properties and the items that name packages
// (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files).
func readProject(s *document.Source) error {
	r := projectReader{s: s, p: &project{properties: map[string][]value{}, versions: map[string][]nugetItem{}}, index: document.NewLines(s.Data), members: map[*syntax.Element][]nugetMember{}}
	s.Doc.Detail = r.p
	return syntax.ReadElements(s, r.element)
}

// projectReader reads a project file. A version may be in a child element after the name.
type projectReader struct {
	s       *document.Source
	p       *project
	index   document.Lines
	members map[*syntax.Element][]nugetMember
}

type nugetMember struct {
	name  string
	value value
}

func (r *projectReader) element(path []*syntax.Element) error {
	e := path[len(path)-1]
	if len(path) < 2 {
		return nil
	}
	switch parent := path[len(path)-2]; parent.Name {
	case "PropertyGroup":
		value := r.value(e.Text, e.Start, e.End, path)
		value.fallback = isFallback(e)
		name := strings.ToLower(e.Name)
		r.p.properties[name] = append(r.p.properties[name], value)
	case "PackageReference", "PackageVersion", "GlobalPackageReference":
		value := r.value(e.Text, e.Start, e.End, path[len(path)-1:])
		r.members[parent] = append(r.members[parent], nugetMember{strings.ToLower(e.Name), value})
	case "ItemGroup":
		r.item(e, path)
		delete(r.members, e)
	case "Project", "ImportGroup":
		if e.Name == "Import" && e.Attribute("Project") != "" {
			r.p.imports = append(r.p.imports, r.plain(e.Attribute("Project")))
		}
	}
	return nil
}

// value makes a value from a text and its place; path are the elements whose conditions decide.
func (r *projectReader) value(text string, start, end int, path []*syntax.Element) value {
	at := scan.Place{Path: r.s.Path, Start: start, End: end, Line: r.index.Of(start)}
	return value{text: r.plain(strings.TrimSpace(text)), conditional: isConditional(path), at: at}
}

// plain replaces the properties that depend only on the file itself
// (https://learn.microsoft.com/visualstudio/msbuild/msbuild-reserved-and-well-known-properties).
func (r *projectReader) plain(text string) string {
	if !strings.Contains(text, "$(") {
		return text
	}
	return strings.ReplaceAll(text, "$(MSBuildThisFileDirectory)", path.Dir(r.s.Path)+"/")
}

// isConditional reports whether a condition decides whether an element counts.
func isConditional(path []*syntax.Element) bool {
	for _, e := range path {
		if e.Attribute("Condition") != "" || e.Name == "When" || e.Name == "Otherwise" {
			return true
		}
	}
	return false
}

// isFallback reports whether an element counts only if its property has no value yet.
func isFallback(e *syntax.Element) bool {
	condition := strings.NewReplacer(" ", "", "'", "", `"`, "").Replace(strings.ToLower(e.Attribute("Condition")))
	return condition == "$("+strings.ToLower(e.Name)+")=="
}

// item reads one item; its name may list several packages. An item with only "Update" is not a reference
// (https://learn.microsoft.com/visualstudio/msbuild/item-element-msbuild).
func (r *projectReader) item(e *syntax.Element, path []*syntax.Element) {
	attribute, item := "Include", nugetItem{conditional: isConditional(path)}
	if e.Attribute(attribute) == "" {
		attribute, item.update = "Update", true
	}
	development := false
	switch e.Name {
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
	start, end := e.Span(r.s, attribute)
	for name := range strings.SplitSeq(e.Attribute(attribute), ";") {
		if name = strings.TrimSpace(name); name == "" || strings.ContainsAny(name, "$@*") {
			continue
		}
		item.name, item.central = strings.ToLower(name), e.Name == "PackageVersion"
		if item.update || e.Name == "PackageVersion" {
			if len(item.versions) > 0 {
				r.p.versions[item.name] = append(r.p.versions[item.name], item)
			}
			continue
		}
		r.p.references = append(r.p.references, item)
		d := document.Declaration{Name: name, Development: development}
		if len(item.versions) > 0 {
			d.Constraint = item.versions[0].text
		}
		d.Version = exactNuGet(d.Constraint)
		r.s.Declare(d, start, end)
	}
}

// texts returns the values of an attribute, or of the child elements with that name.
func (r *projectReader) texts(e *syntax.Element, name string) []value {
	if text := e.Attribute(name); text != "" {
		start, end := e.Span(r.s, name)
		return []value{r.value(text, start, end, nil)}
	}
	var list []value
	for _, m := range r.members[e] {
		if m.name == strings.ToLower(name) && m.value.text != "" {
			list = append(list, m.value)
		}
	}
	return list
}

func (r *projectReader) text(e *syntax.Element, name string) string {
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

// projectOf returns the .NET project of a document; nil for other files.
func projectOf(doc *document.Document) *project {
	detail, _ := doc.Detail.(*project)
	return detail
}
