package manifest

import (
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// mavenFormats are the files of Maven.
var mavenFormats = []format{
	{name: "pom.xml", match: named("pom.xml"), ecosystem: scan.EcosystemMaven, read: readPOM},
}

// mavenProject is the raw content of a pom.xml (https://maven.apache.org/pom.html). What its properties and its parents
// add is resolved when all files of the tree are known.
type mavenProject struct {
	doc                                 *Document
	group, artifact, version, packaging string
	parent                              *mavenParent
	properties                          mavenProperties
	// profiles are the properties of each profile that has some.
	profiles []*mavenProfile
	// modules are the folders or files that the project and its profiles also build.
	modules []string
	// managed holds the managed versions of dependencies, and the imports of other projects with managed versions, in
	// order. A key has several values if profiles differ.
	managed map[string][]*mavenDependency
	imports []*mavenDependency
	// loose are the entries of managed whose key contains properties.
	loose []*mavenDependency
	// dependencies are in the order of the document's entries, one for each.
	dependencies []*mavenDependency
	// keys are the keys of dependencies.
	keys map[string]bool
}

// mavenProperties are properties by name, with the places of their texts.
type mavenProperties map[string]mavenProperty

type mavenProperty struct {
	text string
	at   scan.Place
}

// mavenProfile is a <profile>. Its elements can come in any order, so its dependencies point to it before it is
// complete.
type mavenProfile struct{ properties mavenProperties }

type mavenParent struct {
	group, artifact, version string
	// relativePath is the path of the parent's pom.xml; explicit is true if the file contains it.
	relativePath string
	explicit     bool
	// at is the start tag.
	at scan.Place
}

// mavenDependency is one <dependency>.
type mavenDependency struct {
	group, artifact, version, scope, kind, classifier string

	// at is the place of its artifactId, and versionAt that of its version; the line is 0 if there is no version.
	at, versionAt scan.Place
	// profile is the profile that contains it; nil if there is none.
	profile *mavenProfile
}

// key is the key by which versions are managed
// (https://maven.apache.org/guides/introduction/introduction-to-dependency-mechanism.html).
func (d *mavenDependency) key() string {
	kind := d.kind
	if kind == "" {
		kind = "jar"
	}
	return d.group + ":" + d.artifact + ":" + kind + ":" + d.classifier
}

// set stores the text of an element; place converts offsets to a place.
func (d *mavenDependency) set(x *xmlText, place func(start, end int) scan.Place) {
	switch x.path[len(x.path)-1] {
	case "groupId":
		d.group = x.text
	case "artifactId":
		d.artifact = x.text
		if x.text != "" {
			d.at.Start, d.at.End = x.textStart, x.textEnd
		}
	case "version":
		d.version = x.text
		if x.text != "" {
			d.versionAt = place(x.textStart, x.textEnd)
		}
	case "scope":
		d.scope = x.text
	case "type":
		d.kind = x.text
	case "classifier":
		d.classifier = x.text
	}
}

// readPOM reads a pom.xml: the project, its parent, properties, dependencies and those of its profiles. Plugins are not
// dependencies of the built program.
func readPOM(s *source) error {
	r := pomReader{s: s, index: newLines(s.data), p: &mavenProject{
		doc: s.doc, properties: mavenProperties{}, managed: map[string][]*mavenDependency{}, keys: map[string]bool{},
	}}
	s.doc.detail = r.p
	if err := readXML(s, r.open, r.close); err != nil {
		return err
	}
	return r.failed
}

type pomReader struct {
	s       *source
	p       *mavenProject
	index   lines
	current *mavenDependency
	// failed is the first problem that does not end the reading.
	failed error
	// profile is the open profile.
	profile *mavenProfile
}

func (r *pomReader) place(start, end int) scan.Place {
	return scan.Place{Path: r.s.path, Start: start, End: end, Line: r.index.of(start)}
}

// below returns the path below <project>, or below one of its <profile>s.
func (r *pomReader) below(x *xmlText) []string {
	if len(x.path) < 2 || x.path[0] != "project" {
		return nil
	}
	if len(x.path) > 3 && x.path[1] == "profiles" && x.path[2] == "profile" {
		return x.path[3:]
	}
	return x.path[1:]
}

func isMavenDependency(below []string) bool {
	return slices.Equal(below, []string{"dependencies", "dependency"}) || slices.Equal(below, []string{"dependencyManagement", "dependencies", "dependency"})
}

func (r *pomReader) open(x *xmlText) error {
	switch {
	case x.is("project", "profiles", "profile"):
		r.profile = &mavenProfile{properties: mavenProperties{}}
	case x.is("project", "parent"):
		r.p.parent = &mavenParent{relativePath: "../pom.xml", at: r.place(x.tagStart, x.tagEnd)}
	case isMavenDependency(r.below(x)):
		r.current = &mavenDependency{at: scan.Place{Path: r.s.path, Start: x.tagStart, End: x.tagEnd}, profile: r.profile}
	}
	return nil
}

func (r *pomReader) close(x *xmlText) error {
	below := r.below(x)
	x.text = withoutVelocity(x.text)
	switch {
	case x.is("project", "profiles", "profile"):
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
		at := r.place(x.tagStart, x.tagEnd)
		if x.text != "" {
			at = r.place(x.textStart, x.textEnd)
		}
		properties[below[1]] = mavenProperty{text: x.text, at: at}
	case len(below) == 2 && (below[0] == "modules" && below[1] == "module" || below[0] == "subprojects" && below[1] == "subproject"):
		r.p.modules = append(r.p.modules, x.text)
	case r.profile != nil:
	case len(below) == 2 && below[0] == "parent":
		r.parent(below[1], x.text)
	case len(below) == 1:
		switch below[0] {
		case "groupId":
			r.p.group = x.text
		case "artifactId":
			r.p.artifact = x.text
		case "version":
			r.p.version = x.text
		case "packaging":
			r.p.packaging = x.text
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
	if len(d.group)+len(d.artifact) > maxTextBytes || len(d.version) > maxTextBytes {
		if r.failed == nil {
			r.failed = r.s.errAt(d.at.Start, "a name or version is longer than %d bytes", maxTextBytes)
		}
		return
	}
	d.at.Line = r.index.of(d.at.Start)
	key := d.key()
	switch {
	case !management:
		p := scan.Package{Name: d.group + ":" + d.artifact, Version: exactMaven(d.version), Relation: scan.RelationDirect, Development: d.scope == "test"}
		r.p.dependencies = append(r.p.dependencies, d)
		r.p.keys[key] = true
		r.s.add(Entry{Package: p}, d.at.Start, d.at.End)
	case d.scope == "import":
		r.p.imports = append(r.p.imports, d)
	case d.profile != nil || !slices.ContainsFunc(r.p.managed[key], func(other *mavenDependency) bool { return other.profile == nil }):
		// Outside profiles, the first of two counts.
		if r.p.managed[key] = append(r.p.managed[key], d); strings.Contains(key, "${") {
			r.p.loose = append(r.p.loose, d)
		}
	}
}

// exactMaven returns a version that is not a range, a property or "LATEST"; "[1.0]" is exact
// (https://maven.apache.org/pom.html#dependency-version-requirement-specification).
func exactMaven(version string) string {
	if inner, ok := strings.CutPrefix(version, "["); ok {
		version, ok = strings.CutSuffix(inner, "]")
		if !ok || strings.Contains(version, ",") {
			return ""
		}
	}
	if version == "LATEST" || version == "RELEASE" || strings.ContainsAny(version, "[](), \t\n$@{}") {
		return ""
	}
	return version
}

// path returns the file of a parent's relativePath; ok is false if it is outside the tree.
func (p *mavenParent) path(from string) (name string, ok bool) {
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
func projectOf(doc *Document) *mavenProject {
	detail, _ := doc.detail.(*mavenProject)
	return detail
}
