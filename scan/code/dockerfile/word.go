package dockerfile

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// signs part the commands of a shell.
const signs = "|;&()<>"

// wordEnd is the end of the word at an offset: white space outside of quotes, or a line end that is taken away. In a command, a sign of
// the shell ends it too, and is a word itself.
func (p *parser) wordEnd(at int, command bool) int {
	i := at
	for i < len(p.source) {
		switch b := p.source[i]; {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			return i
		case b == p.escape:
			if p.joins(i) > i {
				return i
			}
			i++
		case b == '"' || b == '\'':
			if end := p.quoteEnd(i); end > i {
				i = end - 1
			}
		case command && strings.IndexByte(signs, b) >= 0:
			if i > at {
				return i
			}
			for i < len(p.source) && p.source[i] == b {
				i++
			}
			return i
		}
		i++
	}
	return min(i, len(p.source))
}

// quoteEnd is the offset after the quote that closes the one at an offset, on the same line or on one that goes on; else the offset.
func (p *parser) quoteEnd(at int) int {
	quote := p.source[at]
	for i := at + 1; i < len(p.source); i++ {
		switch p.source[i] {
		case quote:
			return i + 1
		case p.escape:
			if next := p.joins(i); next > i {
				i = next - 1
			} else if quote == '"' {
				i++
			}
		case '\n':
			return at
		}
	}
	return at
}

// scalar makes the node of a word.
func (p *parser) scalar(start, end int) tree.ID {
	if id := p.hole(start, end); id != tree.None {
		return id
	}
	return p.Leaf(tree.String, p.plain(p.source[start:end]), start, end)
}

// plain is the text of a word without its quotes.
func (p *parser) plain(raw string) string {
	if strings.IndexByte(raw, '"') < 0 && strings.IndexByte(raw, '\'') < 0 && strings.IndexByte(raw, p.escape) < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	quote := byte(0)
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; {
		case b == p.escape && quote != '\'' && i+1 < len(raw):
			i++
			if raw[i] != '\n' {
				out = append(out, raw[i])
			}
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case b == quote:
			quote = 0
		default:
			out = append(out, b)
		}
	}
	return string(out)
}

// words reads the words up to the end of the instruction, and the documents that they announce.
func (p *parser) words(command bool) {
	var ends []string
	for !p.Full() {
		p.spaces()
		if p.ended() {
			break
		}
		start := p.at
		end := p.wordEnd(start, command)
		if word, next := p.announced(start); word != "" {
			ends, end = append(ends, word), next
		}
		p.Push(tree.RoleArgument, p.scalar(start, end))
		p.at = end
	}
	for _, word := range ends {
		p.document(word)
	}
}

// announced reads `<<WORD`, which says that the next lines up to the word belong to the instruction.
func (p *parser) announced(at int) (word string, end int) {
	rest, ok := strings.CutPrefix(p.source[at:], "<<")
	if !ok {
		return "", at
	}
	rest = strings.TrimPrefix(rest, "-")
	end = len(p.source) - len(rest)
	stop := p.wordEnd(end, true)
	return strings.Trim(p.source[end:stop], `"'`), stop
}

// document reads the lines up to a word.
func (p *parser) document(word string) {
	start := min(p.at+1, len(p.source))
	if p.open > maxOpen {
		return
	}
	for at := start; at < len(p.source); {
		length := strings.IndexByte(p.source[at:], '\n')
		if length < 0 {
			length = len(p.source) - at
		}
		if strings.TrimLeft(strings.TrimRight(p.source[at:at+length], "\r"), "\t") == word {
			p.Push(tree.RoleArgument, p.Leaf(tree.String, p.source[start:at], start, at))
			p.at = at + length
			return
		}
		at = min(at+length+1, len(p.source))
	}
	p.open++
	p.failed = true
}

// exec reads the words of the exec form, an array of texts of JSON. It reports false, and reads nothing, for any other form.
func (p *parser) exec() bool {
	if p.at >= len(p.source) || p.source[p.at] != '[' {
		return false
	}
	before, start := p.Checkpoint(), p.at
	mark := p.Mark()
	p.at++
	for first := true; ; first = false {
		p.spaces()
		switch {
		case p.ended():
		case p.source[p.at] == ']' && first:
		case p.pattern && (p.source[p.at] == '$' || p.source[p.at] == '.'):
			end := p.at
			for end < len(p.source) && strings.IndexByte(",] \t\n", p.source[end]) < 0 {
				end++
			}
			p.Push(tree.RoleElement, p.scalar(p.at, end))
			p.at = end
		case p.source[p.at] == '"':
			if end := textEnd(p.source, p.at); end > 0 {
				p.Push(tree.RoleElement, p.Leaf(tree.String, lex.Unescape(p.source[p.at+1:end-1], 0), p.at, end))
				p.at = end
			}
		}
		p.spaces()
		if !p.ended() && p.source[p.at] == ',' {
			p.at++
			continue
		}
		if !p.ended() && p.source[p.at] == ']' {
			p.at++
			if p.spaces(); p.ended() {
				p.Push(tree.RoleArgument, p.Close(mark, tree.Array, start, p.trimmed()))
				return true
			}
		}
		p.Rollback(before)
		p.at = start
		return false
	}
}

// textEnd is the end of a JSON string; 0 if there is none.
func textEnd(source string, at int) int {
	for i := at + 1; i < len(source); i++ {
		switch source[i] {
		case '"':
			return i + 1
		case '\n':
			return 0
		case '\\':
			i++
			if i >= len(source) || strings.IndexByte(`"\/bfnrtu`, source[i]) < 0 {
				return 0
			}
			if source[i] == 'u' && (i+4 >= len(source) || strings.Trim(source[i+1:i+5], "0123456789abcdefABCDEF") != "") {
				return 0
			}
		}
	}
	return 0
}
