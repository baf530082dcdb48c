package python

import "strings"

// literal reads the text of the innermost f-string from l.at up to an interpolation or the end, or the format
// specification of its innermost interpolation.
func (l *lexer) literal() {
	f := &l.strings[len(l.strings)-1]
	spec := f.depth > 0
	from := l.at
	i := from
	flush := func() {
		if i > from {
			l.at = from
			l.emit(fText, i)
		}
		l.at = i
	}
	for i < len(l.source) {
		switch b := l.source[i]; {
		case b == '\\' && !f.raw && strings.HasPrefix(l.source[i:], `\N{`):
			// The name of a character is no interpolation.
			i += 3
			continue
		case b == '\\' && i+1 < len(l.source) && l.source[i+1] != '{' && l.source[i+1] != '}':
			i += 2
			continue
		case b == '{' && i+1 < len(l.source) && l.source[i+1] == '{' && !spec, b == '}' && i+1 < len(l.source) && l.source[i+1] == '}' && !spec:
			i += 2
			continue
		case b == '{':
			flush()
			l.emit(fOpen, i+1)
			f.depth++
			l.open = append(l.open, 'F')
			return
		case b == '}' && spec:
			flush()
			l.closeInterpolation()
			return
		case b == f.quote && (!f.triple || i+2 < len(l.source) && l.source[i+1] == b && l.source[i+2] == b):
			flush()
			l.endString(true)
			return
		case (b == '\n' || b == '\r') && !f.triple:
			flush()
			l.endString(false)
			return
		}
		i++
	}
	i = min(i, len(l.source))
	flush()
	l.endString(false)
}

// endString ends the innermost f-string. Interpolations that are still open in it are given up.
func (l *lexer) endString(closed bool) {
	f := &l.strings[len(l.strings)-1]
	for range f.depth {
		l.open = l.open[:len(l.open)-1]
		closed = false
	}
	size := 1
	if f.triple {
		size = 3
	}
	l.strings = l.strings[:len(l.strings)-1]
	if closed {
		l.emit(fEnd, l.at+size)
		return
	}
	if l.at < len(l.source) && l.source[l.at] == f.quote {
		l.emit(bad, l.at+size)
		return
	}
	l.emit(bad, l.at)
}

// closeInterpolation reads the brace after an interpolation and goes on with the text around it.
func (l *lexer) closeInterpolation() {
	f := &l.strings[len(l.strings)-1]
	f.depth--
	l.open = l.open[:len(l.open)-1]
	l.emit(fClose, l.at+1)
	l.literal()
}

// inInterpolation reports whether the innermost bracket is that of an interpolation.
func (l *lexer) inInterpolation() bool { return len(l.open) > 0 && l.open[len(l.open)-1] == 'F' }
