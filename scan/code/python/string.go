package python

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// joined is a sequence of adjacent strings under construction.
type joined struct {
	parts tree.Mark
	// text is what was read since the last interpolation, from start up to end.
	text       strings.Builder
	start, end int
	pending    bool
	flags      tree.Flags
}

// strings reads adjacent strings: one String, or a Template when one of them is an f-string.
func (p *parser) strings() tree.ID {
	start := p.start()
	if k := p.peek(); p.kind == text && k != text && k != fStart {
		// The usual case.
		value, flags := p.value()
		id := p.leaf(tree.String, value)
		p.b.SetFlags(id, flags)
		return id
	}
	j := joined{parts: p.b.Mark()}
	template := false
	for p.kind == text || p.kind == fStart {
		if p.kind == text {
			value, flags := p.value()
			p.add(&j, value, flags)
			p.next()
			continue
		}
		template = true
		p.template(&j)
	}
	if !template {
		id := p.b.Leaf(tree.String, j.text.String(), start, p.end)
		p.b.SetFlags(id, j.flags)
		return id
	}
	p.flush(&j)
	return p.close(j.parts, tree.Template, start)
}

// value decodes the string in sight.
func (p *parser) value() (string, tree.Flags) {
	word := p.word()
	at := strings.IndexAny(word, `"'`)
	letters := word[:at]
	size := 1
	if len(word) >= at+6 && word[at+1] == word[at] && word[at+2] == word[at] {
		size = 3
	}
	var flags tree.Flags
	if strings.ContainsAny(letters, "bB") {
		flags |= tree.Bytes
	}
	body := word[at+size : len(word)-size]
	if strings.ContainsAny(letters, "rR") {
		return body, flags | tree.Raw
	}
	return p.unescape(body), flags
}

// unescape decodes text between quotes. The expressions of patterns stay as they are written.
func (p *parser) unescape(body string) string {
	if p.pattern && strings.HasPrefix(body, "=~/") {
		return body
	}
	return lex.Unescape(body, lex.Octal|lex.Long|lex.Named|lex.KeepUnknown)
}

// add appends the text of the token in sight.
func (p *parser) add(j *joined, value string, flags tree.Flags) {
	t := p.tokens[p.at]
	if !j.pending {
		j.pending, j.start = true, int(t.start)
	}
	j.end = int(t.end)
	j.text.WriteString(value)
	j.flags |= flags
}

// flush pushes the text read so far as a part.
func (p *parser) flush(j *joined) {
	if j.pending && j.text.Len() > 0 {
		p.b.Push(tree.RolePart, p.b.Leaf(tree.String, j.text.String(), j.start, j.end))
	}
	j.text.Reset()
	j.pending = false
}

// template reads an f-string.
func (p *parser) template(j *joined) {
	raw := strings.ContainsAny(p.word(), "rR")
	p.next()
	for {
		switch p.kind {
		case fText:
			value := strings.ReplaceAll(strings.ReplaceAll(p.word(), "{{", "{"), "}}", "}")
			if !raw {
				value = p.unescape(value)
			}
			p.add(j, value, 0)
			p.next()
		case fOpen:
			p.flush(j)
			p.next()
			p.interpolation()
		case fEnd:
			p.next()
			return
		default:
			p.fail()
			return
		}
	}
}

// interpolation reads `e=!r:format}` after the brace and pushes e, and the interpolations of the format.
func (p *parser) interpolation() {
	labels := p.labels
	p.labels = false
	p.b.Push(tree.RolePart, p.list())
	p.labels = labels
	p.take(equal)
	if p.take(bang) {
		p.name()
	}
	if p.take(colon) {
		for p.kind == fText || p.kind == fOpen {
			open := p.kind == fOpen
			p.next()
			if open {
				p.enter()
				p.interpolation()
				p.leave()
			}
		}
	}
	p.expect(fClose)
}
