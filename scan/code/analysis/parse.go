package analysis

import (
	"strconv"
	"strings"
)

const (
	// maxExpression bounds an expression in bytes, maxNesting how deep its groups lie in one another.
	maxExpression = 16 << 10
	maxNesting    = 200
)

// parser reads expressions in the common forms of PCRE, Java, JavaScript, Python and .NET. It does not check them: what
// it does not know is text.
type parser struct {
	text  string
	depth int
	fold  bool
	bad   bool
}

// parse reads an expression; nil when it is none, or too long or deep.
func parse(text string) *part {
	if len(text) > maxExpression {
		return nil
	}
	p := &parser{text: text}
	whole := p.alternatives()
	if p.bad || p.text != "" {
		return nil
	}
	return whole
}

// take takes a prefix of the rest.
func (p *parser) take(prefix string) bool {
	rest, ok := strings.CutPrefix(p.text, prefix)
	p.text = rest
	return ok
}

// next takes a byte; there is one.
func (p *parser) next() byte {
	c := p.text[0]
	p.text = p.text[1:]
	return c
}

// until takes what precedes a sign, and the sign; false when the sign is missing.
func (p *parser) until(sign string) bool {
	_, rest, ok := strings.Cut(p.text, sign)
	if ok {
		p.text = rest
	}
	return ok
}

func (p *parser) alternatives() *part {
	if p.depth++; p.depth > maxNesting {
		p.bad = true
	}
	defer func() { p.depth-- }()
	all := []*part{p.sequence()}
	for !p.bad && p.take("|") {
		all = append(all, p.sequence())
	}
	if len(all) == 1 {
		return all[0]
	}
	return &part{kind: kindAlternatives, parts: all}
}

func (p *parser) sequence() *part {
	sequence := &part{kind: kindSequence}
	for !p.bad && p.text != "" && p.text[0] != '|' && p.text[0] != ')' {
		if one := p.one(); one != nil {
			sequence.parts = append(sequence.parts, p.repeats(one))
		}
	}
	return sequence
}

// one reads a part before its repeats; nil for what means nothing here, such as a comment.
func (p *parser) one() *part {
	switch c := p.next(); c {
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '.':
		var line set
		line.add('\n')
		return &part{set: line.without()}
	case '^', '$':
		return &part{kind: kindTest}
	case '\\':
		return p.escape()
	default:
		character := &part{kind: kindSequence, parts: []*part{p.byte(c)}}
		// The other bytes of a character belong to it.
		for c >= 0xc0 && p.text != "" && p.text[0]&0xc0 == 0x80 {
			character.parts = append(character.parts, p.byte(p.next()))
		}
		return character
	}
}

func (p *parser) byte(c byte) *part {
	var s set
	s.add(c)
	return p.of(s)
}

func (p *parser) of(s set) *part {
	if p.fold {
		s = s.fold()
	}
	return &part{set: s}
}

// repeats reads the quantifiers after a part.
func (p *parser) repeats(one *part) *part {
	for p.text != "" {
		least, most, ok := p.quantifier()
		if !ok {
			break
		}
		one = &part{kind: kindRepeat, parts: []*part{one}, min: least, max: most}
		if p.take("+") {
			one.possessive = true
		} else {
			p.take("?")
		}
	}
	return one
}

// quantifier reads "*", "+", "?", "{2}", "{2,}" or "{2,5}".
func (p *parser) quantifier() (least, most int, ok bool) {
	switch {
	case p.take("*"):
		return 0, infinite, true
	case p.take("+"):
		return 1, infinite, true
	case p.take("?"):
		return 0, 1, true
	case p.text[0] != '{':
		return 0, 0, false
	}
	inside, rest, closed := strings.Cut(p.text[1:], "}")
	low, high, both := strings.Cut(inside, ",")
	least, err := strconv.Atoi(low)
	if !closed || err != nil || least < 0 {
		return 0, 0, false
	}
	most = least
	if both && high == "" {
		most = infinite
	} else if both {
		if most, err = strconv.Atoi(high); err != nil || most < least {
			return 0, 0, false
		}
	}
	p.text = rest
	return least, most, true
}

// group reads what follows an opening parenthesis.
func (p *parser) group() *part {
	fold := p.fold
	kind := kindSequence
	if p.take("?") {
		switch {
		case p.take("#"):
			p.bad = p.bad || !p.until(")")
			return nil
		case p.take("="), p.take("!"), p.take("<="), p.take("<!"):
			kind = kindTest
		case p.take(">"):
			kind = kindAtomic
		case p.take("P<"), p.take("<"):
			p.bad = p.bad || !p.until(">")
		case p.take("'"):
			p.bad = p.bad || !p.until("'")
		case p.take("P="), p.take("P>"), p.take("&"), p.take("R"):
			p.bad = p.bad || !p.until(")")
			return &part{kind: kindTest}
		case p.take("("):
			// The condition of a conditional; both branches are tried.
			p.bad = p.bad || !p.until(")")
		case p.take("|"):
		default:
			if p.flags() {
				return nil
			}
		}
	}
	inside := p.alternatives()
	p.bad = p.bad || !p.take(")")
	p.fold = fold
	if kind == kindSequence {
		return inside
	}
	return &part{kind: kind, parts: []*part{inside}}
}

// flags reads flags such as "i" and "i-s:"; true when they are the whole group.
func (p *parser) flags() bool {
	on := true
	for p.text != "" {
		switch c := p.next(); c {
		case ':':
			return false
		case ')':
			return true
		case '-':
			on = false
		case 'i':
			p.fold = on
		}
	}
	p.bad = true
	return true
}
