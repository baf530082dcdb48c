package manifest

import (
	"bytes"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// gemfileFormats are the manifests of Ruby. They are programs, of which we read the lines that name gems.
var gemfileFormats = []format{
	{name: "Gemfile", match: isGemfile, ecosystem: scan.EcosystemRubyGems, read: readGemfile},
	{name: "gemspec", match: suffixed(".gemspec"), ecosystem: scan.EcosystemRubyGems, read: readGemspec},
}

func isGemfile(base, _ string) bool {
	return base == "Gemfile" || base == "gems.rb" || strings.HasSuffix(base, ".gemfile")
}

var (
	gemLine     = expression(`^[ \t]*gem[ \t(]+["']([A-Za-z0-9_.-]+)["']`)
	gemspecCall = expression(`\.add_(?:(development|runtime)_)?dependency[ \t(]+["']([A-Za-z0-9_.-]+)["']`)
	gemGroup    = expression(`^[ \t]*group\b(.*)\bdo\b`)
	gemBlock    = expression(`\bdo\b[ \t]*(\|[^|]*\|)?[ \t]*$|^[ \t]*(if|unless|case|begin)\b`)
	gemEnd      = expression(`^[ \t]*end\b`)
	gemInline   = expression(`\bgroups?:|:groups?[ \t]*=>`)
	gemSymbol   = expression(`:([a-z_]+)`)
	gemPlatform = expression(`\bplatforms?:|:platforms?[ \t]*=>`)
	gemRuby     = expression(`\b(?:c?ruby|mri)(?:_[0-9]+)?\b`)
	gemSource   = expression(`\b(git|github|gitlab|bitbucket|gist|path):|:(git|github|gitlab|bitbucket|gist|path)[ \t]*=>`)
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
func readGemfile(s *source) error {
	c := readCode(s, scriptStyle)
	var blocks []bool // whether each open block is for development
	development := false
	offset := 0
	for line := range bytes.Lines(c.text) {
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
			d := Declaration{Name: trimmed[m[2]:m[3]], Development: development}
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
				d.elsewhere = !gemRuby().MatchString(rest[at[1]:])
			}
			gemConstraint(&d, rest)
			s.declare(d, start+m[2], start+m[3])
		}
		if gemBlock().MatchString(trimmed) {
			blocks = append(blocks, development)
		}
	}
	return nil
}

// readGemspec reads the dependencies of a gem (https://guides.rubygems.org/specification-reference/#add_dependency).
func readGemspec(s *source) error {
	c := readCode(s, scriptStyle)
	for _, m := range gemspecCall().FindAllSubmatchIndex(c.text, -1) {
		end := len(c.text)
		if i := bytes.IndexByte(c.text[m[1]:], '\n'); i >= 0 {
			end = m[1] + i
		}
		d := Declaration{Name: text(c, m, 4), Development: text(c, m, 2) == "development"}
		gemConstraint(&d, string(c.text[m[1]:end]))
		s.declare(d, m[4], m[5])
	}
	return nil
}

// gemConstraint reads the strings after a name, up to the first word.
func gemConstraint(d *Declaration, rest string) {
	var all []string
	for {
		rest = strings.TrimLeft(rest, " \t,[")
		if rest == "" || rest[0] != '"' && rest[0] != '\'' {
			break
		}
		n := quotedLength(rest)
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
