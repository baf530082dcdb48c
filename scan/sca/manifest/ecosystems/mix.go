package ecosystems

import (
	"cmp"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// MixFormats are the files of Elixir's Mix.
var MixFormats = []document.Format{
	{Name: "mix.lock", Match: document.Named("mix.lock"), Ecosystem: scan.EcosystemHex, Lock: true, Whole: syntax.LineHas("%{"), Read: readMixLock},
}

// readMixLock reads an Elixir map with a tuple for each package
// (https://github.com/hexpm/hex/blob/main/lib/hex/utils.ex: lock): "name": {:hex, :name, "1.0.0", "inner checksum",
// managers, [{:dependency, requirement, options}], "repository", "outer checksum"}. A Git tuple has no version.
func readMixLock(s *document.Source) error {
	m := mixText{data: s.Data}
	for {
		token, start, end := m.next()
		switch token {
		case "":
			if m.open > 0 || m.broken {
				return s.ErrAt(min(m.at, len(s.Data)), "not a lock file of Mix")
			}
			return nil
		case "{":
			if m.key == "" {
				continue
			}
			m.begin(s)
		case "string":
			if m.open == 1 {
				m.key, m.keyStart, m.keyEnd = m.text(start, end), start, end
			}
		}
	}
}

// mixText splits an Elixir file into words.
type mixText struct {
	data []byte
	at   int
	// open is the number of open brackets: the map is the first.
	open   int
	broken bool

	key              string
	keyStart, keyEnd int
}

// next returns the next word: a bracket or a comma, "string", "atom" or "other", and "" at the end.
func (m *mixText) next() (token string, start, end int) {
	for m.at < len(m.data) {
		start = m.at
		switch c := m.data[m.at]; {
		case c == '#':
			for m.at < len(m.data) && m.data[m.at] != '\n' {
				m.at++
			}
		case strings.IndexByte("{[(", c) >= 0:
			m.at++
			m.open++
			return string(rune(c)), start, m.at
		case strings.IndexByte("}])", c) >= 0:
			m.at++
			if m.open--; m.open < 0 {
				m.broken = true
				return "", start, m.at
			}
			return string(rune(c)), start, m.at
		case c == ',':
			m.at++
			return ",", start, m.at
		case c == '"':
			for m.at++; m.at < len(m.data) && m.data[m.at] != '"'; m.at++ {
				if m.data[m.at] == '\\' {
					m.at++
				}
			}
			if m.at >= len(m.data) {
				m.broken = true
				return "", start, m.at
			}
			m.at++
			return "string", start, m.at
		case isMixWord(c):
			for m.at < len(m.data) && isMixWord(m.data[m.at]) {
				m.at++
			}
			if c == ':' && m.at-start > 1 {
				return "atom", start, m.at
			}
			return "other", start, m.at
		default:
			m.at++
		}
	}
	return "", m.at, m.at
}

func isMixWord(c byte) bool {
	return document.IsNameByte(c) || c == ':' || c == '@' || c == '?' || c == '!' || c >= 0x80
}

// text returns the text of a string or an atom, without its delimiters.
func (m *mixText) text(start, end int) string {
	return strings.Trim(string(m.data[start:end]), `":`)
}

// begin reads a tuple after its opening bracket.
func (m *mixText) begin(s *document.Source) {
	depth := m.open
	field := 0
	var kind string
	e := document.Entry{Keys: []string{m.key}}
	p := &e.Package
	p.Name = m.key
	for first := false; m.open >= depth; {
		token, start, end := m.next()
		if token == "" {
			return
		}
		switch {
		case token == "," && m.open == depth:
			field++
		case token == "{" && m.open == depth+2 && field == 5:
			first = true
		case token == "atom" && m.open == depth+2 && field == 5 && first:
			first = false
			e.Requires = append(e.Requires, m.text(start, end))
		case m.open != depth || token != "atom" && token != "string":
		case field == 0:
			kind = m.text(start, end)
		case field == 1 && kind == "hex":
			p.Name = cmp.Or(m.text(start, end), m.key)
		case field == 2 && kind == "hex":
			p.Version = m.text(start, end)
		case field == 3 && kind == "hex" || field == 7 && kind == "hex":
			// The outer checksum belongs to the downloaded file; older entries have only the inner one.
			if sum := m.text(start, end); document.IsHex(sum) {
				p.Hash = "sha256:" + strings.ToLower(sum)
			}
		}
	}
	if kind != "hex" {
		if p.Origin = scan.OriginGit; kind == "path" {
			return
		}
	}
	s.Add(e, m.keyStart, m.keyEnd)
	m.key = ""
}
