package search

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/generic"
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
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
	// documents are the tokens by the kind of comments that they are without.
	documents map[string]*generic.Document
	// mayMatch reports whether the text has all names that every match of a pattern has.
	mayMatch func(*match.Pattern) bool
}

// texts prepares a source in a language. The tree may be nil.
func (s *Set) texts(language rule.Language, source string, parsed *tree.Tree) *texts {
	t := &texts{set: s, language: language, parse: s.languages[language].Parse, parsed: parsed != nil, documents: map[string]*generic.Document{}}
	if parsed == nil {
		parsed = tree.Unread(source)
	}
	t.file = match.NewFile(parsed)
	return t
}

// matched are the matches of patterns. At has the order of the leaves: where the matches of each stand in found. Most leaves match nothing; they share
// the first place, which is empty.
type matched struct {
	at    []int32
	found []match.Found
}

// of are the matches of a leaf.
func (m *matched) of(leaf int) *match.Found { return &m.found[m.at[leaf]] }

// cut reports whether a leaf ran out of steps.
func (m *matched) cut() bool {
	return slices.ContainsFunc(m.at, func(at int32) bool { return m.found[at].Cut })
}

// find matches the patterns of leaves that are in the language of the text. Those of other leaves match nothing.
func (t *texts) find(leaves []leaf) matched {
	m := matched{at: make([]int32, len(leaves)), found: make([]match.Found, 1)}
	var patterns []*match.Pattern
	var words []int
	numbers := map[*match.Pattern]int{}
	for i, l := range leaves {
		switch {
		case l.language != t.language:
		case l.text != nil:
			words = append(words, i)
		case l.pattern != nil:
			number, known := numbers[l.pattern]
			if !known && (t.mayMatch == nil || t.mayMatch(l.pattern)) {
				patterns = append(patterns, l.pattern)
				number = len(patterns)
			}
			numbers[l.pattern], m.at[i] = number, int32(number)
		}
	}
	if len(patterns) > 0 {
		if !t.parsed {
			t.file, t.parsed = match.NewFile(t.parse(t.file.Source)), true
		}
		m.found = append(m.found, match.Search(t.file, patterns)...)
	}
	for _, i := range words {
		m.at[i] = int32(len(m.found))
		m.found = append(m.found, t.words(leaves[i]))
	}
	return m
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
