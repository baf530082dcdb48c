package manifest

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// npmOverride is one line of a package.json or a pnpm-workspace.yaml that sets the version of a package for all
// dependents (https://docs.npmjs.com/cli/configuring-npm/package-json#overrides, https://pnpm.io/settings#overrides,
// https://yarnpkg.com/configuration/manifest#resolutions).
type npmOverride struct {
	name, version string
	// member is the member that contains it: "overrides".
	member string
	place  scan.Place
}

// readNPMOverrides reads the members of an object of overrides. npm's overrides nest: those below a package apply to its
// dependencies, and "." means the package itself.
func readNPMOverrides(s *source, j *jsonText, member, parent string, depth int) error {
	if j.kind() != '{' || depth > maxDepth {
		return j.skip()
	}
	return j.object(func(key jsonKey) error {
		name := key.name
		if name == "." {
			name = parent
		}
		name = overriddenName(name)
		if j.kind() == '{' {
			return readNPMOverrides(s, j, member, name, depth+1)
		}
		version, err := j.text()
		if err == nil && name != "" {
			o := npmOverride{name: name, version: version, member: member}
			o.place = scan.Place{Path: s.path, Start: key.start, End: key.end}
			npmOf(s.doc).overrides = append(npmOf(s.doc).overrides, o)
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
func (m *npmManifest) place(s *source) {
	if len(m.overrides) == 0 && len(m.catalogs) == 0 {
		return
	}
	index := newLines(s.data)
	for i := range m.overrides {
		m.overrides[i].place.Line = index.of(m.overrides[i].place.Start)
	}
	for key, o := range m.catalogs {
		o.place.Line = index.of(o.place.Start)
		m.catalogs[key] = o
	}
}

// overridesOf returns the overrides of each folder, by package name.
func overridesOf(docs []*Document) map[string]map[string][]npmOverride {
	folders := map[string]map[string][]npmOverride{}
	for _, doc := range docs {
		if npmOf(doc) == nil || len(npmOf(doc).overrides) == 0 {
			continue
		}
		dir := path.Dir(doc.Path)
		if folders[dir] == nil {
			folders[dir] = map[string][]npmOverride{}
		}
		for _, o := range npmOf(doc).overrides {
			folders[dir][o.name] = append(folders[dir][o.name], o)
		}
	}
	return folders
}

// overrule marks the packages of a lock file whose version comes from an override beside it, because the version can be
// raised only there.
func overrule(d *Document, byName map[string][]npmOverride) {
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
			if exact := exactSemver(version); exact == "" || sameVersion(exact, p.Version) {
				p.Declared, p.PinnedBy = &o.place, o.member
				break
			}
		}
	}
}
