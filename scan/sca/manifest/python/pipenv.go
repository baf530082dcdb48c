package python

import (
	"bytes"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// PipenvFormats are the files of Python's Pipenv.
var PipenvFormats = []document.Format{
	{Name: "Pipfile.lock", Match: document.Named("Pipfile.lock"), Ecosystem: scan.EcosystemPyPI, Lock: true, Whole: syntax.JSONHas("_meta", "default", "develop"), Read: readPipfileLock},
	{Name: "Pipfile", Match: document.Named("Pipfile"), Ecosystem: scan.EcosystemPyPI, Read: readPipfile},
}

// readPipfileLock reads the categories: "default", "develop", and custom ones
// (https://pipenv.pypa.io/en/latest/pipfile.html#package-category-groups). The file has no graph.
func readPipfileLock(s *document.Source) error {
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			if key.Name == "_meta" {
				return j.Skip()
			}
			development := key.Name == "develop"
			return j.Object(func(key syntax.Key) error {
				e := document.Entry{Package: scan.Package{Name: key.Name, Development: development}}
				var hashes []string
				local := false
				err := j.Object(func(key syntax.Key) error {
					var text string
					var err error
					switch key.Name {
					case "version":
						text, err = j.Text()
						e.Package.Version = exactPython(strings.TrimSpace(text))
					case "git", "hg", "svn", "bzr":
						e.Package.Origin = scan.OriginGit
						return j.Skip()
					case "file":
						text, err = j.Text()
						if strings.Contains(text, "://") && !strings.HasPrefix(text, "file:") {
							e.Package.Origin = scan.OriginAddress
						} else {
							local = true
						}
					case "path":
						local = true
						return j.Skip()
					case "hashes":
						return j.Texts(&hashes)
					default:
						return j.Skip()
					}
					return err
				})
				if len(hashes) == 1 {
					e.Package.Hash = hashes[0] // several hashes belong to different archives
				}
				if !local {
					s.Add(e, key.Start+1, key.End-1)
				}
				return err
			})
		})
	})
}

// readPipfile reads the categories of a Pipfile, which is TOML: "name = value" in [packages], [dev-packages] and custom
// categories, or a table [packages.name] for each package.
func readPipfile(s *document.Source) error {
	category, table := "", false
	offset := len(syntax.ByteOrderMark(s.Data))
	for line := range bytes.Lines(s.Data[offset:]) {
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
			if name = syntax.UnquoteYAML(strings.TrimSpace(name)); name == "" {
				category = ""
			}
			s.Declare(document.Declaration{Name: name, Development: category == "dev-packages"}, at, at+len(name))
			continue
		case !pipenvCategory(category):
			continue
		}
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			continue // inside a multi-line value
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		name := syntax.UnquoteYAML(key)
		if table {
			pipenvMember(&s.Doc.Declared[len(s.Doc.Declared)-1], name, tomlString(value))
			continue
		}
		d := document.Declaration{Name: name, Development: category == "dev-packages"}
		if bare, member, dotted := strings.Cut(key, "."); dotted && !strings.ContainsAny(key, `"'`) {
			d.Name = strings.TrimSpace(bare)
			pipenvMember(&d, strings.TrimSpace(member), tomlString(value))
			s.Declare(d, start, start+len(key))
			continue
		}
		if strings.HasPrefix(value, "{") {
			for _, member := range []string{"version", "git", "path", "file"} {
				if text := syntax.FlowMember(value, member, "="); text != "" {
					pipenvMember(&d, member, text)
				}
			}
		} else {
			pipenvMember(&d, "version", tomlString(value))
		}
		s.Declare(d, start, start+len(key))
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

func pipenvMember(d *document.Declaration, member, text string) {
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
		return syntax.UnquoteYAML(value[:syntax.QuotedLength(value)])
	}
	value, _, _ = strings.Cut(value, "#")
	return strings.TrimSpace(value)
}
