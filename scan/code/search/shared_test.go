package search

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/rule"
)

// twoRules are taint rules whose sources are written in two places and say the same; other has another source.
const twoRules = `
x-sources: &sources
- patterns: [{pattern: 'source($X)'}, {metavariable-regex: {metavariable: $X, regex: '^a'}}]
rules:
- {id: one, languages: [python], severity: ERROR, message: m, mode: taint, pattern-sources: *sources, pattern-sinks: [{pattern: sink(...)}]}
- {id: two, languages: [python], severity: ERROR, message: m, mode: taint, pattern-sources: *sources, pattern-sinks: [{pattern: drain(...)}]}
- id: other
  languages: [python]
  severity: ERROR
  message: m
  mode: taint
  pattern-sources: [{patterns: [{pattern: 'source($X)'}, {metavariable-regex: {metavariable: $X, regex: '^b'}}]}]
  pattern-sinks: [{pattern: sink(...)}]
`

func TestRulesShareWhatEqualSourcesMatch(t *testing.T) {
	rules, refused := rule.Parse("rules.yml", []byte(twoRules))
	require.Empty(t, refused)
	s, refused := NewSet(rules, languages)
	require.Empty(t, refused)
	runs := s.Examine(Input{Source: "sink(source(a))\ndrain(source(ab))\nsink(source(b))\n", Language: "python"})
	require.Len(t, runs, 3)
	list := make([][]Range, 3)
	for i, run := range runs {
		list[i] = run.Ranges(run.Rule().Taint.Sources[0].Formula)
	}
	require.Len(t, list[0], 2)
	require.Same(t, &list[0][0], &list[1][0], "the second rule asks for the ranges of the first one")
	require.Len(t, list[2], 1)
	require.Equal(t, Origin(rules[0]), Origin(rules[1]))
	require.NotEqual(t, Origin(rules[0]), Origin(rules[2]))
}

func TestSharedRangesCountForEachRule(t *testing.T) {
	rules, _ := rule.Parse("rules.yml", []byte(twoRules))
	s, _ := NewSet(rules, languages)
	runs := s.Examine(Input{Source: "sink(source(a))\ndrain(source(ab))\n", Language: "python"})
	first, second := runs[0], runs[1]
	first.Ranges(first.Rule().Taint.Sources[0].Formula)
	for _, known := range first.shared {
		known.pairs, known.cut = maxPairs+1, true
	}
	require.False(t, second.Cut())
	second.Ranges(second.Rule().Taint.Sources[0].Formula)
	require.True(t, second.Cut(), "what ran out of steps for one rule did for the other")
}

func TestPatternsThatDifferInNamesAloneAreMatchedOnce(t *testing.T) {
	rules, refused := rule.Parse("rules.yml", []byte(`
rules:
- {id: one, languages: [python], severity: ERROR, message: 'one $B $A', pattern: '$B.f($A, "$C")'}
- {id: two, languages: [python], severity: ERROR, message: 'two $X $Y', pattern: '$X.f($Y, "$Z")'}
- {id: equal, languages: [python], severity: ERROR, message: 'equal $X', pattern: '$X.f($X, "$Z")'}
- {id: text, languages: [python], severity: ERROR, message: text, pattern: '$X.f($Y, "$Z $Z")'}
- {id: unbound, languages: [python], severity: ERROR, message: unbound, pattern: '$_.f($_, "$Z")'}
`))
	require.Empty(t, refused)
	s, refused := NewSet(rules, languages)
	require.Empty(t, refused)
	programs := s.programs["python"].programs
	pattern := func(i int) any { return programs[i].leaves[0].pattern }
	require.Same(t, pattern(0), pattern(1))
	for i := 2; i < len(programs); i++ {
		for j := range i {
			require.NotSame(t, pattern(j), pattern(i))
		}
	}
	var messages []string
	for _, f := range s.Search(Input{Source: "a.f(b, 'c')\n", Language: "python"}).Findings {
		messages = append(messages, f.Message)
	}
	require.Equal(t, []string{"one a b", "two a b", "unbound"}, messages)
}
