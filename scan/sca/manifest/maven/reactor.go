package maven

import (
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// A reactor is the set of projects in one run of Maven: a project and its modules, recursively
// (https://maven.apache.org/guides/mini/guide-multiple-modules.html). A project replaces a dependency with the same name
// and version only within its reactor. The pom.xml of a fixture, or one that somebody adds beside the others, does not.
type reactor struct {
	members []*model
	// byID holds the members by unresolved "group:artifact".
	byID map[string][]*model
	// versions are those of the members, by "group:artifact" with properties replaced; nil before first use.
	versions map[string][]string
}

// aggregate finds the modules of each project.
func (t *tree) aggregate(models []*model) {
	for _, m := range models {
		for _, module := range m.modules {
			if name := path.Join(path.Dir(m.doc.Path), strings.ReplaceAll(t.text(m, nil, module), `\`, "/")); !strings.HasPrefix(name, "../") {
				if built := t.at(name); built != nil && built != m {
					m.builds = append(m.builds, built)
					built.builtBy = append(built.builtBy, m)
				}
			}
		}
	}
	for _, m := range models {
		t.reactorOf(m)
	}
}

// at returns the project of a file or folder.
func (t *tree) at(name string) *model {
	if m := t.byPath[name]; m != nil {
		return m
	}
	return t.byPath[path.Join(name, "pom.xml")]
}

// reactorOf finds the reactor of a project: the one of its topmost aggregator.
func (t *tree) reactorOf(m *model) *reactor {
	seen := map[*model]bool{}
	top := m
	for top.reactor == nil {
		seen[top] = true
		up := top.aggregator()
		if up == nil || seen[up] {
			break
		}
		top = up
	}
	if top.reactor == nil {
		top.reactor = t.reactor(top)
	}
	for each := range seen {
		each.reactor = top.reactor
	}
	return m.reactor
}

// aggregator returns the project that builds this one as a module: its parent, or one above it. A project with its own
// modules is built by itself unless its parent builds it. A new pom.xml elsewhere cannot pull it into another reactor.
func (m *model) aggregator() *model {
	var found *model
	for _, by := range m.builtBy {
		if slices.Contains(m.chain, by) {
			return by
		}
		above := path.Dir(by.doc.Path)
		if len(m.modules) == 0 && (above == "." || strings.HasPrefix(m.doc.Path, above+"/")) && (found == nil || len(above) > len(path.Dir(found.doc.Path))) {
			found = by
		}
	}
	return found
}

// reactor collects a project and its modules, recursively.
func (t *tree) reactor(top *model) *reactor {
	r := &reactor{members: []*model{top}, byID: map[string][]*model{}}
	seen := map[*model]bool{top: true}
	for i := 0; i < len(r.members); i++ {
		m := r.members[i]
		r.byID[m.id()] = append(r.byID[m.id()], m)
		for _, built := range m.builds {
			if t.steps++; t.steps > maxTreeSteps {
				t.fail(top, errPropertyMany)
				return r
			}
			if !seen[built] {
				seen[built] = true
				r.members = append(r.members, built)
			}
		}
	}
	return r
}

// find returns the member with a name and a version, both unresolved; nil if there is none.
func (r *reactor) find(id, version string) *model {
	for _, m := range r.byID[id] {
		if m.release() == version {
			return m
		}
	}
	return nil
}

// isPart reports whether a dependency is a project of the same build. A dependency without a known version counts as
// one.
func (t *tree) isPart(m *model, name, version string) bool {
	r := m.reactor
	if r.versions == nil {
		r.versions = map[string][]string{}
		for _, member := range r.members {
			id := t.text(member, nil, "${project.groupId}:${project.artifactId}")
			r.versions[id] = append(r.versions[id], t.text(member, nil, "${project.version}"))
		}
	}
	versions, ok := r.versions[name]
	return ok && (document.ExactMaven(version) == "" || slices.Contains(versions, version))
}
