package manifest

import (
	"bytes"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// pipenvFormats are the files of Python's Pipenv.
var pipenvFormats = []format{
	{name: "Pipfile.lock", match: named("Pipfile.lock"), ecosystem: scan.EcosystemPyPI, lock: true, whole: jsonHas("_meta", "default", "develop"), read: readPipfileLock},
	{name: "Pipfile", match: named("Pipfile"), ecosystem: scan.EcosystemPyPI, read: readPipfile},
}

// readPipfileLock reads the categories: "default", "develop", and custom ones
// (https://pipenv.pypa.io/en/latest/pipfile.html#package-category-groups). The file has no graph.
func readPipfileLock(s *source) error {
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			if key.name == "_meta" {
				return j.skip()
			}
			development := key.name == "develop"
			return j.object(func(key jsonKey) error {
				e := Entry{Package: scan.Package{Name: key.name, Development: development}}
				var hashes []string
				local := false
				err := j.object(func(key jsonKey) error {
					var text string
					var err error
					switch key.name {
					case "version":
						text, err = j.text()
						e.Package.Version = exactPython(strings.TrimSpace(text))
					case "git", "hg", "svn", "bzr":
						e.Package.Origin = scan.OriginGit
						return j.skip()
					case "file":
						text, err = j.text()
						if strings.Contains(text, "://") && !strings.HasPrefix(text, "file:") {
							e.Package.Origin = scan.OriginAddress
						} else {
							local = true
						}
					case "path":
						local = true
						return j.skip()
					case "hashes":
						return j.texts(&hashes)
					default:
						return j.skip()
					}
					return err
				})
				if len(hashes) == 1 {
					e.Package.Hash = hashes[0] // several hashes belong to different archives
				}
				if !local {
					s.add(e, key.start+1, key.end-1)
				}
				return err
			})
		})
	})
}

// readPipfile reads the categories of a Pipfile, which is TOML: "name = value" in [packages], [dev-packages] and custom
// categories, or a table [packages.name] for each package.
func readPipfile(s *source) error {
	category, table := "", false
	offset := len(byteOrderMark(s.data))
	for line := range bytes.Lines(s.data[offset:]) {
		start := offset
		offset += len(line)
		text := strings.TrimSpace(string(line))
		start += len(line) - len(bytes.TrimLeft(line, " \t\r\n"))
		switch {
		case text == "" || text[0] == '#':
			continue
		case text[0] == '[':
			header, _, _ := strings.Cut(strings.Trim(text, "["), "]")
			name := ""
			category, name, table = strings.Cut(header, ".")
			if category = strings.TrimSpace(category); !table || !pipenvCategory(category) {
				continue
			}
			at := start + strings.Index(text, name)
			if name = unquoteYAML(strings.TrimSpace(name)); name == "" {
				category = ""
			}
			s.declare(Declaration{Name: name, Development: category == "dev-packages"}, at, at+len(name))
			continue
		case !pipenvCategory(category):
			continue
		}
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			continue // inside a multi-line value
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		name := unquoteYAML(key)
		if table {
			pipenvMember(&s.doc.Declared[len(s.doc.Declared)-1], name, tomlString(value))
			continue
		}
		d := Declaration{Name: name, Development: category == "dev-packages"}
		if bare, member, dotted := strings.Cut(key, "."); dotted && !strings.ContainsAny(key, `"'`) {
			d.Name = strings.TrimSpace(bare)
			pipenvMember(&d, strings.TrimSpace(member), tomlString(value))
			s.declare(d, start, start+len(key))
			continue
		}
		if strings.HasPrefix(value, "{") {
			for _, member := range []string{"version", "git", "path", "file"} {
				if text := flowMember(value, member, "="); text != "" {
					pipenvMember(&d, member, text)
				}
			}
		} else {
			pipenvMember(&d, "version", tomlString(value))
		}
		s.declare(d, start, start+len(key))
	}
	return nil
}

// pipenvCategory reports whether a table of a Pipfile lists packages.
func pipenvCategory(name string) bool {
	switch name {
	case "", "source", "requires", "scripts", "pipenv", "build-system":
		return false
	}
	return true
}

func pipenvMember(d *Declaration, member, text string) {
	switch member {
	case "version":
		d.Constraint, d.Version = text, exactPython(strings.TrimSpace(text))
	case "git":
		d.Origin = scan.OriginGit
	case "path":
		d.Origin = scan.OriginLocal
	case "file":
		if d.Origin = scan.OriginLocal; strings.Contains(text, "://") {
			d.Origin = scan.OriginAddress
		}
	}
}

// tomlString removes the quotes of a value, and a comment after it.
func tomlString(value string) string {
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		return unquoteYAML(value[:quotedLength(value)])
	}
	value, _, _ = strings.Cut(value, "#")
	return strings.TrimSpace(value)
}
