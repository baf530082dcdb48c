package generic

import (
	"errors"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
)

// Options are those of a rule that concern text.
type Options struct {
	// Lines is how many line ends an ellipsis may span.
	Lines    int
	Caseless bool
}

// Pattern is a compiled pattern. It is immutable and safe for concurrent use.
type Pattern struct {
	atoms   []atom
	names   []string
	options Options
}

// atomKind is the kind of an atom.
type atomKind uint8

const (
	literal atomKind = iota
	word
	dots
)

// atom is a part of a pattern: a token, a metavariable for a word, or any number of tokens.
type atom struct {
	kind atomKind
	text string
	// slot is that of a metavariable, -1 without one.
	slot int
	// opens is the atom of the opening bracket that this one closes, -1 for others.
	opens int
}

// Compile reads a pattern.
func Compile(text string, options Options) (*Pattern, error) {
	p := &Pattern{options: options}
	var open []int
	for at := 0; at < len(text); {
		b := text[at]
		a := atom{slot: -1, opens: -1}
		end := at + 1
		metavariable, name, many := lex.Metavariable(text, at)
		switch {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == '\f' || b == '\v':
			at++
			continue
		case strings.HasPrefix(text[at:], "..."):
			a.kind, end = dots, at+3
		case metavariable > at:
			a.kind, end = word, metavariable
			if many {
				a.kind = dots
			}
			a.slot = p.slot(name)
		case lex.Letter(b):
			for end < len(text) && lex.Letter(text[end]) {
				end++
			}
		}
		a.text = text[at:end]
		switch b {
		case '(', '[', '{':
			open = append(open, len(p.atoms))
		case ')', ']', '}':
			if n := len(open) - 1; n >= 0 && closes(p.atoms[open[n]].text[0], b) {
				a.opens = open[n]
				open = open[:n]
			}
		}
		p.atoms = append(p.atoms, a)
		at = end
	}
	if len(p.atoms) == 0 {
		return nil, errors.New("the pattern is empty")
	}
	return p, nil
}

// slot returns the slot of a metavariable, -1 for `$_`.
func (p *Pattern) slot(name string) int {
	if name == "$_" {
		return -1
	}
	for i, each := range p.names {
		if each == name {
			return i
		}
	}
	p.names = append(p.names, name)
	return len(p.names) - 1
}

// Metavariables are the names that a match binds, by slot.
func (p *Pattern) Metavariables() []string { return p.names }

// Literals are the words that every text with a match contains, in any case.
func (p *Pattern) Literals() []string {
	var all []string
	for _, a := range p.atoms {
		if a.kind == literal && len(a.text) > 1 {
			all = append(all, a.text)
		}
	}
	return all
}
