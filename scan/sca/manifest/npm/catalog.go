package npm

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// readNPMCatalog reads a catalogue of a package.json (https://bun.com/docs/pm/catalogs).
func readNPMCatalog(s *document.Source, j *syntax.JSON, catalog string) error {
	return j.Object(func(key syntax.Key) error {
		version, err := j.Text()
		if err == nil {
			manifestOf(s.Doc).catalogue(s, catalog, key.Name, version, key.Start, key.End)
		}
		return err
	})
}

func (m *manifest) catalogue(s *document.Source, catalog, name, version string, start, end int) {
	if m.catalogs == nil {
		m.catalogs = map[string]override{}
	}
	if catalog == "default" {
		catalog = ""
	}
	m.catalogs[catalog+"\x00"+name] = override{name: name, version: version, place: scan.Place{Path: s.Path, Start: start, End: end}}
}

// readWorkspaceSettings reads the catalogues and overrides of a pnpm-workspace.yaml (https://pnpm.io/catalogs,
// https://pnpm.io/settings#overrides) or a .yarnrc.yml (https://yarnpkg.com/features/catalogs).
func readWorkspaceSettings(s *document.Source) error {
	s.Doc.Detail = &manifest{}
	defer manifestOf(s.Doc).place(s)
	y, err := syntax.ReadYAML(s)
	if err != nil || len(y.Roots) == 0 {
		return err
	}
	catalog := func(name string, n *yaml.Node) {
		syntax.Members(n, func(k, v *yaml.Node) {
			start, end := y.Inner(k)
			manifestOf(s.Doc).catalogue(s, name, k.Value, syntax.Scalar(v), start, end)
		})
	}
	catalog("", syntax.Member(y.Roots[0], "catalog"))
	syntax.Members(syntax.Member(y.Roots[0], "catalogs"), func(k, v *yaml.Node) { catalog(k.Value, v) })
	syntax.Members(syntax.Member(y.Roots[0], "overrides"), func(k, v *yaml.Node) {
		start, end := y.Inner(k)
		o := override{name: overriddenName(k.Value), version: syntax.Scalar(v), member: "overrides", place: scan.Place{Path: s.Path, Start: start, End: end}}
		manifestOf(s.Doc).overrides = append(manifestOf(s.Doc).overrides, o)
	})
	return nil
}

// Catalogued gives declarations that name a catalogue its version and the version's place. It uses the nearest settings
// above them, or with Bun the package.json above them.
func Catalogued(docs []*document.Document) {
	catalogs := map[string][]*document.Document{}
	for _, doc := range docs {
		if manifestOf(doc) != nil && len(manifestOf(doc).catalogs) > 0 {
			catalogs[path.Dir(doc.Path)] = append(catalogs[path.Dir(doc.Path)], doc)
		}
	}
	if len(catalogs) == 0 {
		return
	}
	for _, doc := range docs {
		if manifestOf(doc) == nil {
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
				d.Version, d.At = document.ExactSemver(o.version), &o.place
			}
		}
	}
}

// catalogOf finds a package in the catalogues of a folder or its parents.
func catalogOf(catalogs map[string][]*document.Document, dir, key string) (override, bool) {
	for ; ; dir = path.Dir(dir) {
		for _, doc := range catalogs[dir] {
			if o, ok := manifestOf(doc).catalogs[key]; ok {
				return o, true
			}
		}
		if dir == "." || dir == "/" {
			return override{}, false
		}
	}
}
