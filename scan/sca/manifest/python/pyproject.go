package python

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// readPyproject reads the declarations of a pyproject.toml: the standard ones
// (https://packaging.python.org/en/latest/specifications/pyproject-toml/, .../dependency-groups/) and those of Poetry
// (https://python-poetry.org/docs/pyproject/), PDM and uv.
func readPyproject(s *document.Source) error {
	root, err := syntax.ReadTOML(s)
	declareBuild(s, root.At("build-system", "requires"))
	declarePython(s, root.At("project", "dependencies"), false)
	for _, extra := range root.At("project", "optional-dependencies").Table() {
		declarePython(s, extra, false)
	}
	for _, group := range root.Member("dependency-groups").Table() {
		declarePython(s, group, true)
	}
	declarePython(s, root.At("tool", "uv", "dev-dependencies"), true)
	for _, group := range root.At("tool", "pdm", "dev-dependencies").Table() {
		declarePython(s, group, true)
	}
	poetry := root.At("tool", "poetry")
	declarePoetry(s, poetry.Member("dependencies"), false)
	declarePoetry(s, poetry.Member("dev-dependencies"), true)
	for _, group := range poetry.Member("group").Table() {
		declarePoetry(s, group.Member("dependencies"), group.Key != "main")
	}
	return err
}

// declarePython adds the requirements in a list of texts. An item of another type includes a group, which is read
// separately.
func declarePython(s *document.Source, list *syntax.TOML, development bool) {
	for _, item := range list.List() {
		text := item.String()
		r, ok := readPythonRequirement(strings.TrimSpace(text))
		if !ok {
			continue
		}
		d := document.Declaration{Name: r.name, Constraint: r.constraint, Version: exactPython(r.constraint), Development: development}
		if r.address != "" {
			d.Version, d.Origin = pythonAddress(r.name, r.address)
		}
		if d.Origin != scan.OriginLocal {
			s.Declare(d, item.Start, item.End)
		}
	}
}

// declareBuild adds pinned build dependencies. No lock file contains build dependencies, and the version of an unpinned
// one is not known.
func declareBuild(s *document.Source, list *syntax.TOML) {
	for _, item := range list.List() {
		if r, ok := readPythonRequirement(strings.TrimSpace(item.String())); ok {
			if version := exactPython(r.constraint); version != "" {
				s.Declare(document.Declaration{Name: r.name, Constraint: r.constraint, Version: version, Development: true}, item.Start, item.End)
			}
		}
	}
}

// declarePoetry adds the dependencies in a Poetry table, in which a version without an operator means exactly that
// version (https://python-poetry.org/docs/dependency-specification/#exact-requirements). A list has a version for each
// Python version or platform (.../dependency-specification/#multiple-constraints-dependencies).
func declarePoetry(s *document.Source, table *syntax.TOML, development bool) {
	for _, m := range table.Table() {
		if strings.EqualFold(m.Key, "python") {
			continue
		}
		if list := m.List(); list != nil {
			for _, item := range list {
				at := item.Member("version")
				if at == nil {
					at = item
				}
				poetryConstraint(s, m.Key, item, development, at.Start, at.End)
			}
			continue
		}
		poetryConstraint(s, m.Key, m, development, m.KeyStart, m.KeyEnd)
	}
}

// poetryConstraint adds the dependency in one text or table.
func poetryConstraint(s *document.Source, name string, m *syntax.TOML, development bool, start, end int) {
	d := document.Declaration{Name: name, Constraint: m.String(), Development: development}
	if d.Constraint == "" {
		d.Constraint = m.Member("version").String()
	}
	exact := strings.TrimSpace(d.Constraint)
	if exact != "" && exact[0] >= '0' && exact[0] <= '9' {
		exact = "==" + exact
	}
	if !strings.Contains(exact, "|") {
		d.Version = exactPython(exact)
	}
	switch address := m.Member("url").String(); {
	case m.Member("path") != nil:
		return
	case m.Member("git") != nil:
		d.Origin = scan.OriginGit
	case address != "":
		d.Version, d.Origin = pythonAddress(name, address)
	}
	s.Declare(d, start, end)
}
