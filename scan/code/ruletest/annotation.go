package ruletest

import (
	"bytes"
	"regexp"
	"strings"
)

// Kind says what an annotation expects of a rule.
type Kind int

// The kinds.
const (
	// Expected: the rule finds the line (ruleid).
	Expected Kind = iota
	// Clean: the rule does not find the line (ok).
	Clean
	// TodoExpected: the rule should find the line and may miss it (todoruleid).
	TodoExpected
	// TodoClean: the rule should not find the line and may find it (todook).
	TodoClean
)

// Annotation is one id in one comment.
type Annotation struct {
	Kind Kind
	ID   string
	// Line is the line of the comment, Target the line that it speaks of: the next one that is no annotation itself.
	// Lines count from 1. Target may lie behind the last line.
	Line, Target int
}

// Problem is something about a test that a person must correct. Line is 0 when it is about a whole file.
type Problem struct {
	Path string
	Line int
	Text string
}

// openers begin comments, longer ones first; closers end them. They cover all languages of rules, and templates.
var (
	openers = []string{"{{/*", "{{--", "<!--", "<%--", "{/*", "<%#", "{#", "(*", "/*", "///", "//", "--", "#", ";", "%", "'"}
	closers = []string{"*/}}", "--}}", "-->", "--%>", "*/}", "%>", "#}", "*)", "*/"}
)

// keyword reads one keyword with its colon. semgrep's commercial engines have keywords of their own.
var keyword = regexp.MustCompile(`^(pro|deep)?(todo)?(ruleid|ok)[ \t]*:[ \t]*`)

// Annotations reads the annotations of a file, in its order. The language does not matter: a comment that contains an
// annotation stands alone on its line.
func Annotations(path string, data []byte) ([]Annotation, []Problem) {
	var all []Annotation
	var problems []Problem
	open := 0
	line := 0
	for len(data) > 0 {
		text, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		line++
		kind, ids, found := parse(text)
		if !found {
			for i := range all[open:] {
				all[open+i].Target = line
			}
			open = len(all)
			continue
		}
		if len(ids) == 0 && kind != Clean {
			problems = append(problems, Problem{Path: path, Line: line, Text: "the annotation has no id of a rule; write \"ruleid: ID\", several with commas"})
		}
		for _, id := range ids {
			all = append(all, Annotation{Kind: kind, ID: id, Line: line})
		}
	}
	for i := range all[open:] {
		all[open+i].Target = line + 1
	}
	return all, problems
}

// parse reads a line; false when it is no annotation.
func parse(text []byte) (kind Kind, ids []string, found bool) {
	// Most lines contain neither word.
	if !bytes.Contains(text, []byte("ruleid")) && !bytes.Contains(text, []byte("ok")) {
		return 0, nil, false
	}
	line := strings.TrimSpace(string(text))
	body := line
	for stripped := true; stripped; {
		stripped = false
		for _, opener := range openers {
			if rest, ok := strings.CutPrefix(body, opener); ok {
				body, stripped = strings.TrimSpace(rest), true
				break
			}
		}
	}
	match := keyword.FindStringSubmatch(body)
	if body == line || match == nil {
		return 0, nil, false
	}
	kind = Expected
	if match[3] == "ok" {
		kind = Clean
	}
	todo := match[2] != "" || match[1] != ""
	body = body[len(match[0]):]
	for _, closer := range closers {
		body = strings.TrimSpace(strings.TrimSuffix(body, closer))
	}
	// "ruleid: deepok: ID" says that engines differ: the line may be found or not.
	for more := keyword.FindString(body); more != ""; more = keyword.FindString(body) {
		todo = true
		body = body[len(more):]
	}
	if todo {
		kind = map[Kind]Kind{Expected: TodoExpected, Clean: TodoClean}[kind]
	}
	return kind, readIDs(body), true
}

// readIDs reads ids with commas between them. Words behind an id are a remark.
func readIDs(text string) []string {
	var ids []string
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		end := strings.IndexFunc(item, func(r rune) bool {
			return !(r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./", r))
		})
		switch {
		case end < 0:
			end = len(item)
		case item[end] != ' ' && item[end] != '\t':
			end = 0
		}
		if end > 0 {
			ids = append(ids, item[:end])
		}
	}
	return ids
}
