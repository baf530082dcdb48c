package scan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/display"
)

// allowMarkers suppress the findings of a line. The first is ours; the others are those of gitleaks and of Soteri's and
// Yelp's tools, which people already have in their code.
var allowMarkers = [...][]byte{
	[]byte("sluice:allow"), []byte("gitleaks:allow"), []byte("pragma: allowlist-secret"), []byte("pragma: allowlist secret"),
}

// nextLineMarkers suppress the findings of the next line. The second is that of detect-secrets
// (https://github.com/Yelp/detect-secrets#inline-allowlisting).
var nextLineMarkers = [...][]byte{[]byte("sluice:allow-next-line"), []byte("pragma: allowlist nextline secret")}

// applyInline suppresses the findings (all of one file, located) whose first or last line has an allow comment.
func applyInline(path string, data []byte, findings []Finding) {
	if !marked(data) {
		return
	}
	for i := range findings {
		f := &findings[i]
		if f.StartLine == 0 || f.End > len(data) || f.Suppression != nil || f.CommentsRead {
			continue
		}
		if !f.allowedAt(path, data, f.Start, f.StartLine) && f.EndLine != f.StartLine {
			f.allowedAt(path, data, f.End, f.EndLine)
		}
	}
}

// marked reports whether a text has a marker at all. Most have none, and their lines need no look.
func marked(data []byte) bool {
	contained := func(marker []byte) bool { return bytes.Contains(data, marker) }
	return slices.ContainsFunc(allowMarkers[:], contained) || slices.ContainsFunc(nextLineMarkers[:], contained)
}

func (f *Finding) allowedAt(path string, data []byte, offset, number int) bool {
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	line := data[start:lineEnd(data, start)]
	reason, ok := allowComment(line, f.RuleID)
	if !ok && start > 0 {
		before := bytes.LastIndexByte(data[:start-1], '\n') + 1
		above := data[before:lineEnd(data, before)]
		for _, marker := range nextLineMarkers {
			if at := bytes.Index(above, marker); !ok && at >= 0 && inComment(above[:at]) && endsWord(above[at+len(marker):]) {
				reason, ok, number = trimComment(above[at+len(marker):]), true, number-1
			}
		}
	}
	if ok {
		f.Suppression = &Suppression{Kind: SuppressedInline, Reason: reason, Source: fmt.Sprintf("%s:%d", path, number)}
	}
	return ok
}

// allowComment looks for an allow marker for the rule on one line and returns the text after it as the reason. The
// marker must be in a comment (# // /* ' <!-- and, for SQL and INI files, -- and ;), with only blanks or brackets next
// to it. "sluice:allow[RULE_ID,OTHER]" applies only to those rules.
func allowComment(line []byte, rule string) (reason string, ok bool) {
	for i, marker := range allowMarkers {
		for from := 0; ; {
			at := bytes.Index(line[from:], marker)
			if at < 0 {
				break
			}
			at += from
			from = at + len(marker)
			if !inComment(line[:at]) {
				continue
			}
			rest := line[from:]
			if i == 0 && bytes.HasPrefix(rest, nextLineMarkers[0][len(marker):]) {
				// It speaks of the next line.
				continue
			}
			if i == 0 && len(rest) > 0 && rest[0] == '[' {
				list, behind, closed := bytes.Cut(rest[1:], []byte("]"))
				if !closed || !slices.Contains(strings.FieldsFunc(string(list), func(r rune) bool { return r == ',' || r == ' ' }), rule) {
					continue
				}
				rest = behind
			}
			if !endsWord(rest) {
				continue
			}
			return trimComment(rest), true
		}
	}
	return "", false
}

// inComment reports whether the text before a marker opens a comment and the marker is a separate word in it.
func inComment(before []byte) bool {
	if n := len(before); n > 0 {
		switch before[n-1] {
		case ' ', '\t', '#', '/', '*', '\'', '-', ';', '(', '[':
		default:
			return false
		}
	}
	for i := range before {
		// A comment starts at the beginning of the line or after the end of a word or statement. So the slashes of a URL and
		// the quote of a string do not open one.
		if i > 0 && !bytes.ContainsRune([]byte(" \t;,)}]>\"'"), rune(before[i-1])) {
			continue
		}
		rest := before[i:]
		switch {
		case rest[0] == '#', rest[0] == ';',
			bytes.HasPrefix(rest, []byte("//")), bytes.HasPrefix(rest, []byte("/*")),
			bytes.HasPrefix(rest, []byte("<!--")), bytes.HasPrefix(rest, []byte("-- ")):
			return true
		case rest[0] == '\'' && len(rest) > 1 && rest[1] == ' ' && bytes.Count(before[:i], []byte{'\''})%2 == 0:
			return true
		}
	}
	return false
}

// AllowComment looks for a comment that allows the findings of a rule in the text of one comment, with the signs that
// begin it. It returns the text behind it as the reason.
func AllowComment(comment []byte, rule string) (reason string, ok bool) {
	for line := range bytes.Lines(comment) {
		if reason, ok = allowComment(line, rule); ok {
			return reason, true
		}
	}
	return "", false
}

func endsWord(rest []byte) bool {
	if len(rest) == 0 {
		return true
	}
	switch rest[0] {
	case ' ', '\t', '*', '-', ',', ';', ':', ')', ']', '\r':
		return true
	}
	return false
}

func trimComment(rest []byte) string {
	text := display.Code(rest[:min(len(rest), 400)])
	for _, closer := range []string{"*/", "-->"} {
		if i := strings.Index(text, closer); i >= 0 {
			text = text[:i]
		}
	}
	return strings.Trim(text, " \t:,;-()")
}
