package yaml

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// scalar reads a scalar, a collection in flow style, or an alias. A scalar that goes on in further lines stands there further
// to the right than its parent.
func (p *parser) scalar(parent int, flow bool) tree.ID {
	if p.at >= len(p.source) {
		return tree.None
	}
	switch b := p.source[p.at]; {
	case b == '"' || b == '\'':
		return p.quoted(b, parent, flow)
	case (b == '{' || b == '[') && p.expression(p.at) == p.at:
		return p.collection()
	case b == '*' && !p.blank(p.at+1):
		return p.alias()
	case p.pattern && strings.HasPrefix(p.source[p.at:], "<... "):
		return p.deep()
	}
	return p.plain(parent, flow)
}

// alias reads the name of another node. That of a scalar is the scalar again.
func (p *parser) alias() tree.ID {
	end := p.word(p.at + 1)
	name := p.source[p.at+1 : end]
	anchored := p.anchors[name]
	switch kind := p.Kind(anchored); kind {
	case tree.String, tree.Number, tree.Bool, tree.Null:
		return p.leaf(kind, p.Text(anchored), end)
	}
	return p.leaf(tree.Name, "*"+name, end)
}

// word is the end of a name of an anchor, alias or tag at an offset.
func (p *parser) word(at int) int {
	for !p.blank(at) && strings.IndexByte(",[]{}", p.source[at]) < 0 {
		at++
	}
	return at
}

// properties are what precedes a node.
type properties struct {
	anchor string
	// tag is that of an application, with its sign; tagAt is its offset.
	tag   string
	tagAt int
	read  bool
}

func (t *properties) any() bool { return t.read }

// properties reads the anchor and the tag of a node. The tags of YAML itself have no meaning here.
func (p *parser) properties() properties {
	var t properties
	for p.at < len(p.source) && (p.source[p.at] == '&' || p.source[p.at] == '!') {
		end := p.word(p.at + 1)
		switch text := p.source[p.at:end]; {
		case text[0] == '&':
			t.anchor = text[1:]
		case !strings.HasPrefix(text, "!!") && text != "!":
			t.tag, t.tagAt = text, p.at
		}
		t.read = true
		p.move(end)
		p.spaces()
	}
	return t
}

// tagged gives a node its properties.
func (p *parser) tagged(t properties, start int, id tree.ID) tree.ID {
	if !t.read {
		return id
	}
	if t.anchor != "" && id != tree.None {
		p.anchors[t.anchor] = id
	}
	if t.tag == "" {
		return id
	}
	kind, name := tree.Name, t.tag
	if end, variable, _ := lex.Metavariable(t.tag, 1); p.pattern && end == len(t.tag) && end > 1 {
		kind, name = tree.Metavariable, variable
	}
	end := t.tagAt + len(t.tag)
	return p.Join(tree.Call, start, end, tree.RoleCallee, p.Leaf(kind, name, t.tagAt, end), tree.RoleArgument, id)
}

// quoted reads a scalar in quotes. One that is not closed is an Error up to the end of its line.
func (p *parser) quoted(quote byte, parent int, flow bool) tree.ID {
	end := p.quotedEnd(quote, parent, flow)
	if end < 0 {
		p.fail()
		return p.leaf(tree.Error, "", lex.Line(p.source, p.at))
	}
	raw := p.source[p.at+1 : end-1]
	text := raw
	if strings.IndexByte(raw, '\n') >= 0 {
		text = fold(raw, quote == '"')
	}
	if quote == '"' {
		text = lex.Unescape(text, lex.Long)
	} else {
		text = strings.ReplaceAll(text, "''", "'")
	}
	return p.leaf(tree.String, text, end)
}

// quotedEnd is the offset after the closing quote, or -1.
func (p *parser) quotedEnd(quote byte, parent int, flow bool) int {
	for i := p.at + 1; i < len(p.source); i++ {
		switch b := p.source[i]; {
		case b == quote && quote == '\'' && p.is(i+1, quote), b == '\\' && quote == '"':
			i++
			if p.is(i, '\n') {
				i--
			}
		case b == quote:
			return i + 1
		case b == '\n' && !flow && !p.goesOn(i+1, parent):
			return -1
		}
	}
	return -1
}

// goesOn reports whether the line at an offset is empty, or stands further to the right than a column, so that a text in quotes goes
// on there.
func (p *parser) goesOn(at, parent int) bool {
	from := at
	for at < len(p.source) && (p.source[at] == ' ' || p.source[at] == '\t' || p.source[at] == '\r') {
		at++
	}
	switch {
	case at >= len(p.source) || p.source[at] == '\n':
		return true
	case at == from && p.markerAt(at):
		return false
	case at-from != parent:
		return at-from > parent
	}
	// Many tools write the text of a key in its own column.
	end, _ := p.plainEnd(at, false)
	return !p.isKey(end)
}

// fold joins the lines of a scalar: one line end is a blank, each further one stays.
func fold(raw string, escaped bool) string {
	var out strings.Builder
	breaks := 0
	for i, line := range strings.Split(raw, "\n") {
		joined := false
		if i > 0 {
			line = strings.TrimLeft(line, " \t")
		}
		line = strings.TrimRight(line, " \t\r")
		if escaped && strings.HasSuffix(line, `\`) && !strings.HasSuffix(line, `\\`) {
			line, joined = line[:len(line)-1], true
		}
		switch {
		case i == 0:
		case breaks > 1:
			out.WriteString(strings.Repeat("\n", breaks-1))
			breaks = 0
		case breaks == 1 && line != "":
			out.WriteByte(' ')
			breaks = 0
		}
		if line == "" && i > 0 {
			breaks++
			continue
		}
		out.WriteString(line)
		breaks = 1
		if joined {
			breaks = 0
		}
	}
	switch {
	case breaks == 2:
		out.WriteByte(' ')
	case breaks > 2:
		out.WriteString(strings.Repeat("\n", breaks-2))
	}
	return out.String()
}

// plain reads a scalar without quotes.
func (p *parser) plain(parent int, flow bool) tree.ID {
	end, more := p.plainEnd(p.at, flow)
	if end == p.at {
		return tree.None
	}
	first := end
	for more {
		next := p.following(end, parent, flow)
		if next < 0 {
			break
		}
		var lineEnd int
		lineEnd, more = p.plainEnd(next, flow)
		if lineEnd == next || !flow && p.isKey(lineEnd) {
			break
		}
		end = lineEnd
	}
	text := p.source[p.at:end]
	if end != first {
		return p.leaf(tree.String, fold(text, false), end)
	}
	return p.resolved(text, end)
}

// isKey reports whether a colon that ends a key stands at an offset, after white space.
func (p *parser) isKey(at int) bool {
	for p.is(at, ' ') || p.is(at, '\t') {
		at++
	}
	return p.is(at, ':')
}

// plainEnd is the end of the part of a plain scalar that stands in the line of an offset. more says that it may go on.
func (p *parser) plainEnd(at int, flow bool) (end int, more bool) {
	i := at
	for i < len(p.source) && p.source[i] != '\n' {
		switch b := p.source[i]; {
		case b == ':' && (p.blank(i+1) || flow && strings.IndexByte(",[]{}", p.source[i+1]) >= 0):
			return p.trimmed(at, i), false
		case b == '#' && (i == at || p.blank(i-1)):
			return p.trimmed(at, i), false
		case b == '{':
			if next := p.expression(i); next > i {
				i = next
				continue
			}
			if flow {
				return p.trimmed(at, i), false
			}
		case flow && (b == ',' || b == '[' || b == ']' || b == '}'):
			return p.trimmed(at, i), false
		case b == '.' && p.pattern && i > at && strings.HasPrefix(p.source[i:], "...>"):
			return p.trimmed(at, i), false
		}
		i++
	}
	return p.trimmed(at, i), true
}

// trimmed is the end of a text without the white space after it.
func (p *parser) trimmed(at, end int) int {
	for end > at && p.blank(end-1) {
		end--
	}
	return end
}

// following is where the text of the next line that is not empty begins, when a plain scalar goes on there; else -1.
func (p *parser) following(end, parent int, flow bool) int {
	line := end
	for i := end; i < len(p.source); i++ {
		switch p.source[i] {
		case '\n':
			line = i + 1
		case ' ', '\t', '\r':
		case '#':
			return -1
		default:
			if !flow && i-line <= parent || i == line && p.markerAt(i) || p.directive(i) > i || p.pattern && strings.HasPrefix(p.source[i:], "...") {
				return -1
			}
			return i
		}
	}
	return -1
}

// resolved makes the node of a plain scalar of one line.
func (p *parser) resolved(text string, end int) tree.ID {
	if p.pattern {
		if text == "..." {
			return p.leaf(tree.Ellipsis, "", end)
		}
		if length, name, many := lex.Metavariable(text, 0); length == len(text) && length > 0 {
			id := p.leaf(tree.Metavariable, name, end)
			if many {
				p.SetFlags(id, tree.Many)
			}
			return id
		}
	}
	switch text {
	case "~", "null", "Null", "NULL":
		return p.leaf(tree.Null, "", end)
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y":
		return p.leaf(tree.Bool, "true", end)
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N":
		return p.leaf(tree.Bool, "false", end)
	}
	if number, ok := numeral(text); ok {
		return p.leaf(tree.Number, number, end)
	}
	return p.leaf(tree.String, text, end)
}

// numeral gives the normal form of a text that is a number as a whole.
func numeral(text string) (string, bool) {
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 || digits == "" || !lex.Digit(digits[0]) && (digits[0] != '.' || len(digits) < 2 || !lex.Digit(digits[1])) || lex.NumberEnd(digits, 0) != len(digits) {
		return "", false
	}
	for i := range len(digits) {
		if b := digits[i]; !lex.Digit(b) && strings.IndexByte(".+-eExXoOabcdfABCDF", b) < 0 {
			return "", false
		}
	}
	number := lex.Number(digits)
	if text[0] == '-' && number != "0" {
		number = "-" + number
	}
	return number, true
}

// deep reads `<... value ...>`.
func (p *parser) deep() tree.ID {
	start := p.at
	p.move(p.at + 4)
	p.spaces()
	inner := p.flowNode()
	p.spaces()
	if inner == tree.None || !strings.HasPrefix(p.source[p.at:], "...>") {
		p.fail()
		return tree.None
	}
	p.move(p.at + 4)
	return p.Wrap(tree.Deep, start, p.at, tree.RoleValue, inner)
}
