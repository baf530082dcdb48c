package golang

import (
	"strconv"
	"strings"
)

// goToken is a word of a go.mod with its offset.
type goToken struct {
	text       string
	start, end int
}

// is reports whether the word is a mark of the grammar, and no quoted text that looks like one.
func (t goToken) is(mark string) bool { return t.text == mark && t.end-t.start == len(mark) }

// goTokens splits a line into its words, and returns the text of the comment after them.
func goTokens(line string, offset int) (tokens []goToken, comment string, ok bool) {
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || strings.HasPrefix(line[i:], "\ufeff"):
			if c > 0x7f {
				i += 2
			}
			i++
		case strings.HasPrefix(line[i:], "//"):
			return tokens, strings.TrimSpace(line[i+2:]), true
		case c == '"' || c == '`':
			end := i + 1
			for end < len(line) && line[end] != c {
				if line[end] == '\\' && c == '"' {
					end++
				}
				end++
			}
			if end >= len(line) {
				return tokens, "", false
			}
			text := line[i : end+1]
			if plain, err := strconv.Unquote(text); err == nil {
				text = plain
			}
			tokens = append(tokens, goToken{text: text, start: offset + i, end: offset + end + 1})
			i = end + 1
		case c == '(' || c == ')':
			tokens = append(tokens, goToken{text: string(c), start: offset + i, end: offset + i + 1})
			i++
		default:
			end := i
			for end < len(line) && !strings.ContainsRune(" \t\r\n()\"`", rune(line[end])) && !strings.HasPrefix(line[end:], "//") {
				end++
			}
			tokens = append(tokens, goToken{text: line[i:end], start: offset + i, end: offset + end})
			i = end
		}
	}
	return tokens, "", true
}
