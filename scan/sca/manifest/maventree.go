package manifest

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// maxParents bounds a chain of parents, so that one that leads back to itself ends. Real ones have less than ten.
const maxParents = 50

var (
	errParentCycle   = errors.New("its parents lead back to themselves, or are more than 50")
	errParentOutside = errors.New("its parent's relativePath leaves the tree")
)

// mavenTree are the poms of a tree.
type mavenTree struct {
	byPath map[string]*mavenModel
	// byID are the first of each "group:artifact" and "group:artifact:version", in the order of their paths. A version that
	// stands in another file or in a property is "".
	byID     map[string]*mavenModel
	failures []scan.Failure
	// steps counts the properties that were replaced.
	steps int
}

// mavenModel is a project with the parents that the tree holds.
type mavenModel struct {
	*mavenProject
	// chain is the project itself, its parent, and so on.
	chain []*mavenModel
	// boms are the projects that it or its parents import, once each, in their order.
	boms    []*mavenModel
	hasBOMs bool
	// managers are the project and all that it imports, near and far; nil before they are asked for.
	managers []*mavenModel
	// loose are the managed dependencies of the chain whose keys hold properties, by the keys that those come to; nil before
	// they are asked for.
	loose  map[string]*mavenDependency
	failed map[error]bool
}

// resolveMaven fills in what poms take from their parents, their properties and each other, and drops the dependencies
// that are parts of the project (https://maven.apache.org/ref/current/maven-model-builder/).
func resolveMaven(docs []*Document) []scan.Failure {
	t := mavenTree{byPath: map[string]*mavenModel{}, byID: map[string]*mavenModel{}}
	var models []*mavenModel
	for _, doc := range docs {
		if doc.project != nil {
			m := &mavenModel{mavenProject: doc.project, failed: map[error]bool{}}
			models = append(models, m)
			t.byPath[doc.Path] = m
		}
	}
	for _, m := range models {
		if id := m.id(); m.artifact != "" && id[0] != ':' {
			t.index(id, m)
			t.index(id+":"+m.version, m)
		}
	}
	for _, m := range models {
		t.link(m)
	}
	for _, m := range models {
		if version := t.text(m, nil, "${project.version}"); !strings.Contains(version, "${") {
			t.index(m.id()+":"+version, m)
		}
	}
	for _, m := range models {
		t.fill(m)
	}
	return t.failures
}

func (t *mavenTree) index(id string, m *mavenModel) {
	if t.byID[id] == nil {
		t.byID[id] = m
	}
}

// release gives the project of a name and a version; one that does not say its version is any.
func (t *mavenTree) release(id, version string) *mavenModel {
	if m := t.byID[id+":"+version]; m != nil {
		return m
	}
	return t.byID[id+":"]
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
	return t.release(id, parent.version)
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
		if t.byID[e.Package.Name] != nil {
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
	for _, p := range t.managers(m) {
		for _, q := range p.chain {
			for _, key := range keys {
				if found := q.managed[key]; found != nil {
					return p, found
				}
			}
		}
		if found := t.loose(p)[plain.key()]; found != nil {
			return p, found
		}
	}
	return nil, nil
}

// managers gives a project and those that it imports, and that those import, each once, in the order in which they count.
func (t *mavenTree) managers(m *mavenModel) []*mavenModel {
	if m.managers != nil {
		return m.managers
	}
	seen := map[*mavenModel]bool{}
	open := []*mavenModel{m}
	for len(open) > 0 {
		p := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[p] {
			continue
		}
		seen[p] = true
		m.managers = append(m.managers, p)
		for _, bom := range slices.Backward(t.imported(p)) {
			open = append(open, bom)
		}
	}
	return m.managers
}

// loose gives what a project or its parents say of versions of dependencies whose names hold properties.
func (t *mavenTree) loose(m *mavenModel) map[string]*mavenDependency {
	if m.loose == nil {
		m.loose = map[string]*mavenDependency{}
		for _, p := range m.chain {
			for _, d := range p.mavenProject.loose {
				plain := *d
				plain.group, plain.artifact = t.text(m, d, d.group), t.text(m, d, d.artifact)
				plain.kind, plain.classifier = t.text(m, d, d.kind), t.text(m, d, d.classifier)
				if key := plain.key(); m.loose[key] == nil {
					m.loose[key] = d
				}
			}
		}
	}
	return m.loose
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
			bom := t.release(t.text(m, d, d.group)+":"+t.text(m, d, d.artifact), t.text(m, d, d.version))
			if bom != nil && !seen[bom] {
				seen[bom] = true
				m.boms = append(m.boms, bom)
			}
		}
	}
	return m.boms
}
