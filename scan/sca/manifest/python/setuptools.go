package python

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// SetuptoolsFormats are the older manifests of Python.
var SetuptoolsFormats = []document.Format{
	{Name: "setup.cfg", Match: document.Named("setup.cfg"), Ecosystem: scan.EcosystemPyPI, Read: readSetupCfg},
	{Name: "setup.py", Match: document.Named("setup.py"), Ecosystem: scan.EcosystemPyPI, Read: readSetupPy},
}

// setupFields are the members that name packages; true means that they are only for building and testing
// (https://setuptools.pypa.io/en/latest/references/keywords.html).
var setupFields = map[string]bool{"install_requires": false, "setup_requires": true, "tests_require": true, "extras_require": false}

// readSetupCfg reads [options] and [options.extras_require]
// (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html). A value is a list of lines, or follows the
// key with ";" between its items. "file:" names another file, which is read separately.
func readSetupCfg(s *document.Source) error {
	section, inside, development := "", false, false
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.Data), "\n") {
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
func declareRequirement(s *document.Source, line string, start int, development bool) {
	r, ok := readPythonRequirement(line)
	if !ok {
		return
	}
	d := document.Declaration{
		Name: r.name, Constraint: r.constraint, Version: exactPython(r.constraint), Origin: pythonOrigin(r.address), Development: development, Rootless: true,
	}
	if d.Origin != scan.OriginLocal {
		s.Declare(d, start, start+r.nameEnd)
	}
}

var (
	setupField = syntax.Expression(`\b(install_requires|setup_requires|tests_require|extras_require)["']?\s*[=:]\s*`)
	setupList  = syntax.Expression(`\b([A-Za-z_][A-Za-z0-9_]*)\s*=\s*[\[({]`)
	setupName  = syntax.Expression(`^[A-Za-z_][A-Za-z0-9_]*`)
)

// readSetupPy reads literal lists, at the keyword or at the variable with its name. Computed values are not known, and
// reported as such.
func readSetupPy(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.ScriptStyle)
	lists := map[string]int{} // the first list that is assigned to each variable
	for _, m := range setupList().FindAllSubmatchIndex(c.Text, -1) {
		if name := syntax.GroupText(c, m, 2); lists[name] == 0 {
			lists[name] = m[1] - 1
		}
	}
	matches := setupField().FindAllSubmatchIndex(c.Text, -1)
	read := map[int]bool{} // lists that were already read, because several keywords may name one
	behind := 0
	for _, m := range matches {
		at := m[1]
		if at < behind {
			continue // within the last list
		}
		if at < len(c.Text) && c.Text[at] != '[' && c.Text[at] != '{' && c.Text[at] != '(' {
			name := setupName().Find(c.Text[at:])
			if string(name) == syntax.GroupText(c, m, 2) {
				continue // install_requires=install_requires: the variable itself matches
			}
			if at = lists[string(name)]; at == 0 {
				s.Doc.Unread = string(scan.EcosystemPyPI)
				continue
			}
		}
		if read[at] {
			continue
		}
		read[at] = true
		end := c.Closing(at, len(c.Text))
		if at >= m[1] {
			behind = end
		}
		development := setupFields[syntax.GroupText(c, m, 2)]
		for _, l := range c.Between(at, end) {
			// In a table of extras, the text before a colon is a name.
			if behind := strings.TrimLeft(string(c.Text[min(l.End+1, len(c.Text)):min(l.End+20, len(c.Text))]), " \t\r\n"); strings.HasPrefix(behind, ":") {
				continue
			}
			declareRequirement(s, l.Text, l.Start, development)
		}
	}
	return nil
}
