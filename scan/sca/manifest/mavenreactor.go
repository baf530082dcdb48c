package manifest

import (
	"path"
	"slices"
	"strings"
)

// A reactor is what one run of Maven builds: a project and what its modules lead to
// (https://maven.apache.org/guides/mini/guide-multiple-modules.html). Only in it does a project stand in for a dependency of
// its name and version; the pom.xml of a fixture, or one that somebody lays beside the others, does not.
type mavenReactor struct {
	members []*mavenModel
	// byID are the members by "group:artifact", as those stand.
	byID map[string][]*mavenModel
	// versions are those of the members, by "group:artifact" with properties replaced; nil before they are asked for.
	versions map[string][]string
}

// aggregate finds who builds whom.
func (t *mavenTree) aggregate(models []*mavenModel) {
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

// at gives the project of a file or folder.
func (t *mavenTree) at(name string) *mavenModel {
	if m := t.byPath[name]; m != nil {
		return m
	}
	return t.byPath[path.Join(name, "pom.xml")]
}

// reactorOf finds the reactor that a project is built in: that of the last project on the way up.
func (t *mavenTree) reactorOf(m *mavenModel) *mavenReactor {
	seen := map[*mavenModel]bool{}
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

// aggregator gives the project that builds this one along, when this one or its place agrees: its parent, or one that lies
// above it. A project with modules of its own is built by itself unless its parent builds it, and a new pom.xml elsewhere
// cannot draw it into a reactor of its own.
func (m *mavenModel) aggregator() *mavenModel {
	var found *mavenModel
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

// reactor goes from a project to all that its modules lead to.
func (t *mavenTree) reactor(top *mavenModel) *mavenReactor {
	r := &mavenReactor{members: []*mavenModel{top}, byID: map[string][]*mavenModel{}}
	seen := map[*mavenModel]bool{top: true}
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

// find gives the member of a name and a version, both as they stand; nil for none.
func (r *mavenReactor) find(id, version string) *mavenModel {
	for _, m := range r.byID[id] {
		if m.release() == version {
			return m
		}
	}
	return nil
}

// isPart reports whether a dependency is a project that is built along. One whose version is not known is taken for it.
func (t *mavenTree) isPart(m *mavenModel, name, version string) bool {
	r := m.reactor
	if r.versions == nil {
		r.versions = map[string][]string{}
		for _, member := range r.members {
			id := t.text(member, nil, "${project.groupId}:${project.artifactId}")
			r.versions[id] = append(r.versions[id], t.text(member, nil, "${project.version}"))
		}
	}
	versions, ok := r.versions[name]
	return ok && (exactMaven(version) == "" || slices.Contains(versions, version))
}
