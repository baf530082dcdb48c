package sarif

import (
	"html"
	"regexp"
	"strings"
	"sync"
)

// marks are the expressions for Markdown syntax in a line.
type marks struct{ heading, rule, image, link, auto, bold, code, cell, tag, breaks *regexp.Regexp }

var markdownMarks = sync.OnceValue(func() *marks {
	return &marks{
		heading: regexp.MustCompile(`^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`),
		rule:    regexp.MustCompile(`^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|=+)$`),
		image:   regexp.MustCompile(`!\[([^\]]*)\]\([^()\s]*(?:[ \t]+"[^"]*")?\)`),
		link:    regexp.MustCompile(`\[((?:[^\[\]\\]|\\.)*)\]\((https?://[^()\s]*)(?:[ \t]+"[^"]*")?\)`),
		auto:    regexp.MustCompile(`<(https?://[^<>\s]+)>`),
		bold:    regexp.MustCompile(`\*\*([^*\s](?:[^*]*[^*\s])?)\*\*|\b__([^_\s](?:[^_]*[^_\s])?)__\b`),
		code:    regexp.MustCompile("``([^`]+)``|`([^`]+)`"),
		cell:    regexp.MustCompile(`^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+(?:[ \t]*:?-{2,}:?[ \t]*)?$|^[ \t]*\|[ \t]*:?-+:?[ \t]*\|?[ \t]*$`),
		tag:     regexp.MustCompile(`</?(?:a|b|i|em|strong|code|pre|p|div|span|ul|ol|li|table|thead|tbody|tr|td|th|h[1-6]|details|summary|sub|sup|blockquote|img|kbd)(?:[ \t][^<>]*)?/?>`),
		breaks:  regexp.MustCompile(`(?i)<br[ \t]*/?>|</(?:p|div|li|tr|h[1-6]|pre|summary)>`),
	}
})

// looksMarkdown detects Markdown in a text that should be plain: tools use it there too.
var looksMarkdown = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("(?m)^ {0,3}#{1,6} \\S|^ {0,3}```|\\*\\*\\S|\\]\\(https?://|^\\s*\\|.*\\|\\s*$|<br ?/?>")
})

// layout converts Markdown to text: it keeps the content and removes the syntax. Code stays unchanged, without its
// fences. A single underscore or asterisk stays, because it is often part of a name.
func layout(text string) string {
	m := markdownMarks()
	var b strings.Builder
	fence := ""
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = strings.TrimRight(line, "\n")
		mark := strings.TrimSpace(line)
		if fence != "" {
			if strings.HasPrefix(mark, fence) && strings.Trim(mark, fence[:1]) == "" {
				fence = ""
				continue
			}
			b.WriteString(line + "\n")
			continue
		}
		if strings.HasPrefix(mark, "```") || strings.HasPrefix(mark, "~~~") {
			fence = mark[:3]
			continue
		}
		if m.rule.MatchString(line) || m.cell.MatchString(line) {
			continue
		}
		b.WriteString(m.line(line) + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// line converts one line that is not code.
func (m *marks) line(line string) string {
	line = m.heading.ReplaceAllString(line, "$1")
	for quote := strings.TrimLeft(line, " "); strings.HasPrefix(quote, "> ") || quote == ">"; quote = strings.TrimLeft(line, " ") {
		line = strings.TrimPrefix(strings.TrimPrefix(quote, ">"), " ")
	}
	if cells := strings.TrimSpace(line); len(cells) > 1 && strings.HasPrefix(cells, "|") && strings.HasSuffix(cells, "|") {
		line = strings.TrimSpace(strings.Trim(cells, "|"))
	}
	line = m.image.ReplaceAllString(line, "$1")
	line = m.link.ReplaceAllStringFunc(line, func(whole string) string {
		parts := m.link.FindStringSubmatch(whole)
		if parts[1] == "" || parts[1] == parts[2] {
			return parts[2]
		}
		return parts[1] + " (" + parts[2] + ")"
	})
	line = m.auto.ReplaceAllString(line, "$1")
	line = m.bold.ReplaceAllString(line, "$1$2")
	line = m.code.ReplaceAllString(line, "$1$2")
	line = m.breaks.ReplaceAllString(line, "\n")
	line = m.tag.ReplaceAllString(line, "")
	if strings.Contains(line, "&") {
		line = html.UnescapeString(line)
	}
	return line
}
