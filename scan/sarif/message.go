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

// Limits of the texts that are taken over, in bytes. A report cuts them further to its own measure.
const (
	maxName  = 200
	maxTitle = 300
	maxProse = 4000
)

// message gives the text of a result before it is masked, or "" when it has none that may be taken over: the package's
// comment says why.
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

// hide masks what no text may show: what mask finds, and words that are shaped like a token. Without mask, which knows
// secrets, a message that speaks of one also loses what it quotes.
func hide(text, path string, mask func(path, text string) string) string {
	if mask != nil {
		return maskTokens(mask(path, text))
	}
	if contains(text, quotedWords) {
		text = maskQuoted(text)
	}
	return maskTokens(text)
}

// quotedWords make a message suspicious that also quotes something, whatever its rule is called.
var quotedWords = []string{"passw", "secret", "credential", "api key", "apikey", "api_key", "private key"}

// quoted matches what stands in quotes. An apostrophe within a word is none.
var quoted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\"[^\"]*\"|`[^`]*`|\\B'[^']*'") })

var apostrophe = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\w'\w`) })

// maskQuoted masks what a text quotes. When quotes do not pair, nothing of the text can be trusted.
func maskQuoted(text string) string {
	rest := quoted().ReplaceAllString(text, "")
	if strings.ContainsAny(rest, "\"`") || strings.Contains(apostrophe().ReplaceAllString(rest, ""), "'") {
		return ""
	}
	return quoted().ReplaceAllStringFunc(text, func(part string) string { return part[:1] + "••••••••" + part[:1] })
}

// fill puts arguments into the placeholders {0}, {1}; "{{" and "}}" stand for single braces (3.11.5). A placeholder
// without an argument stays.
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

// unlink leaves of the links that a message may embed (3.11.6) what they read.
func unlink(s string) string {
	if !strings.Contains(s, "](") {
		return s
	}
	return embeddedLink().ReplaceAllString(s, "$1")
}

// words gives the plain text of a description, or its markdown when it has nothing else, laid out as text.
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

// prose keeps the lines of s and cleans each; more than one empty line in a row is one.
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

// cut shortens s to limit bytes, on a rune's border, with an ellipsis.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.TrimRight(short(s, limit-len("…")), " \n") + "…"
}

// short is s or its first limit bytes, less what would be half a rune.
func short(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// minSnippet is the length in bytes below which a snippet in a message is a name or a word, and no quotation.
const minSnippet = 8

// repeats reports whether a message quotes the snippet, or a line of it, in any of its parts.
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

// maskTokens masks the words of a text that are shaped like a token: at least 20 characters with upper case, lower case
// and three digits. Hashes, versions, identifiers and paths have fewer kinds.
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
