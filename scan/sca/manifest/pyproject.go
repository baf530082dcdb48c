package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// readPyproject reads the declarations of a pyproject.toml: the standard ones
// (https://packaging.python.org/en/latest/specifications/pyproject-toml/, .../dependency-groups/) and those of Poetry
// (https://python-poetry.org/docs/pyproject/), PDM and uv.
func readPyproject(s *source) error {
	root, err := readTOML(s)
	declareBuild(s, root.at("build-system", "requires"))
	declarePython(s, root.at("project", "dependencies"), false)
	for _, extra := range root.at("project", "optional-dependencies").table() {
		declarePython(s, extra, false)
	}
	for _, group := range root.member("dependency-groups").table() {
		declarePython(s, group, true)
	}
	declarePython(s, root.at("tool", "uv", "dev-dependencies"), true)
	for _, group := range root.at("tool", "pdm", "dev-dependencies").table() {
		declarePython(s, group, true)
	}
	poetry := root.at("tool", "poetry")
	declarePoetry(s, poetry.member("dependencies"), false)
	declarePoetry(s, poetry.member("dev-dependencies"), true)
	for _, group := range poetry.member("group").table() {
		declarePoetry(s, group.member("dependencies"), group.key != "main")
	}
	return err
}

// declarePython adds the requirements in a list of texts. An item of another type includes a group, which is read
// separately.
func declarePython(s *source, list *tomlNode, development bool) {
	for _, item := range list.list() {
		text := item.string()
		r, ok := readPythonRequirement(strings.TrimSpace(text))
		if !ok {
			continue
		}
		d := Declaration{Name: r.name, Constraint: r.constraint, Version: exactPython(r.constraint), Development: development}
		if r.address != "" {
			d.Version, d.Origin = pythonAddress(r.name, r.address)
		}
		if d.Origin != scan.OriginLocal {
			s.declare(d, item.start, item.end)
		}
	}
}

// declareBuild adds pinned build dependencies. No lock file contains build dependencies, and the version of an unpinned
// one is not known.
func declareBuild(s *source, list *tomlNode) {
	for _, item := range list.list() {
		if r, ok := readPythonRequirement(strings.TrimSpace(item.string())); ok {
			if version := exactPython(r.constraint); version != "" {
				s.declare(Declaration{Name: r.name, Constraint: r.constraint, Version: version, Development: true}, item.start, item.end)
			}
		}
	}
}

// declarePoetry adds the dependencies in a Poetry table, in which a version without an operator means exactly that
// version (https://python-poetry.org/docs/dependency-specification/#exact-requirements). A list has a version for each
// Python version or platform (.../dependency-specification/#multiple-constraints-dependencies).
func declarePoetry(s *source, table *tomlNode, development bool) {
	for _, m := range table.table() {
		if strings.EqualFold(m.key, "python") {
			continue
		}
		if list := m.list(); list != nil {
			for _, item := range list {
				at := item.member("version")
				if at == nil {
					at = item
				}
				poetryConstraint(s, m.key, item, development, at.start, at.end)
			}
			continue
		}
		poetryConstraint(s, m.key, m, development, m.keyStart, m.keyEnd)
	}
}

// poetryConstraint adds the dependency in one text or table.
func poetryConstraint(s *source, name string, m *tomlNode, development bool, start, end int) {
	d := Declaration{Name: name, Constraint: m.string(), Development: development}
	if d.Constraint == "" {
		d.Constraint = m.member("version").string()
	}
	exact := strings.TrimSpace(d.Constraint)
	if exact != "" && exact[0] >= '0' && exact[0] <= '9' {
		exact = "==" + exact
	}
	if !strings.Contains(exact, "|") {
		d.Version = exactPython(exact)
	}
	switch address := m.member("url").string(); {
	case m.member("path") != nil:
		return
	case m.member("git") != nil:
		d.Origin = scan.OriginGit
	case address != "":
		d.Version, d.Origin = pythonAddress(name, address)
	}
	s.declare(d, start, end)
}
