package python

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// isRequirements matches the usual names of pip's files; isText matches other files that one of them may include.
func isRequirements(base, name string) bool {
	if !strings.HasSuffix(base, ".txt") {
		return false
	}
	return strings.Contains(base, "requirements") || isConstraints(base) || path.Base(path.Dir(name)) == "requirements"
}

func isConstraints(base string) bool { return strings.Contains(base, "constraints") }

func isText(base, _ string) bool {
	return strings.HasSuffix(base, ".txt") || strings.HasSuffix(base, ".in")
}

// maxUnpinned limits the lines without an exact version in a file whose name does not identify it: a list of words looks
// like requirements.
const maxUnpinned = 200

var errNoRequirements = errors.New("no requirements")

// requirements is a pip file that is being read (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
type requirements struct {
	s           *document.Source
	relation    scan.Relation
	development bool
	// strict is true for a file whose name does not identify it: a single line that is not a requirement makes the whole
	// file count as something else.
	strict bool
	// failed is the first problem; reading continues after it.
	failed error
	// outside is the offset of the first line that includes a file outside the tree; -1 if there is none.
	outside int
	pinned  int
	// via holds, by entry, the packages that bring it in, from the comments of pip-compile and uv ("# via flask"). asked
	// are the entries that the project itself asks for according to such a comment.
	via    map[int][]string
	asked  map[int]bool
	inside bool
	// at is the entry to which such a comment belongs; -1 if there is none.
	at int
}

// readRequirements reads requirements and constraints.
func readRequirements(s *document.Source) error {
	r := requirements{s: s, relation: scan.RelationDirect, development: isDevelopmentName(s.Path), strict: s.Doc.Included, via: map[int][]string{}, asked: map[int]bool{}, outside: -1, at: -1}
	if isConstraints(path.Base(s.Path)) {
		r.relation = scan.RelationUnknown // another file asks for the package
	}
	for at := 0; at < len(s.Data); {
		end := r.logicalLine(at)
		r.line(at, end)
		at = end
		if r.strict && (r.failed != nil || r.pinned == 0 && len(s.Doc.Entries) > maxUnpinned) {
			break
		}
	}
	if r.strict && (r.failed != nil || r.pinned == 0 && len(s.Doc.Includes) == 0) {
		s.Doc.Entries, s.Doc.Includes = nil, nil
		return nil //nolint:nilerr // it is a text file, but not a list of requirements
	}
	if r.failed != nil && r.pinned == 0 && len(s.Doc.Includes) == 0 && !strings.HasPrefix(path.Base(s.Path), "requirements") {
		// People also use names such as "software-requirements.txt" for prose.
		s.Doc.Entries = nil
		return nil
	}
	r.relate()
	if text := bytes.TrimRight(s.Data, " \t\r\n"); !r.strict && bytes.HasSuffix(text, []byte(` \`)) && bytes.Contains(text, []byte("--hash=")) {
		s.WithoutEnd("line after the last backslash")
	}
	if r.failed == nil && r.outside >= 0 {
		return s.ErrAt(r.outside, "it includes a file outside of the tree")
	}
	return r.failed
}

// isDevelopmentName recognizes a development file by its name: requirements-dev.txt, requirements/test.txt.
func isDevelopmentName(name string) bool {
	base := strings.ToLower(path.Base(name))
	for word := range strings.FieldsFuncSeq(strings.TrimSuffix(base, path.Ext(base)), func(r rune) bool { return strings.ContainsRune("-_.", r) }) {
		if slices.Contains([]string{"dev", "develop", "development", "test", "tests", "testing", "lint", "linting", "docs", "ci"}, word) {
			return true
		}
	}
	return false
}

// logicalLine returns the end of the line at an offset, including the lines that a backslash joins to it. A comment line
// ends it.
func (r *requirements) logicalLine(at int) int {
	for {
		line := r.s.Data[at:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		at += len(line)
		text := bytes.TrimRight(line, "\r\n")
		if at >= len(r.s.Data) || !bytes.HasSuffix(text, []byte(`\`)) || bytes.HasPrefix(bytes.TrimLeft(text, " \t"), []byte("#")) {
			return at
		}
	}
}

// line reads one logical line. Backslashes and line ends become spaces, so that the offsets stay the same.
func (r *requirements) line(start, end int) {
	raw := bytes.TrimRight(r.s.Data[start:end], " \t\r\n")
	if start == 0 {
		if rest, ok := bytes.CutPrefix(raw, []byte("\ufeff")); ok {
			start, raw = 3, rest
		}
	}
	text := string(raw)
	if strings.Contains(text, "\\\n") || strings.Contains(text, "\\\r\n") {
		text = strings.NewReplacer("\\\r\n", "   ", "\\\n", "  ").Replace(text)
	}
	text, comment := cutComment(strings.TrimSuffix(text, "\\"))
	trimmed := strings.TrimLeft(text, " \t\r\n")
	start += len(text) - len(trimmed)
	if trimmed = strings.TrimRight(trimmed, " \t\r\n"); trimmed == "" {
		r.comment(comment)
		return
	}
	r.inside = false
	before := len(r.s.Doc.Entries)
	if !r.statement(trimmed, start) {
		r.fail(start, "no requirement")
	}
	r.at = -1
	if len(r.s.Doc.Entries) > before {
		r.at = before
		r.comment(comment)
	}
}

// fail records the first problem. In strict mode the problem is never shown, so it does not compute the line.
func (r *requirements) fail(start int, problem string) {
	switch {
	case r.failed != nil:
	case r.strict:
		r.failed = errNoRequirements
	default:
		r.failed = r.s.ErrAt(start, "%s", problem)
	}
}

// cutComment cuts at a "#" at the beginning or after white space.
func cutComment(text string) (before, comment string) {
	for i := 0; i < len(text); i++ {
		if text[i] == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t' || text[i-1] == '\n') {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// cutOptions cuts at the first option after a requirement.
func cutOptions(text string) (before, options string) {
	for i := 1; i+1 < len(text); i++ {
		if text[i] == '-' && (text[i-1] == ' ' || text[i-1] == '\t') && (text[i+1] == '-' || text[i+1] == 'C') {
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// statement reads an option or a requirement.
func (r *requirements) statement(text string, start int) bool {
	if text[0] == '-' {
		return r.option(text, start)
	}
	// The options of this requirement: --hash=sha256:... and others.
	text, options := cutOptions(text)
	hash := ""
	for option := range strings.SplitSeq(options, "--") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(option), "hash"); ok && hash == "" {
			hash = document.TaggedHash(strings.TrimLeft(value, "= "))
		}
	}
	text = strings.TrimRight(text, " \t\r\n")
	if p, ok := addressRequirement(text); ok {
		return r.add(p, start, start+len(text))
	}
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "/") {
		// A folder of the project, or an archive in the tree.
		path, _, _ := strings.Cut(text, ";")
		if name, version, ok := pythonArchive(strings.TrimSpace(path)); ok {
			return r.add(scan.Package{Name: name, Version: version, Hash: hash}, start, start+len(text))
		}
		return true
	}
	q, ok := readPythonRequirement(text)
	if !ok {
		return false
	}
	p := scan.Package{Name: q.name, Version: exactPython(q.constraint), Hash: hash}
	if q.address != "" {
		p.Version, p.Origin = pythonAddress(q.name, q.address)
	}
	return r.add(p, start, start+q.nameEnd)
}

func (r *requirements) add(p scan.Package, start, end int) bool {
	if p.Origin == scan.OriginLocal || p.Name == "" {
		return true
	}
	if p.Version != "" || p.Origin != scan.OriginRegistry {
		r.pinned++
	}
	p.Relation, p.Development = r.relation, r.development
	r.s.Add(document.Entry{Package: p}, start, end)
	return true
}

// comment reads the comments that pip-compile and uv write after or below a package: "via flask", or "via" and then one
// name per line, with "-r requirements.in" or "project (pyproject.toml)" for direct dependencies.
func (r *requirements) comment(text string) {
	at := r.at
	text = strings.TrimSpace(text)
	if at < 0 || text == "" {
		r.inside = false
		return
	}
	if rest, ok := strings.CutPrefix(text, "via"); ok && (rest == "" || rest[0] == ' ') {
		r.inside = true
		text = rest
		if r.via[at] == nil {
			r.via[at] = []string{}
		}
	}
	if !r.inside {
		return
	}
	for name := range strings.SplitSeq(text, ",") {
		switch name = strings.TrimSpace(name); {
		case name == "" || strings.HasPrefix(name, "-c"):
		case strings.HasPrefix(name, "-r") || strings.HasSuffix(name, ")"):
			r.asked[at] = true
		case strings.Contains(name, " "):
			r.inside = false
		default:
			r.via[at] = append(r.via[at], pythonKey(name))
		}
	}
}

// relate turns those comments into requirements between packages. In a file with such comments, a package without one
// was written by a person.
func (r *requirements) relate() {
	if len(r.via) == 0 {
		return
	}
	entries := r.s.Doc.Entries
	byKey := make(map[string][]int, len(entries))
	for i := range entries {
		key := pythonKey(entries[i].Package.Name)
		byKey[key] = append(byKey[key], i)
	}
	required := make(map[[2]string]bool, len(entries))
	for i := range entries {
		e := &entries[i]
		key := pythonKey(e.Package.Name)
		via, told := r.via[i]
		e.Required = told
		// A name that is not in the file is the project itself.
		own := slices.ContainsFunc(via, func(parent string) bool { return len(byKey[parent]) == 0 })
		if !told || r.asked[i] || own || len(via) == 0 {
			r.s.Doc.Roots = append(r.s.Doc.Roots, document.Root{Key: key, Development: r.development})
		}
		e.Package.Relation = scan.RelationUnknown
		for _, parent := range via {
			// A name with many entries, each with all its parents, would take quadratic time.
			if edge := [2]string{parent, key}; !required[edge] && len(byKey[parent]) > 0 {
				required[edge] = true
				first := &entries[byKey[parent][0]]
				first.Requires = append(first.Requires, key)
			}
		}
	}
}
