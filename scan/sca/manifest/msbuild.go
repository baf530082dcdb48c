package manifest

import (
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// msbuildFormats are the files in which people write what a .NET project wants.
var msbuildFormats = []format{
	{name: "packages.config", match: packagesConfig, ecosystem: scan.EcosystemNuGet, read: readPackagesConfig},
	{name: "Directory.Packages.props", match: named("Directory.Packages.props"), ecosystem: scan.EcosystemNuGet, read: readProject},
	{name: "project file", match: suffixed(".csproj", ".fsproj", ".vbproj"), ecosystem: scan.EcosystemNuGet, read: readProject},
	{name: "Directory.Build.props", match: named("Directory.Build.props", "Directory.Build.targets"), ecosystem: scan.EcosystemNuGet, read: readProject},
}

// packagesConfig matches packages.config and packages.<project>.config
// (https://learn.microsoft.com/nuget/reference/packages-config).
func packagesConfig(base, _ string) bool {
	return strings.HasPrefix(base, "packages.") && strings.HasSuffix(base, ".config")
}

// readPackagesConfig reads a list of exact versions in which direct packages and others are not told apart.
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

// nugetProject is what a project file says beside its declarations.
type nugetProject struct {
	// central are the versions of a Directory.Packages.props, by name
	// (https://learn.microsoft.com/nuget/consume-packages/central-package-management).
	central map[string]Declaration
	// properties are values that $(name) means, by lower-case name.
	properties map[string]string
}

// readProject reads the items that name packages
// (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files).
func readProject(s *source) error {
	p := &nugetProject{central: map[string]Declaration{}, properties: map[string]string{}}
	s.doc.nuget = p
	// A version may stand in a member behind the name.
	members := map[*xmlElement]map[string]string{}
	err := readElements(s, func(path []*xmlElement) error {
		e := path[len(path)-1]
		if len(path) < 2 {
			return nil
		}
		switch parent := path[len(path)-2]; parent.name {
		case "PropertyGroup":
			p.properties[strings.ToLower(e.name)] = strings.TrimSpace(e.text)
		case "PackageReference", "PackageVersion":
			if members[parent] == nil {
				members[parent] = map[string]string{}
			}
			members[parent][strings.ToLower(e.name)] = strings.TrimSpace(e.text)
		case "ItemGroup":
			p.item(s, e, members[e])
			delete(members, e)
		}
		return nil
	})
	for i := range s.doc.Declared {
		d := &s.doc.Declared[i]
		d.Version = exactNuGet(p.expand(d.Constraint))
	}
	index := newLines(s.data)
	for name, d := range p.central {
		d.Line = index.of(d.Start)
		d.Version = exactNuGet(p.expand(d.Constraint))
		p.central[name] = d
	}
	return err
}

// item reads one item; "Include" may list several names.
func (p *nugetProject) item(s *source, e *xmlElement, members map[string]string) {
	value := func(name string) string {
		if text := e.attribute(name); text != "" {
			return text
		}
		return members[strings.ToLower(name)]
	}
	d := Declaration{Constraint: value("VersionOverride")}
	if d.Constraint == "" {
		d.Constraint = value("Version")
	}
	attribute := "Include"
	if e.attribute(attribute) == "" {
		attribute = "Update"
	}
	switch e.name {
	case "PackageReference":
		// What does not flow to whoever uses the project are tools of its build.
		d.Development = strings.EqualFold(value("PrivateAssets"), "all")
	case "GlobalPackageReference", "DotNetCliToolReference":
		d.Development = true
	case "PackageVersion":
	default:
		return
	}
	start, end := e.span(s, attribute)
	for name := range strings.SplitSeq(e.attribute(attribute), ";") {
		if d.Name = strings.TrimSpace(name); d.Name == "" || strings.ContainsAny(d.Name, "$@*") {
			continue
		}
		if e.name == "PackageVersion" {
			d := d
			d.Start, d.End = start, end
			p.central[strings.ToLower(d.Name)] = d
			continue
		}
		s.declare(d, start, end)
	}
}

// expand puts in the properties that the same file gives; one that it does not give leaves nothing.
func (p *nugetProject) expand(text string) string {
	name, ok := strings.CutPrefix(text, "$(")
	name, closed := strings.CutSuffix(name, ")")
	if !ok || !closed {
		return text
	}
	return p.properties[strings.ToLower(strings.TrimSpace(name))]
}

// exactNuGet gives the version that a range comes to: "1.0" is the least one allowed, and NuGet takes the least
// (https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges).
func exactNuGet(constraint string) string {
	if inner, ok := strings.CutPrefix(constraint, "["); ok {
		constraint = strings.TrimSpace(strings.TrimSuffix(inner, "]"))
	}
	if constraint == "" || strings.ContainsAny(constraint, "[](),*$ ") {
		return ""
	}
	return constraint
}

// centralize gives the declarations of project files the versions of the nearest Directory.Packages.props above, which is the
// one that NuGet reads.
func centralize(docs []*Document) {
	central := map[string]*Document{}
	for _, doc := range docs {
		if doc.nuget != nil && path.Base(doc.Path) == "Directory.Packages.props" {
			central[path.Dir(doc.Path)] = doc
		}
	}
	if len(central) == 0 {
		return
	}
	for _, doc := range docs {
		if doc.nuget == nil || !slices.ContainsFunc(doc.Declared, func(d Declaration) bool { return d.Constraint == "" }) {
			continue
		}
		for i := range doc.Declared {
			d := &doc.Declared[i]
			// One that lacks the package stops the restore; what the next one above says is shown then.
			for props := nearest(central, path.Dir(doc.Path)); props != nil && d.Constraint == ""; props = above(central, props) {
				if c, ok := props.nuget.central[strings.ToLower(d.Name)]; ok {
					d.Constraint, d.Version = c.Constraint, c.Version
					d.at = &scan.Place{Path: props.Path, Start: c.Start, End: c.End, Line: c.Line}
				}
			}
		}
	}
}

func above(central map[string]*Document, doc *Document) *Document {
	dir := path.Dir(doc.Path)
	if dir == "." || dir == "/" {
		return nil
	}
	return nearest(central, path.Dir(dir))
}

func nearest(central map[string]*Document, dir string) *Document {
	for ; ; dir = path.Dir(dir) {
		if doc := central[dir]; doc != nil || dir == "." || dir == "/" {
			return doc
		}
	}
}
