package analysis

import (
	"strconv"
	"strings"
)

// The sets of escapes and POSIX classes.
var (
	digits = ranges("09")
	word   = ranges("09azAZ__")
	space  = ranges("\t\r  ")
	blank  = ranges("\t\t  ")
	high   = ranges("\x80\xff")
	posix  = map[string]set{
		"digit": digits, "word": word, "space": space, "blank": blank, "alpha": ranges("azAZ"), "alnum": ranges("09azAZ"), "upper": ranges("AZ"), "lower": ranges("az"),
		"punct": ranges("!/:@[`{~"), "xdigit": ranges("09afAF"), "print": ranges(" ~"), "graph": ranges("!~"), "cntrl": ranges("\x00\x1f\x7f\x7f"),
	}
)

// ranges makes a set of pairs of a first and last byte.
func ranges(pairs string) set {
	var s set
	for i := 0; i+1 < len(pairs); i += 2 {
		s.addRange(pairs[i], pairs[i+1])
	}
	return s
}

// escape reads what follows a backslash outside of a class.
func (p *parser) escape() *part {
	if p.text == "" {
		p.bad = true
		return nil
	}
	switch c := p.text[0]; {
	case c >= '1' && c <= '9', strings.IndexByte("bBAzZGK", c) >= 0:
		p.next()
		return &part{kind: kindTest}
	case c == 'k' || c == 'g':
		p.next()
		if strings.HasPrefix(p.text, "<") {
			p.until(">")
		} else if strings.HasPrefix(p.text, "{") {
			p.until("}")
		}
		return &part{kind: kindTest}
	case c == 'Q':
		p.next()
		return p.quoted()
	case c == 'E':
		p.next()
		return nil
	}
	s, _, _ := p.escaped()
	return p.of(s)
}

// quoted reads text up to \E.
func (p *parser) quoted() *part {
	text, rest, _ := strings.Cut(p.text, `\E`)
	p.text = rest
	sequence := &part{kind: kindSequence}
	for _, c := range []byte(text) {
		sequence.parts = append(sequence.parts, p.byte(c))
	}
	return sequence
}

// escaped reads the escape of a byte or set; single tells that it is the byte c.
func (p *parser) escaped() (s set, c byte, single bool) {
	c = p.next()
	switch c {
	case 'd':
		return digits, 0, false
	case 'D':
		return digits.without(), 0, false
	case 'w':
		return word, 0, false
	case 'W':
		return word.without(), 0, false
	case 's':
		return space, 0, false
	case 'S':
		return space.without(), 0, false
	case 'h':
		return blank, 0, false
	case 'R', 'v':
		return ranges("\n\r"), 0, false
	case 'N':
		return ranges("\n\n").without(), 0, false
	case 'p', 'P':
		return p.property(c == 'P'), 0, false
	case 'n', 't', 'r', 'f', 'a', 'e', '0':
		c = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'f': '\f', 'a': 7, 'e': 27, '0': 0}[c]
	case 'x':
		return p.number(2)
	case 'u':
		return p.number(4)
	}
	s.add(c)
	return s, c, true
}

// property reads a class of Unicode. Letters of ASCII and all other scripts are near enough.
func (p *parser) property(negated bool) set {
	if p.take("{") {
		p.until("}")
	} else if p.text != "" {
		p.next()
	}
	s := ranges("azAZ")
	s.addAll(high)
	if negated {
		return s.without()
	}
	return s
}

// number reads the digits of a character after \x or \u.
func (p *parser) number(length int) (s set, c byte, single bool) {
	text := p.text[:min(length, len(p.text))]
	if strings.HasPrefix(p.text, "{") {
		text, _, _ = strings.Cut(p.text[1:], "}")
		p.until("}")
	} else {
		p.text = p.text[len(text):]
	}
	n, err := strconv.ParseUint(text, 16, 32)
	if err != nil || n > 0x7f {
		return high, 0, false
	}
	s.add(byte(n))
	return s, byte(n), true
}

// class reads what follows an opening bracket.
func (p *parser) class() *part {
	var s set
	negated := p.take("^")
	for first := true; ; first = false {
		if p.text == "" {
			p.bad = true
			return nil
		}
		if !first && p.take("]") {
			break
		}
		if name, known := p.posixName(); known {
			s.addAll(posix[name])
			continue
		}
		from, single := p.member(&s)
		if !single || len(p.text) < 2 || p.text[0] != '-' || p.text[1] == ']' {
			continue
		}
		p.next()
		var end set
		to, single := p.member(&end)
		s.addAll(end)
		if single && from <= to {
			s.addRange(from, to)
		}
	}
	if p.fold {
		s = s.fold()
	}
	if negated {
		s = s.without()
	}
	return &part{set: s}
}

// member reads one byte or escape of a class into a set.
func (p *parser) member(s *set) (c byte, single bool) {
	c = p.next()
	if c != '\\' {
		s.add(c)
		return c, true
	}
	if p.text == "" {
		p.bad = true
		return 0, false
	}
	if p.take("b") {
		s.add('\b')
		return '\b', true
	}
	members, c, single := p.escaped()
	s.addAll(members)
	return c, single
}

// posixName takes "[:name:]".
func (p *parser) posixName() (string, bool) {
	if !strings.HasPrefix(p.text, "[:") {
		return "", false
	}
	name, rest, closed := strings.Cut(p.text[2:], ":]")
	if _, known := posix[name]; !closed || !known {
		return "", false
	}
	p.text = rest
	return name, true
}
