package maven

import (
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// Formats are the files of Maven.
var Formats = []document.Format{
	{Name: "pom.xml", Match: document.Named("pom.xml"), Ecosystem: scan.EcosystemMaven, Read: readPOM},
}

// project is the raw content of a pom.xml (https://maven.apache.org/pom.html). What its properties and its parents
// add is resolved when all files of the tree are known.
type project struct {
	doc                                 *document.Document
	group, artifact, version, packaging string
	parent                              *parent
	properties                          mavenProperties
	// profiles are the properties of each profile that has some.
	profiles []*profile
	// modules are the folders or files that the project and its profiles also build.
	modules []string
	// managed holds the managed versions of dependencies, and the imports of other projects with managed versions, in
	// order. A key has several values if profiles differ.
	managed map[string][]*dependency
	imports []*dependency
	// loose are the entries of managed whose key contains properties.
	loose []*dependency
	// dependencies are in the order of the document's entries, one for each.
	dependencies []*dependency
	// keys are the keys of dependencies.
	keys map[string]bool
}

// mavenProperties are properties by name, with the places of their texts.
type mavenProperties map[string]mavenProperty

type mavenProperty struct {
	text string
	at   scan.Place
}

// profile is a <profile>. Its elements can come in any order, so its dependencies point to it before it is
// complete.
type profile struct{ properties mavenProperties }

type parent struct {
	group, artifact, version string
	// relativePath is the path of the parent's pom.xml; explicit is true if the file contains it.
	relativePath string
	explicit     bool
	// at is the start tag.
	at scan.Place
}

// dependency is one <dependency>.
type dependency struct {
	group, artifact, version, scope, kind, classifier string

	// at is the place of its artifactId, and versionAt that of its version; the line is 0 if there is no version.
	at, versionAt scan.Place
	// profile is the profile that contains it; nil if there is none.
	profile *profile
}

// key is the key by which versions are managed
// (https://maven.apache.org/guides/introduction/introduction-to-dependency-mechanism.html).
func (d *dependency) key() string {
	kind := d.kind
	if kind == "" {
		kind = "jar"
	}
	return d.group + ":" + d.artifact + ":" + kind + ":" + d.classifier
}

// set stores the text of an element; place converts offsets to a place.
func (d *dependency) set(x *syntax.XML, place func(start, end int) scan.Place) {
	switch x.Path[len(x.Path)-1] {
	case "groupId":
		d.group = x.Text
	case "artifactId":
		d.artifact = x.Text
		if x.Text != "" {
			d.at.Start, d.at.End = x.TextStart, x.TextEnd
		}
	case "version":
		d.version = x.Text
		if x.Text != "" {
			d.versionAt = place(x.TextStart, x.TextEnd)
		}
	case "scope":
		d.scope = x.Text
	case "type":
		d.kind = x.Text
	case "classifier":
		d.classifier = x.Text
	}
}

// readPOM reads a pom.xml: the project, its parent, properties, dependencies and those of its profiles. Plugins are not
// dependencies of the built program.
func readPOM(s *document.Source) error {
	r := pomReader{s: s, index: document.NewLines(s.Data), p: &project{
		doc: s.Doc, properties: mavenProperties{}, managed: map[string][]*dependency{}, keys: map[string]bool{},
	}}
	s.Doc.Detail = r.p
	if err := syntax.ReadXML(s, r.open, r.close); err != nil {
		return err
	}
	return r.failed
}

type pomReader struct {
	s       *document.Source
	p       *project
	index   document.Lines
	current *dependency
	// failed is the first problem that does not end the reading.
	failed error
	// profile is the open profile.
	profile *profile
}

func (r *pomReader) place(start, end int) scan.Place {
	return scan.Place{Path: r.s.Path, Start: start, End: end, Line: r.index.Of(start)}
}

// below returns the path below <project>, or below one of its <profile>s.
func (r *pomReader) below(x *syntax.XML) []string {
	if len(x.Path) < 2 || x.Path[0] != "project" {
		return nil
	}
	if len(x.Path) > 3 && x.Path[1] == "profiles" && x.Path[2] == "profile" {
		return x.Path[3:]
	}
	return x.Path[1:]
}

func isMavenDependency(below []string) bool {
	return slices.Equal(below, []string{"dependencies", "dependency"}) || slices.Equal(below, []string{"dependencyManagement", "dependencies", "dependency"})
}

func (r *pomReader) open(x *syntax.XML) error {
	switch {
	case x.Is("project", "profiles", "profile"):
		r.profile = &profile{properties: mavenProperties{}}
	case x.Is("project", "parent"):
		r.p.parent = &parent{relativePath: "../pom.xml", at: r.place(x.TagStart, x.TagEnd)}
	case isMavenDependency(r.below(x)):
		r.current = &dependency{at: scan.Place{Path: r.s.Path, Start: x.TagStart, End: x.TagEnd}, profile: r.profile}
	}
	return nil
}

func (r *pomReader) close(x *syntax.XML) error {
	below := r.below(x)
	x.Text = withoutVelocity(x.Text)
	switch {
	case x.Is("project", "profiles", "profile"):
		if len(r.profile.properties) > 0 {
			r.p.profiles = append(r.p.profiles, r.profile)
		}
		r.profile = nil
	case len(below) == 0:
	case isMavenDependency(below):
		r.add(below[0] == "dependencyManagement")
		r.current = nil
	case r.current != nil && isMavenDependency(below[:len(below)-1]):
		r.current.set(x, r.place)
	case len(below) == 2 && below[0] == "properties":
		properties := r.p.properties
		if r.profile != nil {
			properties = r.profile.properties
		}
		at := r.place(x.TagStart, x.TagEnd)
		if x.Text != "" {
			at = r.place(x.TextStart, x.TextEnd)
		}
		properties[below[1]] = mavenProperty{text: x.Text, at: at}
	case len(below) == 2 && (below[0] == "modules" && below[1] == "module" || below[0] == "subprojects" && below[1] == "subproject"):
		r.p.modules = append(r.p.modules, x.Text)
	case r.profile != nil:
	case len(below) == 2 && below[0] == "parent":
		r.parent(below[1], x.Text)
	case len(below) == 1:
		switch below[0] {
		case "groupId":
			r.p.group = x.Text
		case "artifactId":
			r.p.artifact = x.Text
		case "version":
			r.p.version = x.Text
		case "packaging":
			r.p.packaging = x.Text
		}
	}
	return nil
}

func (r *pomReader) parent(name, text string) {
	switch name {
	case "groupId":
		r.p.parent.group = text
	case "artifactId":
		r.p.parent.artifact = text
	case "version":
		r.p.parent.version = text
	case "relativePath":
		r.p.parent.relativePath, r.p.parent.explicit = text, true
	}
}

// add appends a dependency, or a managed version.
func (r *pomReader) add(management bool) {
	d := r.current
	if d.group == "" || d.artifact == "" {
		return
	}
	if len(d.group)+len(d.artifact) > document.MaxTextBytes || len(d.version) > document.MaxTextBytes {
		if r.failed == nil {
			r.failed = r.s.ErrAt(d.at.Start, "a name or version is longer than %d bytes", document.MaxTextBytes)
		}
		return
	}
	d.at.Line = r.index.Of(d.at.Start)
	key := d.key()
	switch {
	case !management:
		p := scan.Package{Name: d.group + ":" + d.artifact, Version: document.ExactMaven(d.version), Relation: scan.RelationDirect, Development: d.scope == "test"}
		r.p.dependencies = append(r.p.dependencies, d)
		r.p.keys[key] = true
		r.s.Add(document.Entry{Package: p}, d.at.Start, d.at.End)
	case d.scope == "import":
		r.p.imports = append(r.p.imports, d)
	case d.profile != nil || !slices.ContainsFunc(r.p.managed[key], func(other *dependency) bool { return other.profile == nil }):
		// Outside profiles, the first of two counts.
		if r.p.managed[key] = append(r.p.managed[key], d); strings.Contains(key, "${") {
			r.p.loose = append(r.p.loose, d)
		}
	}
}

// path returns the file of a parent's relativePath; ok is false if it is outside the tree.
func (p *parent) path(from string) (name string, ok bool) {
	name = path.Join(path.Dir(from), strings.ReplaceAll(p.relativePath, `\`, "/"))
	if path.IsAbs(p.relativePath) || name == ".." || strings.HasPrefix(name, "../") {
		return "", false
	}
	return name, true
}

// velocity replaces the variables that Maven's archetypes use as escapes
// (https://maven.apache.org/archetype/archetype-models/archetype-descriptor/archetype-descriptor.html).
var velocity = strings.NewReplacer("${symbol_dollar}", "$", "${symbol_pound}", "#", "${symbol_escape}", `\`)

// withoutVelocity returns the text that an archetype would write.
func withoutVelocity(text string) string {
	if !strings.Contains(text, "${symbol_") {
		return text
	}
	return velocity.Replace(text)
}

// projectOf returns the Maven project of a document; nil for other files.
func projectOf(doc *document.Document) *project {
	detail, _ := doc.Detail.(*project)
	return detail
}
