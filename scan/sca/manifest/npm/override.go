package npm

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// override is one line of a package.json or a pnpm-workspace.yaml that sets the version of a package for all
// dependents (https://docs.npmjs.com/cli/configuring-npm/package-json#overrides, https://pnpm.io/settings#overrides,
// https://yarnpkg.com/configuration/manifest#resolutions).
type override struct {
	name, version string
	// member is the member that contains it: "overrides".
	member string
	place  scan.Place
}

// readOverrides reads the members of an object of overrides. npm's overrides nest: those below a package apply to its
// dependencies, and "." means the package itself.
func readOverrides(s *document.Source, j *syntax.JSON, member, parent string, depth int) error {
	if j.Kind() != '{' || depth > syntax.MaxDepth {
		return j.Skip()
	}
	return j.Object(func(key syntax.Key) error {
		name := key.Name
		if name == "." {
			name = parent
		}
		name = overriddenName(name)
		if j.Kind() == '{' {
			return readOverrides(s, j, member, name, depth+1)
		}
		version, err := j.Text()
		if err == nil && name != "" {
			o := override{name: name, version: version, member: member}
			o.place = scan.Place{Path: s.Path, Start: key.Start, End: key.End}
			manifestOf(s.Doc).overrides = append(manifestOf(s.Doc).overrides, o)
		}
		return err
	})
}

// overriddenName returns the package of a selector: "a>b", "a/b", "**/b" and "b@^1" all mean b.
func overriddenName(selector string) string {
	if i := strings.LastIndexByte(selector, '>'); i >= 0 {
		selector = selector[i+1:]
	}
	parts := strings.Split(strings.TrimSpace(selector), "/")
	n := len(parts)
	name, _ := yarnDescriptor(parts[n-1])
	if n > 1 && strings.HasPrefix(parts[n-2], "@") {
		return parts[n-2] + "/" + name
	}
	return name
}

// place fills in the line numbers.
func (m *manifest) place(s *document.Source) {
	if len(m.overrides) == 0 && len(m.catalogs) == 0 {
		return
	}
	index := document.NewLines(s.Data)
	for i := range m.overrides {
		m.overrides[i].place.Line = index.Of(m.overrides[i].place.Start)
	}
	for key, o := range m.catalogs {
		o.place.Line = index.Of(o.place.Start)
		m.catalogs[key] = o
	}
}

// OverridesOf returns the overrides of each folder, by package name.
func OverridesOf(docs []*document.Document) map[string]map[string][]override {
	folders := map[string]map[string][]override{}
	for _, doc := range docs {
		if manifestOf(doc) == nil || len(manifestOf(doc).overrides) == 0 {
			continue
		}
		dir := path.Dir(doc.Path)
		if folders[dir] == nil {
			folders[dir] = map[string][]override{}
		}
		for _, o := range manifestOf(doc).overrides {
			folders[dir][o.name] = append(folders[dir][o.name], o)
		}
	}
	return folders
}

// Overrule marks the packages of a lock file whose version comes from an override beside it, because the version can be
// raised only there.
func Overrule(d *document.Document, byName map[string][]override) {
	if d.Ecosystem != scan.EcosystemNPM {
		return
	}
	for i := range d.Entries {
		p := &d.Entries[i].Package
		for k := range byName[p.Name] {
			o := &byName[p.Name][k]
			if strings.HasPrefix(o.version, "$") {
				continue // an override of a direct dependency, whose version is raised in its own line
			}
			_, version := npmAlias(o.name, o.version)
			if exact := document.ExactSemver(version); exact == "" || document.SameVersion(exact, p.Version) {
				p.Declared, p.PinnedBy = &o.place, o.member
				break
			}
		}
	}
}
