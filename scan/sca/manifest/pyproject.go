package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// readPyproject reads the declarations of a pyproject.toml: the standard ones
// (https://packaging.python.org/en/latest/specifications/pyproject-toml/, .../dependency-groups/) and those of Poetry
// (https://python-poetry.org/docs/pyproject/), PDM and uv. What building the project takes is not among them: no lock file
// has it.
func readPyproject(s *source) error {
	root, err := readTOML(s)
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

// declarePython adds what a list of texts asks for; an item of another kind includes a group that is read by itself.
func declarePython(s *source, list *tomlNode, development bool) {
	for _, item := range list.list() {
		text := item.string()
		r, ok := readPythonRequirement(strings.TrimSpace(text))
		if !ok {
			continue
		}
		d := Declaration{Name: r.name, Constraint: r.constraint, Version: exactPython(r.constraint), Origin: pythonOrigin(r.address), Development: development}
		if d.Origin != scan.OriginLocal {
			s.declare(d, item.start, item.end)
		}
	}
}

// declarePoetry adds what a table of Poetry asks for, in which a version without an operator means exactly that one
// (https://python-poetry.org/docs/dependency-specification/#exact-requirements).
func declarePoetry(s *source, table *tomlNode, development bool) {
	for _, m := range table.table() {
		if strings.EqualFold(m.key, "python") {
			continue
		}
		d := Declaration{Name: m.key, Constraint: m.string(), Development: development}
		if d.Constraint == "" {
			d.Constraint = m.member("version").string()
		}
		switch {
		case m.member("path") != nil:
			continue
		case m.member("git") != nil:
			d.Origin = scan.OriginGit
		case m.member("url") != nil:
			d.Origin = scan.OriginAddress
		}
		exact := strings.TrimSpace(d.Constraint)
		if exact != "" && exact[0] >= '0' && exact[0] <= '9' {
			exact = "==" + exact
		}
		if !strings.Contains(exact, "|") {
			d.Version = exactPython(exact)
		}
		s.declare(d, m.keyStart, m.keyEnd)
	}
}
