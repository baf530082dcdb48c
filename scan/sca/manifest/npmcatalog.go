package manifest

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
)

// readNPMCatalog reads a catalogue of a package.json (https://bun.com/docs/pm/catalogs).
func readNPMCatalog(s *source, j *jsonText, catalog string) error {
	return j.object(func(key jsonKey) error {
		version, err := j.text()
		if err == nil {
			npmOf(s.doc).catalogue(s, catalog, key.name, version, key.start, key.end)
		}
		return err
	})
}

func (m *npmManifest) catalogue(s *source, catalog, name, version string, start, end int) {
	if m.catalogs == nil {
		m.catalogs = map[string]npmOverride{}
	}
	if catalog == "default" {
		catalog = ""
	}
	m.catalogs[catalog+"\x00"+name] = npmOverride{name: name, version: version, place: scan.Place{Path: s.path, Start: start, End: end}}
}

// readWorkspaceSettings reads the catalogues and overrides of a pnpm-workspace.yaml (https://pnpm.io/catalogs,
// https://pnpm.io/settings#overrides) or a .yarnrc.yml (https://yarnpkg.com/features/catalogs).
func readWorkspaceSettings(s *source) error {
	s.doc.detail = &npmManifest{}
	defer npmOf(s.doc).place(s)
	y, err := readYAML(s)
	if err != nil || len(y.roots) == 0 {
		return err
	}
	catalog := func(name string, n *yaml.Node) {
		members(n, func(k, v *yaml.Node) {
			start, end := y.inner(k)
			npmOf(s.doc).catalogue(s, name, k.Value, scalar(v), start, end)
		})
	}
	catalog("", member(y.roots[0], "catalog"))
	members(member(y.roots[0], "catalogs"), func(k, v *yaml.Node) { catalog(k.Value, v) })
	members(member(y.roots[0], "overrides"), func(k, v *yaml.Node) {
		start, end := y.inner(k)
		o := npmOverride{name: overriddenName(k.Value), version: scalar(v), member: "overrides", place: scan.Place{Path: s.path, Start: start, End: end}}
		npmOf(s.doc).overrides = append(npmOf(s.doc).overrides, o)
	})
	return nil
}

// catalogued gives declarations that name a catalogue its version and the version's place. It uses the nearest settings
// above them, or with Bun the package.json above them.
func catalogued(docs []*Document) {
	catalogs := map[string][]*Document{}
	for _, doc := range docs {
		if npmOf(doc) != nil && len(npmOf(doc).catalogs) > 0 {
			catalogs[path.Dir(doc.Path)] = append(catalogs[path.Dir(doc.Path)], doc)
		}
	}
	if len(catalogs) == 0 {
		return
	}
	for _, doc := range docs {
		if npmOf(doc) == nil {
			continue
		}
		for i := range doc.Declared {
			d := &doc.Declared[i]
			catalog, ok := strings.CutPrefix(d.Constraint, "catalog:")
			if !ok {
				continue
			}
			if catalog == "default" {
				catalog = ""
			}
			if o, ok := catalogOf(catalogs, path.Dir(doc.Path), catalog+"\x00"+d.Name); ok {
				d.Version, d.at = exactSemver(o.version), &o.place
			}
		}
	}
}

// catalogOf finds a package in the catalogues of a folder or its parents.
func catalogOf(catalogs map[string][]*Document, dir, key string) (npmOverride, bool) {
	for ; ; dir = path.Dir(dir) {
		for _, doc := range catalogs[dir] {
			if o, ok := npmOf(doc).catalogs[key]; ok {
				return o, true
			}
		}
		if dir == "." || dir == "/" {
			return npmOverride{}, false
		}
	}
}
