package manifest

import (
	"cmp"
	"errors"
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// The limits of what poms may refer to, so that one that refers to itself ends. Real chains of parents have less than ten.
const (
	maxParents       = 50
	maxPropertySteps = 200
	maxPropertyBytes = 4096
	// maxProjectSteps bounds the replaced properties of a whole pom.
	maxProjectSteps = 200_000
)

var (
	errParentCycle   = errors.New("its parents lead back to themselves, or are more than 50")
	errParentOutside = errors.New("its parent's relativePath leaves the tree")
	errPropertyCycle = errors.New("a property refers to itself without an end, or grows beyond 4096 bytes")
)

// mavenTree are the poms of a tree.
type mavenTree struct {
	byPath map[string]*mavenModel
	// byID are they by "group:artifact", in the order of their paths.
	byID     map[string][]*mavenModel
	failures []scan.Failure
}

// mavenModel is a project with the parents that the tree holds.
type mavenModel struct {
	*mavenProject
	// chain is the project itself, its parent, and so on.
	chain []*mavenModel
	// boms are the projects that it or its parents import, once each, in their order.
	boms    []*mavenModel
	hasBOMs bool
	// steps counts the properties that were replaced.
	steps  int
	failed map[error]bool
}

// resolveMaven fills in what poms take from their parents, their properties and each other, and drops the dependencies
// that are parts of the project (https://maven.apache.org/ref/current/maven-model-builder/).
func resolveMaven(docs []*Document) []scan.Failure {
	t := mavenTree{byPath: map[string]*mavenModel{}, byID: map[string][]*mavenModel{}}
	var models []*mavenModel
	for _, doc := range docs {
		if doc.project != nil {
			m := &mavenModel{mavenProject: doc.project, failed: map[error]bool{}}
			models = append(models, m)
			t.byPath[doc.Path] = m
		}
	}
	for _, m := range models {
		if id := m.group; id != "" || m.parent != nil {
			if id == "" {
				id = m.parent.group // the group is the parent's when it is not said
			}
			id += ":" + m.artifact
			t.byID[id] = append(t.byID[id], m)
		}
	}
	for _, m := range models {
		t.link(m)
	}
	for _, m := range models {
		t.fill(m)
	}
	return t.failures
}

// fail notes a problem of a pom, each kind once.
func (t *mavenTree) fail(m *mavenModel, err error) {
	if !m.failed[err] {
		m.failed[err] = true
		t.failures = append(t.failures, scan.Failure{Engine: scan.EngineDependencies, Path: m.doc.Path, Err: err})
	}
}

// link finds the parents that lie in the tree.
func (t *mavenTree) link(m *mavenModel) {
	seen := map[*mavenModel]bool{}
	for p := m; p != nil; p = t.parentOf(p) {
		if seen[p] || len(m.chain) >= maxParents {
			t.fail(m, errParentCycle)
			return
		}
		seen[p] = true
		m.chain = append(m.chain, p)
	}
}

// parentOf looks where relativePath leads, and then among the poms of the tree. A pom of another name at that place is not
// the parent.
func (t *mavenTree) parentOf(m *mavenModel) *mavenModel {
	parent := m.parent
	if parent == nil {
		return nil
	}
	id := parent.group + ":" + parent.artifact
	if parent.relativePath != "" {
		name, ok := parent.path(m.doc.Path)
		switch {
		case !ok && parent.explicit:
			t.fail(m, errParentOutside)
		case ok:
			for _, name := range []string{name, path.Join(name, "pom.xml")} {
				if p := t.byPath[name]; p != nil && p.id() == id {
					return p
				}
			}
		}
	}
	for _, p := range t.byID[id] {
		if p.version == parent.version || p.version == "" {
			return p
		}
	}
	return nil
}

// id is "group:artifact", as it stands.
func (p *mavenProject) id() string {
	if p.group == "" && p.parent != nil {
		return p.parent.group + ":" + p.artifact
	}
	return p.group + ":" + p.artifact
}

// fill finds names and versions of what a pom asks for.
func (t *mavenTree) fill(m *mavenModel) {
	kept, left := m.doc.Entries[:0], m.dependencies[:0]
	for i, d := range m.dependencies {
		e := m.doc.Entries[i]
		e.Package.Name = t.text(m, d, d.group) + ":" + t.text(m, d, d.artifact)
		if len(t.byID[e.Package.Name]) > 0 {
			continue // a part of the project
		}
		version, scope := d.version, d.scope
		owner, managed := t.managed(m, d, e.Package.Name)
		if managed != nil {
			if scope == "" {
				scope = managed.scope
			}
			if version == "" {
				version = t.text(owner, managed, managed.version)
				if place := t.ownerOf(owner, managed); place != m.doc.Path || managed.line != d.line {
					e.Package.Declared = &scan.Place{Path: place, Start: managed.start, End: managed.end, Line: managed.line}
				}
			}
		}
		e.Package.Version = exactMaven(t.text(m, d, version))
		e.Package.Development = t.text(m, d, scope) == "test"
		kept, left = append(kept, e), append(left, d)
	}
	m.doc.Entries, m.dependencies = kept, left
}

// ownerOf gives the path of the pom that holds what is said of a version.
func (t *mavenTree) ownerOf(m *mavenModel, d *mavenDependency) string {
	for _, p := range m.chain {
		if p.managed[d.key()] == d {
			return p.doc.Path
		}
	}
	return m.doc.Path
}

// managed finds what is said of the version of a dependency: by the project or the nearest parent, then by the projects that
// those import. Properties of it are those of the owner.
func (t *mavenTree) managed(m *mavenModel, d *mavenDependency, name string) (owner *mavenModel, found *mavenDependency) {
	plain := *d
	plain.group, plain.artifact, _ = strings.Cut(name, ":")
	plain.kind, plain.classifier = t.text(m, d, d.kind), t.text(m, d, d.classifier)
	keys := []string{plain.key(), d.key()}
	seen := map[*mavenModel]bool{}
	open := []*mavenModel{m}
	for len(open) > 0 {
		p := open[0]
		open = open[1:]
		if seen[p] {
			continue
		}
		seen[p] = true
		for _, q := range p.chain {
			for _, key := range keys {
				if found := q.managed[key]; found != nil {
					return p, found
				}
			}
		}
		open = append(t.imported(p), open...)
	}
	return nil, nil
}

// imported gives the projects of the tree whose management a project or one of its parents imports.
func (t *mavenTree) imported(m *mavenModel) []*mavenModel {
	if m.hasBOMs {
		return m.boms
	}
	m.hasBOMs = true
	seen := map[*mavenModel]bool{}
	for _, p := range m.chain {
		for _, d := range p.imports {
			version := t.text(m, d, d.version)
			for _, bom := range t.byID[t.text(m, d, d.group)+":"+t.text(m, d, d.artifact)] {
				if own := t.text(bom, nil, "${project.version}"); !seen[bom] && (own == version || strings.Contains(own, "${")) {
					seen[bom] = true
					m.boms = append(m.boms, bom)
					break
				}
			}
		}
	}
	return m.boms
}

// text replaces the properties of a text, as far as they are known. Those of a dependency's profile come first.
func (t *mavenTree) text(m *mavenModel, d *mavenDependency, text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	steps := 0
	out, ok := m.expand(d, text, &steps, 0)
	if m.steps += steps; !ok {
		t.fail(m, errPropertyCycle)
		return text
	}
	return out
}

// expand replaces the properties of a text, and those of their values. The steps and the length are bounded, because values
// can hold each other, and each other twice.
func (m *mavenModel) expand(d *mavenDependency, text string, steps *int, depth int) (string, bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		name, behind, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return b.String(), b.Len() <= maxPropertyBytes
		}
		b.WriteString(before)
		if *steps++; *steps > maxPropertySteps || m.steps > maxProjectSteps || depth > maxParents {
			return "", false
		}
		if value, ok := m.property(d, name); ok {
			inner, ok := m.expand(d, value, steps, depth+1)
			if !ok {
				return "", false
			}
			b.WriteString(inner)
		} else {
			b.WriteString("${" + name + "}")
		}
		if b.Len() > maxPropertyBytes {
			return "", false
		}
		text = behind
	}
}

// property finds the value of a property (https://maven.apache.org/pom.html#properties).
func (m *mavenModel) property(d *mavenDependency, name string) (string, bool) {
	if d != nil {
		if value, ok := d.properties[name]; ok {
			return value, true
		}
	}
	for _, p := range m.chain {
		if value, ok := p.properties[name]; ok {
			return value, true
		}
	}
	// These are the project's own, or its parent's when it has none.
	var value string
	parent := mavenParent{}
	if m.parent != nil {
		parent = *m.parent
	}
	switch strings.TrimPrefix(strings.TrimPrefix(name, "project."), "pom.") {
	case "groupId":
		value = cmp.Or(m.group, parent.group)
	case "artifactId":
		value = m.artifact
	case "version":
		value = cmp.Or(m.version, parent.version)
	case "parent.groupId":
		value = parent.group
	case "parent.artifactId":
		value = parent.artifact
	case "parent.version":
		value = parent.version
	}
	return value, value != ""
}
