package search

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/generic"
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
	literals "github.com/sluice-scan/sluice/scan/secret/match"
)

// texts is a source as the patterns of one language see it.
type texts struct {
	set      *Set
	language rule.Language
	file     *match.File
	// parse reads the source when a pattern needs its tree.
	parse func(source string) *tree.Tree
	// parsed says that the file has a tree; without a pattern of the language it needs none.
	parsed bool
	// escaped says that the source may write words in ways that a search for them does not see.
	escaped bool
	// documents are the tokens by the kind of comments that they are without.
	documents map[string]*generic.Document
	// lower is the source in lower case, and has says which literals it contains, once a pattern asks.
	lower string
	has   map[string]bool
}

// texts prepares a source in a language. The tree may be nil.
func (s *Set) texts(language rule.Language, source string, parsed *tree.Tree) *texts {
	t := &texts{set: s, language: language, parse: s.languages[language].Parse, parsed: parsed != nil, documents: map[string]*generic.Document{}}
	if parsed == nil {
		parsed = tree.Unread(source)
	}
	t.file = match.NewFile(parsed)
	t.escaped = (language == "json" || language == "yaml") && match.EscapesWords(source)
	return t
}

// find matches the patterns of leaves that are in the language of the text. The result has their order; that of other
// leaves is empty.
func (t *texts) find(leaves []leaf) []match.Found {
	found := make([]match.Found, len(leaves))
	var patterns []*match.Pattern
	at := make([]int, len(leaves))
	numbers := map[*match.Pattern]int{}
	for i, l := range leaves {
		switch {
		case l.language != t.language:
		case l.text != nil:
			found[i] = t.words(l)
		case l.pattern != nil:
			number, known := numbers[l.pattern]
			if !known && t.mayMatch(l.pattern) {
				patterns = append(patterns, l.pattern)
				number = len(patterns)
			}
			numbers[l.pattern], at[i] = number, number
		}
	}
	if len(patterns) == 0 {
		return found
	}
	if !t.parsed {
		t.file, t.parsed = match.NewFile(t.parse(t.file.Source)), true
	}
	matches := match.Search(t.file, patterns)
	for i, number := range at {
		if number > 0 {
			found[i] = matches[number-1]
		}
	}
	return found
}

// mayMatch reports whether the text contains all that every match of a pattern contains.
func (t *texts) mayMatch(p *match.Pattern) bool {
	if t.escaped {
		return true
	}
	for _, literal := range p.Literals() {
		has, known := t.has[literal]
		if !known {
			if t.has == nil {
				t.has, t.lower = map[string]bool{}, literals.LowerASCII(t.file.Source)
			}
			has = strings.Contains(t.lower, literals.LowerASCII(literal))
			t.has[literal] = has
		}
		if !has {
			return false
		}
	}
	return true
}

// words matches a pattern of text.
func (t *texts) words(l leaf) (found match.Found) {
	document := t.documents[l.comments]
	if document == nil {
		document = generic.NewDocument(t.file.Source, l.comments)
		t.documents[l.comments] = document
	}
	matches, cut := l.text.Find(document)
	found.Cut = cut
	for _, m := range matches {
		one := match.Match{Start: m.Start, End: m.End, Node: tree.Root, Bound: make([]match.Bound, len(m.Bound))}
		for i, r := range m.Bound {
			if m.Set[i] {
				one.Bound[i] = match.Bound{Start: r.Start, End: r.End, Text: t.file.Source[r.Start:r.End], IsText: true}
			}
		}
		found.Matches = append(found.Matches, one)
	}
	return found
}
