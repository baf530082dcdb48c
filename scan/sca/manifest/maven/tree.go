package maven

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// maxParents limits a chain of parents, so that a cycle ends. Real chains have fewer than ten.
const maxParents = 50

var (
	errParentCycle   = errors.New("its parents form a cycle, or are more than 50")
	errParentOutside = errors.New("its parent's relativePath leaves the tree")
)

// tree holds the poms of a tree.
type tree struct {
	byPath map[string]*model
	// byID holds the first project with each "group:artifact:version", in the order of their paths.
	byID     map[string]*model
	failures []scan.Failure
	// steps counts the replaced properties, and other work that can exceed the size of the poms.
	steps int
}

// model is a project with its parents in the tree.
type model struct {
	*project
	// chain is the project itself, its parent, and so on.
	chain []*model
	// builds are its modules, and builtBy the projects with it as a module; reactor is the reactor that builds it.
	builds, builtBy []*model
	reactor         *reactor
	// heirs are the projects with it in their chain, in the order of their paths.
	heirs []*model
	// boms are the projects that it or its parents import, once each, in order.
	boms    []*model
	hasBOMs bool
	// managers are the project and its imports, recursively; nil before first use.
	managers []*model
	// loose are the managed dependencies of the chain whose keys contain properties, by their resolved keys; nil before
	// first use.
	loose map[string][]*dependency
	// byName holds the profiles of the chain by the names of their properties; nil before first use.
	byName map[string][]*profile
	// abstract is the result of isAbstract, valid if judged is true.
	judged, abstract bool
	failed           map[error]bool
}

// Resolve fills in what poms get from their parents, their properties and each other, and drops dependencies that
// are parts of the project (https://maven.apache.org/ref/current/maven-model-builder/).
func Resolve(docs []*document.Document) []scan.Failure {
	t := tree{byPath: map[string]*model{}, byID: map[string]*model{}}
	var models []*model
	for _, doc := range docs {
		if projectOf(doc) != nil {
			m := &model{project: projectOf(doc), failed: map[error]bool{}}
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

func (t *tree) index(id string, m *model) {
	if t.byID[id] == nil {
		t.byID[id] = m
	}
}

// fail records a problem of a pom, each kind once.
func (t *tree) fail(m *model, err error) {
	if !m.failed[err] {
		m.failed[err] = true
		t.failures = append(t.failures, scan.Failure{Path: m.doc.Path, Err: err})
	}
}

// link finds the parents that are in the tree.
func (t *tree) link(m *model, parentOf func(*model) *model) {
	m.chain = m.chain[:0]
	seen := map[*model]bool{}
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
func (t *tree) parentFile(m *model) *model {
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
	return a == b || document.ExactMaven(a) == "" || document.ExactMaven(b) == ""
}

// parentOf returns the parent at its path, or the project with that name in the same build.
func (t *tree) parentOf(m *model) *model {
	if p := t.parentFile(m); p != nil || m.parent == nil {
		return p
	}
	return m.reactor.find(m.parent.group+":"+m.parent.artifact, m.parent.version)
}

// id returns the unresolved "group:artifact".
func (p *project) id() string {
	if p.group == "" && p.parent != nil {
		return p.parent.group + ":" + p.artifact
	}
	return p.group + ":" + p.artifact
}

// release returns the unresolved version.
func (p *project) release() string {
	if p.version == "" && p.parent != nil {
		return p.parent.version
	}
	return p.version
}

// managed finds the managed version of a dependency: from the project or the nearest parent, then from imported
// projects. Properties in it belong to the owner. There are several results if profiles differ.
func (t *tree) managed(m *model, d *dependency, name string) (owner *model, found []*dependency) {
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
func (t *tree) managersOf(m *model) []*model {
	if m.managers != nil {
		return m.managers
	}
	seen := map[*model]bool{}
	open := []*model{m}
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
func (t *tree) looseOf(m *model) map[string][]*dependency {
	if m.loose == nil {
		m.loose = map[string][]*dependency{}
		for _, p := range m.chain {
			nearer := len(m.loose)
			for _, d := range p.project.loose {
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
func (t *tree) imported(m *model) []*model {
	if m.hasBOMs {
		return m.boms
	}
	m.hasBOMs = true
	var apart []*model
	seen := map[*model]bool{}
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
