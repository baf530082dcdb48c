package maven

import (
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// stepsPerHeir is the cost of a parent's dependency for each project that may have another version of it.
const stepsPerHeir = 10

// mavenVersion is the version of a dependency in one project.
type mavenVersion struct {
	name, version string
	development   bool
	// at is the place of the version; nil if it has none.
	at *scan.Place
}

// fill finds the names and versions of the dependencies in poms. Maven replaces properties after a project has inherited
// its parents' dependencies (https://maven.apache.org/ref/current/maven-model-builder/#process). So each heir has its
// own versions, and versions that differ from the parent's become packages of the heir. A parent that only groups
// modules is not a program; its dependencies that no heir receives are not reported.
func (t *tree) fill(models []*model) {
	entries := make(map[*model][]document.Entry, len(models))
	for _, m := range models {
		heirs := m.consumers()
		for i, d := range m.dependencies {
			own := t.versions(m, d)
			agreed := len(heirs) == 0
			for _, heir := range heirs {
				if t.steps++; t.steps > maxTreeSteps {
					t.fail(m, errPropertyMany)
					agreed = true
					break
				}
				if heir.overrules(m, d) {
					continue
				}
				if isPlain(d) {
					agreed = true
					break
				}
				t.steps += stepsPerHeir
				for _, v := range t.versions(heir, d) {
					if slices.ContainsFunc(own, v.same) {
						agreed = true
						continue
					}
					e := document.Entry{Package: scan.Package{Ecosystem: scan.EcosystemMaven, Relation: scan.RelationDirect}}
					at := heir.parent.at
					e.Package.Path, e.Package.Start, e.Package.End, e.Package.Line = at.Path, at.Start, at.End, at.Line
					entries[heir] = append(entries[heir], v.entry(e))
				}
			}
			for _, v := range own {
				if agreed || !m.isAbstract() {
					entries[m] = append(entries[m], v.entry(m.doc.Entries[i]))
				}
			}
		}
	}
	for _, m := range models {
		m.doc.Entries = entries[m]
	}
}

// entry returns the entry of a dependency with a version.
func (v *mavenVersion) entry(e document.Entry) document.Entry {
	p := &e.Package
	p.Name, p.Version, p.Development = v.name, v.version, v.development
	if v.at != nil && (v.at.Path != p.Path || v.at.Line != p.Line) {
		p.Declared = v.at
	}
	return e
}

func (v *mavenVersion) same(other mavenVersion) bool {
	return v.name == other.name && v.version == other.version
}

// isPlain reports whether a dependency has the same version in every project.
func isPlain(d *dependency) bool {
	return document.ExactMaven(d.version) != "" && document.ExactMaven(d.group) != "" && document.ExactMaven(d.artifact) != ""
}

// consumers are the heirs of a project that are programs themselves.
func (m *model) consumers() []*model {
	return slices.DeleteFunc(slices.Clone(m.heirs), (*model).isAbstract)
}

// isAbstract reports whether a project exists only for its modules, some of which inherit from it.
func (m *model) isAbstract() bool {
	if m.packaging != "pom" || len(m.builds) == 0 {
		return false
	}
	if !m.judged {
		m.judged = true
		m.abstract = slices.ContainsFunc(m.heirs, func(heir *model) bool { return heir.reactor == m.reactor })
	}
	return m.abstract
}

// overrules reports whether a project, or a parent of it below the given one, itself asks for a dependency of that one.
func (m *model) overrules(above *model, d *dependency) bool {
	key := d.key()
	for _, p := range m.chain {
		if p == above {
			return false
		}
		if p.keys[key] {
			return true
		}
	}
	return false
}

// versions returns the versions of a dependency of a project or one of its parents: the normal one, and those of the
// profiles that change it. None means that it is a part of the project.
func (t *tree) versions(m *model, d *dependency) []mavenVersion {
	list, profiles := t.versionsWith(m, d, nil)
	for _, profile := range profiles {
		if t.steps > maxTreeSteps {
			break
		}
		more, _ := t.versionsWith(m, d, profile)
		for _, v := range more {
			if !slices.ContainsFunc(list, v.same) {
				list = append(list, v)
			}
		}
	}
	// If a profile gives the dependency a version, drop the case without a version.
	if len(list) > 1 && slices.ContainsFunc(list, func(v mavenVersion) bool { return v.version != "" }) {
		list = slices.DeleteFunc(list, func(v mavenVersion) bool { return v.version == "" })
	}
	return list
}

// versionsWith returns the versions in a build with one profile, and the profiles that would change them.
func (t *tree) versionsWith(m *model, d *dependency, profile *profile) ([]mavenVersion, []*profile) {
	t.steps++
	x := replacer{t: t, m: m, own: d.profile, chosen: profile}
	name := x.replace(d.group) + ":" + x.replace(d.artifact)
	scope := d.scope
	var list []mavenVersion
	add := func(version, scope string, literal *scan.Place, at *scan.Place) {
		if t.isPart(m, name, version) {
			return
		}
		if at == nil && literal.Line > 0 {
			at = literal
		}
		v := mavenVersion{name: name, version: document.ExactMaven(version), development: x.replace(scope) == "test", at: at}
		if !slices.ContainsFunc(list, v.same) {
			list = append(list, v)
		}
	}
	owner, managed := t.managed(m, d, name)
	if scope == "" && len(managed) > 0 {
		scope = managed[0].scope
	}
	if d.version != "" || len(managed) == 0 {
		version := x.replace(d.version)
		add(version, scope, &d.versionAt, x.at)
		return list, x.profiles
	}
	for _, said := range managed {
		y := replacer{t: t, m: owner, own: said.profile}
		if owner == m {
			y.chosen = profile
		}
		version := y.replace(said.version)
		add(version, scope, &said.versionAt, y.at)
		if owner == m {
			x.profiles = append(x.profiles, y.profiles...)
		}
	}
	return list, x.profiles
}
