package code

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/tree"
	"github.com/sluice-scan/sluice/scan/display"
)

// comment is a comment of a file.
type comment struct {
	text string
	// alone says that nothing else stands on its first line.
	alone bool
	line  int
}

// comments are the comments of a file that may allow a finding, by the line on which they stand.
type comments struct{ byLine map[int][]comment }

// allowWords are in every comment that allows a finding.
var allowWords = []string{"nosem", "sluice:allow"}

// mayAllow reports whether a text has a word that a comment must have to allow a finding.
func (e *examination) mayAllow(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(append(slices.Clone(allowWords), e.detector.options.Foreign.words()...), func(word string) bool { return strings.Contains(text, word) })
}

// readComments reads the comments. A file without a front end has none that are known; its lines are read as text then.
func (e *examination) readComments() *comments {
	if e.comments != nil {
		return e.comments
	}
	e.comments = &comments{byLine: map[int][]comment{}}
	if !e.mayAllow(e.source) {
		return e.comments
	}
	if e.tree == nil && e.front.parse != nil {
		e.tree = e.front.parse(e.source)
	}
	if e.tree == nil {
		for i, line := range strings.Split(e.source, "\n") {
			e.comments.byLine[i+1] = append(e.comments.byLine[i+1], comment{line, false, i + 1})
		}
		return e.comments
	}
	for _, span := range e.tree.Comments {
		text := e.source[span.Start:span.End]
		if !e.mayAllow(text) {
			continue
		}
		line := e.line(int(span.Start))
		before := e.source[e.lines[line-1]:span.Start]
		for i, part := range strings.Split(text, "\n") {
			e.comments.byLine[line+i] = append(e.comments.byLine[line+i], comment{part, i > 0 || strings.TrimSpace(before) == "", line + i})
		}
	}
	return e.comments
}

// suppression finds the comment that allows a finding: on its first or last line, on the last line of its statement, on the
// line of its source, or alone on the line above one of the first lines. Steps are the way of a flow.
func (e *examination) suppression(f *scan.Finding, steps []place) *scan.Suppression {
	source := -1
	if len(steps) > 0 {
		first := steps[0]
		if first.in != e {
			elsewhere := scan.Finding{RuleID: f.RuleID, Start: int(first.Start), End: int(first.End)}
			if s := first.in.suppression(&elsewhere, nil); s != nil {
				return s
			}
		} else {
			source = int(first.Start)
		}
	}
	all := e.readComments()
	if s := e.warnings(f); s != nil || len(all.byLine) == 0 {
		return s
	}
	statement := tree.Span{Start: uint32(f.Start), End: uint32(f.End)}
	if e.tree != nil {
		statement = e.statement(statement.Start, statement.End)
	}
	first := []int{e.line(f.Start)}
	if source >= 0 {
		first = append(first, e.line(source))
	}
	for _, line := range append(slices.Clone(first), e.line(max(f.End-1, f.Start)), e.line(int(max(statement.End, 1))-1)) {
		for _, c := range all.byLine[line] {
			if s := e.allowed(f, c); s != nil {
				return s
			}
		}
	}
	for _, line := range append(first, e.line(int(statement.Start))) {
		for _, c := range all.byLine[line-1] {
			if c.alone {
				if s := e.allowed(f, c); s != nil {
					return s
				}
			}
		}
	}
	return nil
}

// noSemgrep is semgrep's comment: nosem or nosemgrep, then perhaps a colon and ids, then perhaps a reason behind "--".
// Source: https://semgrep.dev/docs/ignoring-files-folders-code#reference-summary
var noSemgrep = regexp.MustCompile(`(?i)(?:^|\s|#|//|\*|<!--|;)nosem(?:grep)?(?:\s*:\s*([\w.,\s-]*)|\s|$|\*)`)

// allowed is the suppression by a comment, or nil when it does not speak of the finding's rule.
func (e *examination) allowed(f *scan.Finding, c comment) *scan.Suppression {
	made := func(reason string) *scan.Suppression {
		return &scan.Suppression{Kind: scan.SuppressedInline, Reason: reason, Source: fmt.Sprintf("%s:%d", e.path, c.line)}
	}
	if reason, ok := scan.AllowComment([]byte(c.text), f.RuleID); ok {
		return made(reason)
	}
	if e.tree == nil {
		return e.allowedInText(f, c, made)
	}
	if at := noSemgrep.FindStringSubmatchIndex(c.text); at != nil {
		return e.semgrep(f, c.text, at, made)
	}
	return e.foreign(f, c.text, made)
}

// commentSign begins a comment in most languages.
var commentSign = regexp.MustCompile(`(?:^|\s)(?:#|//|/\*|<!--|--|;)`)

// allowedInText is allowed for a line of a file whose comments are not known.
func (e *examination) allowedInText(f *scan.Finding, c comment, made func(string) *scan.Suppression) *scan.Suppression {
	sign := commentSign.FindStringIndex(c.text)
	if sign == nil {
		return nil
	}
	text := c.text[sign[0]:]
	if at := noSemgrep.FindStringSubmatchIndex(text); at != nil {
		return e.semgrep(f, text, at, made)
	}
	return nil
}

// semgrep reads the ids and the reason of semgrep's comment; at is the match of noSemgrep. An id counts also when it is
// longer than the rule's by a path in front, as semgrep writes it.
func (e *examination) semgrep(f *scan.Finding, text string, at []int, made func(string) *scan.Suppression) *scan.Suppression {
	reason := ""
	if i := strings.Index(text[at[0]:], "--"); i >= 0 {
		reason = strings.Trim(display.Code([]byte(text[at[0]+i:])), " \t-*/>")
	}
	if at[2] < 0 || strings.TrimSpace(text[at[2]:at[3]]) == "" {
		return made(reason)
	}
	list, _, _ := strings.Cut(text[at[2]:at[3]], "--")
	for _, id := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if id == f.RuleID || strings.HasSuffix(id, "."+f.RuleID) || strings.HasSuffix(f.RuleID, "."+id) {
			return made(reason)
		}
	}
	return nil
}
