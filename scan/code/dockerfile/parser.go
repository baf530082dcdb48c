package dockerfile

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// parser reads instructions line by line.
type parser struct {
	*tree.Builder
	source  string
	pattern bool
	at      int
	// escape joins lines: a backslash, or what the file says.
	escape byte
	failed bool
	// depth counts the instructions around the one at hand, and open the documents that nothing ended.
	depth, open int
}

// maxOpen bounds how often the end of a document is looked for that has none.
const maxOpen = 50

// instructions are the names of all instructions. Source: https://docs.docker.com/reference/dockerfile#overview
var instructions = map[string]bool{
	"ADD": true, "ARG": true, "CMD": true, "COPY": true, "ENTRYPOINT": true, "ENV": true, "EXPOSE": true, "FROM": true, "HEALTHCHECK": true, "LABEL": true, "MAINTAINER": true,
	"ONBUILD": true, "RUN": true, "SHELL": true, "STOPSIGNAL": true, "USER": true, "VOLUME": true, "WORKDIR": true,
}

// Parse makes the tree of a file. It takes any bytes.
func Parse(source string) *tree.Tree {
	p := &parser{Builder: tree.NewBuilder(source, tree.Dockerfile), source: source, escape: '\\'}
	p.at = len(source) - len(strings.TrimPrefix(source, "\uFEFF"))
	p.file()
	return p.Finish()
}

// ParsePattern makes the tree of a pattern: one or more instructions.
func ParsePattern(source string) (*tree.Tree, error) {
	p := &parser{Builder: tree.NewBuilder(source, tree.Dockerfile), source: source, pattern: true, escape: '\\'}
	p.file()
	if p.failed || p.Count(0) == 0 {
		return nil, fmt.Errorf("the pattern is not an instruction of a Dockerfile")
	}
	if p.Count(0) == 1 {
		// One instruction is an expression.
		made := p.Finish()
		if only := made.First(tree.Root); made.Kind(made.First(only)) == tree.Call {
			return alone(source), nil
		}
		return made, nil
	}
	return p.Finish(), nil
}

// alone makes the tree of a pattern that is one instruction.
func alone(source string) *tree.Tree {
	p := &parser{Builder: tree.NewBuilder(source, tree.Dockerfile), source: source, pattern: true, escape: '\\'}
	p.gap()
	for _, id := range p.instruction() {
		p.Push(tree.RoleBody, id)
	}
	return p.Finish()
}

// file reads instructions up to the end.
func (p *parser) file() {
	p.directives()
	for !p.Full() {
		p.gap()
		if p.at >= len(p.source) {
			return
		}
		start := p.at
		if end := lex.Line(p.source, p.at); p.pattern && strings.TrimSpace(p.source[p.at:end]) == "..." {
			p.Push(tree.RoleBody, p.Leaf(tree.Ellipsis, "", start, start+3))
			p.at = end
			continue
		}
		if end, name, many := lex.Metavariable(p.source, p.at); p.pattern && end > p.at && !many && strings.TrimSpace(p.source[end:lex.Line(p.source, end)]) == "" {
			p.Push(tree.RoleBody, p.Wrap(tree.ExprStmt, start, end, tree.RoleValue, p.Leaf(tree.Metavariable, name, start, end)))
			p.at = end
			continue
		}
		made := p.instruction()
		if len(made) == 0 {
			p.failed = true
			p.at = max(lex.Line(p.source, start), start+1)
			p.Push(tree.RoleBody, p.Leaf(tree.Error, "", start, p.at))
			continue
		}
		for _, id := range made {
			p.Push(tree.RoleBody, p.Wrap(tree.ExprStmt, p.Start(id), p.End(id), tree.RoleValue, id))
		}
	}
}

// directives reads the comments at the top that say how the file is to be read.
func (p *parser) directives() {
	for at := p.at; strings.HasPrefix(p.source[at:], "#"); {
		end := lex.Line(p.source, at)
		name, value, ok := strings.Cut(strings.ReplaceAll(p.source[at+1:end], " ", ""), "=")
		if !ok {
			return
		}
		if strings.EqualFold(name, "escape") && (value == "`" || value == "\\") {
			p.escape = value[0]
		}
		at = min(end+1, len(p.source))
	}
}

// gap skips white space, empty lines and comments.
func (p *parser) gap() {
	for p.at < len(p.source) {
		switch p.source[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		case '#':
			end := lex.Line(p.source, p.at)
			p.Comment(p.at, end)
			p.at = end
		default:
			return
		}
	}
}

// spaces skips white space within the instruction: also the ends of lines that go on, and the comments and empty lines after these.
func (p *parser) spaces() {
	for p.at < len(p.source) {
		switch b := p.source[p.at]; {
		case b == ' ' || b == '\t' || b == '\r':
			p.at++
		case b == p.escape && p.joins(p.at) > p.at:
			p.at = p.joins(p.at)
			p.gap()
		default:
			return
		}
	}
}

// joins is the offset after the line end that the sign at an offset takes away; the offset itself when it takes none.
func (p *parser) joins(at int) int {
	for i := at + 1; i < len(p.source); i++ {
		switch p.source[i] {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1
		default:
			return at
		}
	}
	return len(p.source)
}

// ended reports whether the instruction ends here.
func (p *parser) ended() bool { return p.at >= len(p.source) || p.source[p.at] == '\n' }
