package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Contexts are the rules that know their credential by a word near it. It is immutable.
type Contexts struct {
	rules []*rule.Live
	// words finds the words of the rules. byWord lists, for each word, the indices of the rules that have it.
	words  *match.Automaton
	byWord [][]int
	// longest is the length of the longest value that one of them can match.
	longest int
}

// NewContexts compiles the words of the rules.
func NewContexts(rules []*rule.Live) (*Contexts, error) {
	c := &Contexts{rules: rules}
	var words []string
	index := make(map[string]int)
	for i, r := range rules {
		c.longest = max(c.longest, r.Longest)
		for _, word := range r.Context {
			at, ok := index[word]
			if !ok {
				at = len(words)
				index[word] = at
				words = append(words, word)
				c.byWord = append(c.byWord, nil)
			}
			c.byWord[at] = append(c.byWord[at], i)
		}
	}
	var err error
	c.words, err = match.NewAutomaton(words)
	return c, err
}

// mark sets near for the rules that have a word in the text.
func (c *Contexts) mark(near []bool, text []byte) {
	c.words.EachEnd(text, func(word, end int) {
		at := end - c.words.Lengths[word]
		if at > 0 && ascii.Is(text[at-1], ascii.ClassLower) && !ascii.Is(text[at], ascii.ClassUpper) {
			// It stands inside a longer word.
			return
		}
		for _, i := range c.byWord[word] {
			near[i] = true
		}
	})
}

// find returns the rule that knows a value by a word near it, and its verdict; nil when there is none. near is scratch
// space with a place for every rule.
func (c *Contexts) find(p *page.Page, near []bool, name []byte, first int, op notation.Operator, v notation.Value) (*rule.Live, check.Verdict) {
	text := p.Data[v.Start:v.End]
	if len(text) < minServiceCredential || len(text) > c.longest || op == notation.OpCompare || looks.Reference(text) || looks.Blank(text) || !ascii.Diverse(text, 6) {
		return nil, check.Verdict{}
	}
	about, ok := contextName(name)
	if !ok {
		return nil, check.Verdict{}
	}
	// The words near are those of the line and the name. Of a name without a secret-like noun only the last word counts.
	clear(near)
	if about != nil {
		c.mark(near, about)
	} else {
		c.mark(near, p.Data[ascii.LineStart(p.Data, first, 120):first+len(name)])
	}
	for i, r := range c.rules {
		if !near[i] || r.Off || len(text) > r.Longest || !p.Kind.Allows(r.File) || !r.Compiled().Anchored.Match(text) {
			continue
		}
		verdict := check.Plausible(text)
		if offline := r.Offline(); offline != nil {
			verdict = check.Worse(verdict, offline(p.Data, v.Start, v.End))
		}
		if !verdict.Drop {
			return r, p.Guess(verdict)
		}
	}
	return nil, check.Verdict{}
}

// contextName reports whether a name can hold a credential that is known by its context. When the name has no
// secret-like noun, about is its last word, which must be the context itself.
func contextName(name []byte) (about []byte, ok bool) {
	if looks.ClassifyName(name) != looks.NameOther {
		return nil, true
	}
	if bytes.HasSuffix(name, []byte("REPORTER_ID")) {
		// Code Climate calls its token an id.
		return nil, true
	}
	var words [looks.MaxNameWords][]byte
	n := looks.NameWords(name, &words)
	if n == 0 {
		return nil, false
	}
	for _, w := range words[:n] {
		if ascii.OneOf(looks.Spoilers, w) || ascii.OneOf(looks.Places, w) {
			return nil, false
		}
	}
	about = words[n-1]
	if ascii.OneOf(bareKeys, about) {
		return nil, true
	}
	return about, true
}

// bareKeys are names that do not say what they are a key to. The line does.
var bareKeys = ascii.WordSet(" api login key ")
