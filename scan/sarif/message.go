package sarif

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/display"
)

// Limits of imported texts, in bytes. A report cuts them further.
const (
	maxName  = 200
	maxTitle = 300
	maxProse = 4000
)

// message returns the unmasked text of a result, or "" if it has none that may be used; the package comment says why.
func (s *ruleSet) message(r *result, found *rule, secretive bool) string {
	if secretive {
		return ""
	}
	m := r.Message
	marked := m.Text == "" && m.Markdown != ""
	if m.Text == "" && m.Markdown == "" && m.ID != "" {
		template, ok := message{}, false
		if found != nil {
			template, ok = found.MessageStrings[string(m.ID)]
		}
		if !ok {
			template = s.strings[string(m.ID)]
		}
		m.Text, m.Markdown = template.Text, template.Markdown
		marked = m.Text == "" && m.Markdown != ""
		m.Text = text(fill(string(cmp.Or(m.Text, m.Markdown)), m.Arguments, true))
	} else {
		m.Text = text(fill(string(cmp.Or(m.Text, m.Markdown)), m.Arguments, len(m.Arguments) > 0))
	}
	said := short(string(m.Text), 4*maxProse)
	if marked {
		return prose(unlink(layout(said)))
	}
	if said = unlink(said); looksMarkdown().MatchString(said) {
		said = layout(said)
	}
	return prose(said)
}

// hide masks what mask finds, and words that look like tokens. Without mask, which knows secrets, it also masks the
// quotations in a message about a secret.
func hide(text, path string, mask func(path, text string) string) string {
	if mask != nil {
		return maskTokens(mask(path, text))
	}
	if contains(text, quotedWords) {
		text = maskQuoted(text)
	}
	return maskTokens(text)
}

// quotedWords make a message with a quotation suspicious, whatever its rule is called.
var quotedWords = []string{"passw", "secret", "credential", "api key", "apikey", "api_key", "private key"}

// quoted matches quotations. An apostrophe within a word is not a quote.
var quoted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\"[^\"]*\"|`[^`]*`|\\B'[^']*'") })

var apostrophe = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\w'\w`) })

// maskQuoted masks the quotations in a text. If the quotes do not pair, no part of the text can be trusted.
func maskQuoted(text string) string {
	rest := quoted().ReplaceAllString(text, "")
	if strings.ContainsAny(rest, "\"`") || strings.Contains(apostrophe().ReplaceAllString(rest, ""), "'") {
		return ""
	}
	return quoted().ReplaceAllStringFunc(text, func(part string) string { return part[:1] + "••••••••" + part[:1] })
}

// fill replaces the placeholders {0}, {1} by arguments; "{{" and "}}" are single braces (3.11.5). A placeholder without
// an argument stays.
func fill(template string, arguments []text, escaped bool) string {
	if !escaped || !strings.ContainsAny(template, "{}") {
		return template
	}
	var b strings.Builder
	for i := 0; i < len(template) && b.Len() <= 2*maxProse; i++ {
		c := template[i]
		if (c == '{' || c == '}') && i+1 < len(template) && template[i+1] == c {
			b.WriteByte(c)
			i++
			continue
		}
		if c == '{' {
			if end := strings.IndexByte(template[i:], '}'); end > 0 {
				if n, err := strconv.Atoi(template[i+1 : i+end]); err == nil && n >= 0 && n < len(arguments) {
					b.WriteString(string(arguments[n]))
					i += end
					continue
				}
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

var embeddedLink = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\[((?:[^\[\]\\]|\\.)*)\]\((?:\d+|https?://[^()\s]*)\)`)
})

// unlink replaces the links that a message may embed (3.11.6) by their texts.
func unlink(s string) string {
	if !strings.Contains(s, "](") {
		return s
	}
	return embeddedLink().ReplaceAllString(s, "$1")
}

// words returns the plain text of a description, or else its Markdown converted to text.
func words(m *message) string {
	switch {
	case m == nil:
		return ""
	case m.Text == "" || looksMarkdown().MatchString(short(string(m.Text), 4*maxProse)):
		return layout(short(string(cmp.Or(m.Text, m.Markdown)), 4*maxProse))
	}
	return string(m.Text)
}

func firstLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		s = s[:i]
	}
	return s
}

// clean makes one line of s, cut at limit bytes.
func clean(s string, limit int) string { return cut(display.Words(short(s, 4*limit)), limit) }

// prose keeps the lines of s and cleans each of them; several empty lines become one.
func prose(s string) string {
	s = strings.ReplaceAll(short(s, 4*maxProse), "\r\n", "\n")
	var b strings.Builder
	empty := 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(display.Line(line), " ")
		if line == "" {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if empty > 0 {
				b.WriteByte('\n')
			}
		}
		empty = 0
		b.WriteString(line)
	}
	return cut(b.String(), maxProse)
}

// cut shortens s to limit bytes, at a rune boundary, with an ellipsis.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.TrimRight(short(s, limit-len("…")), " \n") + "…"
}

// short returns s or its first limit bytes, without half a rune at the end.
func short(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// minSnippet is the length in bytes below which a snippet in a message is a name or a word, not a quotation.
const minSnippet = 8

// repeats reports whether any part of a message quotes the snippet, or a line of it.
func repeats(m *message, snippet string) bool {
	for line := range strings.Lines(snippet) {
		line = strings.TrimSpace(line)
		if len(line) < minSnippet {
			continue
		}
		if strings.Contains(string(m.Text), line) || strings.Contains(string(m.Markdown), line) {
			return true
		}
		for _, argument := range m.Arguments {
			if strings.Contains(string(argument), line) {
				return true
			}
		}
	}
	return false
}

var tokenLike = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9+_=-]{20,}`) })

// maskTokens masks the words of a text that look like tokens: at least 20 characters with upper case, lower case and
// three digits. Hashes, versions, identifiers and paths have fewer kinds of characters.
func maskTokens(s string) string {
	return tokenLike().ReplaceAllStringFunc(s, func(word string) string {
		var upper, lower, digits int
		for i := range len(word) {
			switch c := word[i]; {
			case 'A' <= c && c <= 'Z':
				upper++
			case 'a' <= c && c <= 'z':
				lower++
			case '0' <= c && c <= '9':
				digits++
			}
		}
		if upper == 0 || lower == 0 || digits < 3 {
			return word
		}
		return word[:4] + "••••••••"
	})
}
