package ecosystems

import (
	"bytes"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// GemfileFormats are the manifests of Ruby. They are programs, of which we read the lines that name gems.
var GemfileFormats = []document.Format{
	{Name: "Gemfile", Match: isGemfile, Ecosystem: scan.EcosystemRubyGems, Read: readGemfile},
	{Name: "gemspec", Match: document.Suffixed(".gemspec"), Ecosystem: scan.EcosystemRubyGems, Read: readGemspec},
}

func isGemfile(base, _ string) bool {
	return base == "Gemfile" || base == "gems.rb" || strings.HasSuffix(base, ".gemfile")
}

var (
	gemLine     = syntax.Expression(`^[ \t]*gem[ \t(]+["']([A-Za-z0-9_.-]+)["']`)
	gemspecCall = syntax.Expression(`\.add_(?:(development|runtime)_)?dependency[ \t(]+["']([A-Za-z0-9_.-]+)["']`)
	gemGroup    = syntax.Expression(`^[ \t]*group\b(.*)\bdo\b`)
	gemBlock    = syntax.Expression(`\bdo\b[ \t]*(\|[^|]*\|)?[ \t]*$|^[ \t]*(if|unless|case|begin)\b`)
	gemEnd      = syntax.Expression(`^[ \t]*end\b`)
	gemInline   = syntax.Expression(`\bgroups?:|:groups?[ \t]*=>`)
	gemSymbol   = syntax.Expression(`:([a-z_]+)`)
	gemPlatform = syntax.Expression(`\bplatforms?:|:platforms?[ \t]*=>`)
	gemRuby     = syntax.Expression(`\b(?:c?ruby|mri)(?:_[0-9]+)?\b`)
	gemSource   = syntax.Expression(`\b(git|github|gitlab|bitbucket|gist|path):|:(git|github|gitlab|bitbucket|gist|path)[ \t]*=>`)
)

// gemDevelopment are common names of groups that are only for development.
var gemDevelopment = map[string]bool{"development": true, "test": true, "ci": true, "lint": true, "docs": true, "doc": true}

// onlyDevelopment reports whether a text names groups, and all of them are for development.
func onlyDevelopment(text string) bool {
	names := gemSymbol().FindAllStringSubmatch(text, -1)
	for _, name := range names {
		if name[1] != "group" && name[1] != "groups" && !gemDevelopment[name[1]] {
			return false
		}
	}
	return len(names) > 0
}

// readGemfile reads the gems of a Gemfile (https://bundler.io/man/gemfile.5.html). A version without an operator means
// exactly that version.
func readGemfile(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.ScriptStyle)
	var blocks []bool // whether each open block is for development
	development := false
	offset := 0
	for line := range bytes.Lines(c.Text) {
		start := offset
		offset += len(line)
		trimmed := strings.TrimRight(string(line), " \t\r\n")
		switch {
		case gemGroup().MatchString(trimmed):
			development = development || onlyDevelopment(gemGroup().FindStringSubmatch(trimmed)[1])
			blocks = append(blocks, development)
			continue
		case gemEnd().MatchString(trimmed):
			if blocks = blocks[:max(len(blocks)-1, 0)]; len(blocks) > 0 {
				development = blocks[len(blocks)-1]
			} else {
				development = false
			}
			continue
		}
		if m := gemLine().FindStringSubmatchIndex(trimmed); m != nil {
			rest := trimmed[m[1]:]
			d := document.Declaration{Name: trimmed[m[2]:m[3]], Development: development}
			if at := gemInline().FindStringIndex(rest); at != nil {
				d.Development = d.Development || onlyDevelopment(rest[at[0]:])
			}
			if kind := gemSource().FindStringSubmatch(rest); kind != nil {
				d.Origin = scan.OriginGit
				if kind[1] == "path" || kind[2] == "path" {
					d.Origin = scan.OriginLocal
				}
			}
			if at := gemPlatform().FindStringIndex(rest); at != nil {
				d.Elsewhere = !gemRuby().MatchString(rest[at[1]:])
			}
			gemConstraint(&d, rest)
			s.Declare(d, start+m[2], start+m[3])
		}
		if gemBlock().MatchString(trimmed) {
			blocks = append(blocks, development)
		}
	}
	return nil
}

// readGemspec reads the dependencies of a gem (https://guides.rubygems.org/specification-reference/#add_dependency).
func readGemspec(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.ScriptStyle)
	for _, m := range gemspecCall().FindAllSubmatchIndex(c.Text, -1) {
		end := len(c.Text)
		if i := bytes.IndexByte(c.Text[m[1]:], '\n'); i >= 0 {
			end = m[1] + i
		}
		d := document.Declaration{Name: syntax.GroupText(c, m, 4), Development: syntax.GroupText(c, m, 2) == "development"}
		gemConstraint(&d, string(c.Text[m[1]:end]))
		s.Declare(d, m[4], m[5])
	}
	return nil
}

// gemConstraint reads the strings after a name, up to the first word.
func gemConstraint(d *document.Declaration, rest string) {
	var all []string
	for {
		rest = strings.TrimLeft(rest, " \t,[")
		if rest == "" || rest[0] != '"' && rest[0] != '\'' {
			break
		}
		n := syntax.QuotedLength(rest)
		all = append(all, strings.Trim(rest[:n], `"'`))
		rest = rest[n:]
	}
	d.Constraint = strings.Join(all, ", ")
	if len(all) != 1 {
		return
	}
	version := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(all[0]), "="))
	if version != "" && version[0] >= '0' && version[0] <= '9' && !strings.ContainsAny(version, " ,<>~!=#{}") {
		d.Version = version
	}
}
