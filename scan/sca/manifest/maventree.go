package manifest

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// maxParents limits a chain of parents, so that a cycle ends. Real chains have fewer than ten.
const maxParents = 50

var (
	errParentCycle   = errors.New("its parents form a cycle, or are more than 50")
	errParentOutside = errors.New("its parent's relativePath leaves the tree")
)

// mavenTree holds the poms of a tree.
type mavenTree struct {
	byPath map[string]*mavenModel
	// byID holds the first project with each "group:artifact:version", in the order of their paths.
	byID     map[string]*mavenModel
	failures []scan.Failure
	// steps counts the replaced properties, and other work that can exceed the size of the poms.
	steps int
}

// mavenModel is a project with its parents in the tree.
type mavenModel struct {
	*mavenProject
	// chain is the project itself, its parent, and so on.
	chain []*mavenModel
	// builds are its modules, and builtBy the projects with it as a module; reactor is the reactor that builds it.
	builds, builtBy []*mavenModel
	reactor         *mavenReactor
	// heirs are the projects with it in their chain, in the order of their paths.
	heirs []*mavenModel
	// boms are the projects that it or its parents import, once each, in order.
	boms    []*mavenModel
	hasBOMs bool
	// managers are the project and its imports, recursively; nil before first use.
	managers []*mavenModel
	// loose are the managed dependencies of the chain whose keys contain properties, by their resolved keys; nil before
	// first use.
	loose map[string][]*mavenDependency
	// byName holds the profiles of the chain by the names of their properties; nil before first use.
	byName map[string][]*mavenProfile
	// abstract is the result of isAbstract, valid if judged is true.
	judged, abstract bool
	failed           map[error]bool
}

// resolveMaven fills in what poms get from their parents, their properties and each other, and drops dependencies that
// are parts of the project (https://maven.apache.org/ref/current/maven-model-builder/).
func resolveMaven(docs []*Document) []scan.Failure {
	t := mavenTree{byPath: map[string]*mavenModel{}, byID: map[string]*mavenModel{}}
	var models []*mavenModel
	for _, doc := range docs {
		if projectOf(doc) != nil {
			m := &mavenModel{mavenProject: projectOf(doc), failed: map[error]bool{}}
			models = append(models, m)
			t.byPath[doc.Path] = m
		}
	}
	for _, m := range models {
		t.link(m, t.parentFile)
	}
	t.aggregate(models)
	for _, m := range models {
		t.link(m, t.parentOf)
	}
	for _, m := range models {
		t.index(m.id()+":"+m.release(), m)
		for _, p := range m.chain[1:] {
			p.heirs = append(p.heirs, m)
		}
	}
	for _, m := range models {
		t.index(t.text(m, nil, "${project.groupId}:${project.artifactId}:${project.version}"), m)
	}
	t.fill(models)
	return t.failures
}

func (t *mavenTree) index(id string, m *mavenModel) {
	if t.byID[id] == nil {
		t.byID[id] = m
	}
}

// fail records a problem of a pom, each kind once.
func (t *mavenTree) fail(m *mavenModel, err error) {
	if !m.failed[err] {
		m.failed[err] = true
		t.failures = append(t.failures, scan.Failure{Path: m.doc.Path, Err: err})
	}
}

// link finds the parents that are in the tree.
func (t *mavenTree) link(m *mavenModel, parentOf func(*mavenModel) *mavenModel) {
	m.chain = m.chain[:0]
	seen := map[*mavenModel]bool{}
	for p := m; p != nil; p = parentOf(p) {
		if seen[p] || len(m.chain) >= maxParents {
			t.fail(m, errParentCycle)
			return
		}
		seen[p] = true
		m.chain = append(m.chain, p)
	}
}

// parentFile follows relativePath. A pom with another name or version at that path is not the parent.
func (t *mavenTree) parentFile(m *mavenModel) *mavenModel {
	parent := m.parent
	if parent == nil || parent.relativePath == "" {
		return nil
	}
	name, ok := parent.path(m.doc.Path)
	if !ok {
		if parent.explicit {
			t.fail(m, errParentOutside)
		}
		return nil
	}
	for _, name := range []string{name, path.Join(name, "pom.xml")} {
		if p := t.byPath[name]; p != nil && p.id() == parent.group+":"+parent.artifact && sameRelease(p.release(), parent.version) {
			return p
		}
	}
	return nil
}

// sameRelease reports whether two versions are equal, as far as unresolved properties allow.
func sameRelease(a, b string) bool {
	return a == b || exactMaven(a) == "" || exactMaven(b) == ""
}

// parentOf returns the parent at its path, or the project with that name in the same build.
func (t *mavenTree) parentOf(m *mavenModel) *mavenModel {
	if p := t.parentFile(m); p != nil || m.parent == nil {
		return p
	}
	return m.reactor.find(m.parent.group+":"+m.parent.artifact, m.parent.version)
}

// id returns the unresolved "group:artifact".
func (p *mavenProject) id() string {
	if p.group == "" && p.parent != nil {
		return p.parent.group + ":" + p.artifact
	}
	return p.group + ":" + p.artifact
}

// release returns the unresolved version.
func (p *mavenProject) release() string {
	if p.version == "" && p.parent != nil {
		return p.parent.version
	}
	return p.version
}

// managed finds the managed version of a dependency: from the project or the nearest parent, then from imported
// projects. Properties in it belong to the owner. There are several results if profiles differ.
func (t *mavenTree) managed(m *mavenModel, d *mavenDependency, name string) (owner *mavenModel, found []*mavenDependency) {
	plain := *d
	plain.group, plain.artifact, _ = strings.Cut(name, ":")
	plain.kind, plain.classifier = t.text(m, d, d.kind), t.text(m, d, d.classifier)
	keys := []string{plain.key(), d.key()}
	for _, p := range t.managersOf(m) {
		for _, q := range p.chain {
			for _, key := range keys {
				if found := q.managed[key]; found != nil {
					return p, found
				}
			}
		}
		if found := t.looseOf(p)[plain.key()]; found != nil {
			return p, found
		}
	}
	return nil, nil
}

// managersOf returns a project and its imports, recursively, each once, in order of precedence.
func (t *mavenTree) managersOf(m *mavenModel) []*mavenModel {
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

// looseOf returns the managed dependencies of a project and its parents whose names contain properties.
func (t *mavenTree) looseOf(m *mavenModel) map[string][]*mavenDependency {
	if m.loose == nil {
		m.loose = map[string][]*mavenDependency{}
		for _, p := range m.chain {
			nearer := len(m.loose)
			for _, d := range p.mavenProject.loose {
				plain := *d
				plain.group, plain.artifact = t.text(m, d, d.group), t.text(m, d, d.artifact)
				plain.kind, plain.classifier = t.text(m, d, d.kind), t.text(m, d, d.classifier)
				if key := plain.key(); nearer == 0 || m.loose[key] == nil {
					m.loose[key] = append(m.loose[key], d)
				}
			}
		}
	}
	return m.loose
}

// imported returns the projects of the tree that a project or one of its parents imports. Projects of another build come
// last, because Maven would take them from a repository.
func (t *mavenTree) imported(m *mavenModel) []*mavenModel {
	if m.hasBOMs {
		return m.boms
	}
	m.hasBOMs = true
	var apart []*mavenModel
	seen := map[*mavenModel]bool{}
	for _, p := range m.chain {
		for _, d := range p.imports {
			id := t.text(m, d, d.group) + ":" + t.text(m, d, d.artifact) + ":" + t.text(m, d, d.version)
			bom := t.byID[id]
			if bom == nil || seen[bom] {
				continue
			}
			if seen[bom] = true; bom.reactor == m.reactor {
				m.boms = append(m.boms, bom)
			} else {
				apart = append(apart, bom)
			}
		}
	}
	m.boms = append(m.boms, apart...)
	return m.boms
}
