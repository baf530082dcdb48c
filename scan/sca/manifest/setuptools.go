package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// setuptoolsFormats are the older manifests of Python.
var setuptoolsFormats = []format{
	{name: "setup.cfg", match: named("setup.cfg"), ecosystem: scan.EcosystemPyPI, read: readSetupCfg},
	{name: "setup.py", match: named("setup.py"), ecosystem: scan.EcosystemPyPI, read: readSetupPy},
}

// setupFields are the members that name packages; true means that they are only for building and testing
// (https://setuptools.pypa.io/en/latest/references/keywords.html).
var setupFields = map[string]bool{"install_requires": false, "setup_requires": true, "tests_require": true, "extras_require": false}

// readSetupCfg reads [options] and [options.extras_require]
// (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html). A value is a list of lines, or follows the
// key with ";" between its items. "file:" names another file, which is read separately.
func readSetupCfg(s *source) error {
	section, inside, development := "", false, false
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.data), "\n") {
		start := offset
		offset += len(line)
		line = strings.TrimRight(line, " \t\r\n")
		trimmed := strings.TrimLeft(line, " \t")
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
			continue
		case line[0] == '[':
			section, inside = strings.Trim(line, "[] \t"), false
			continue
		case line[0] != ' ' && line[0] != '\t':
			key, value, ok := strings.Cut(line, "=")
			key = strings.TrimSpace(key)
			development, inside = setupFields[key]
			inside = ok && (section == "options" && inside || section == "options.extras_require")
			if !inside {
				continue
			}
			start += len(line) - len(value)
			line, trimmed = value, strings.TrimLeft(value, " \t")
		case !inside:
			continue
		}
		start += len(line) - len(trimmed)
		if strings.HasPrefix(trimmed, "file:") || strings.HasPrefix(trimmed, "attr:") {
			continue
		}
		declareRequirement(s, trimmed, start, development)
	}
	return nil
}

// declareRequirement adds the requirement of a text, with or without a marker.
func declareRequirement(s *source, line string, start int, development bool) {
	r, ok := readPythonRequirement(line)
	if !ok {
		return
	}
	d := Declaration{
		Name: r.name, Constraint: r.constraint, Version: exactPython(r.constraint), Origin: pythonOrigin(r.address), Development: development, rootless: true,
	}
	if d.Origin != scan.OriginLocal {
		s.declare(d, start, start+r.nameEnd)
	}
}

var (
	setupField = expression(`\b(install_requires|setup_requires|tests_require|extras_require)["']?\s*[=:]\s*`)
	setupList  = expression(`\b([A-Za-z_][A-Za-z0-9_]*)\s*=\s*[\[({]`)
	setupName  = expression(`^[A-Za-z_][A-Za-z0-9_]*`)
)

// readSetupPy reads literal lists, at the keyword or at the variable with its name. Computed values are not known, and
// reported as such.
func readSetupPy(s *source) error {
	c := readCode(s, scriptStyle)
	lists := map[string]int{} // the first list that is assigned to each variable
	for _, m := range setupList().FindAllSubmatchIndex(c.text, -1) {
		if name := text(c, m, 2); lists[name] == 0 {
			lists[name] = m[1] - 1
		}
	}
	matches := setupField().FindAllSubmatchIndex(c.text, -1)
	read := map[int]bool{} // lists that were already read, because several keywords may name one
	behind := 0
	for _, m := range matches {
		at := m[1]
		if at < behind {
			continue // within the last list
		}
		if at < len(c.text) && c.text[at] != '[' && c.text[at] != '{' && c.text[at] != '(' {
			name := setupName().Find(c.text[at:])
			if string(name) == text(c, m, 2) {
				continue // install_requires=install_requires: the variable itself matches
			}
			if at = lists[string(name)]; at == 0 {
				s.doc.unread = string(scan.EcosystemPyPI)
				continue
			}
		}
		if read[at] {
			continue
		}
		read[at] = true
		end := c.closing(at, len(c.text))
		if at >= m[1] {
			behind = end
		}
		development := setupFields[text(c, m, 2)]
		for _, l := range c.between(at, end) {
			// In a table of extras, the text before a colon is a name.
			if behind := strings.TrimLeft(string(c.text[min(l.end+1, len(c.text)):min(l.end+20, len(c.text))]), " \t\r\n"); strings.HasPrefix(behind, ":") {
				continue
			}
			declareRequirement(s, l.text, l.start, development)
		}
	}
	return nil
}
