package rule

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// keysOf are the keys of the sources of a rule.
func keysOf(t *testing.T, sources string) []string {
	t.Helper()
	rules, refused := Parse("rules.yml", []byte("rules:\n- id: a\n  languages: [python]\n  severity: ERROR\n  message: m\n  mode: taint\n  pattern-sinks: [{pattern: sink(...)}]\n  pattern-sources:\n  "+strings.ReplaceAll(strings.TrimSpace(sources), "\n", "\n  ")+"\n"))
	require.Empty(t, refused, sources)
	var keys []string
	for _, s := range rules[0].Taint.Sources {
		keys = append(keys, Key(s.Formula))
	}
	return keys
}

func TestFormulasThatSayTheSameShareTheirKey(t *testing.T) {
	keys := keysOf(t, `
- patterns: [{pattern: f($X)}, {pattern-not: f(1)}, {metavariable-regex: {metavariable: $X, regex: a}}, {focus-metavariable: $X}]
- patterns:
  - pattern: f($X)
  - pattern-not: f(1)
  - metavariable-regex: {metavariable: $X, regex: a}
  - focus-metavariable: $X
`)
	require.Equal(t, keys[0], keys[1])
}

func TestFormulasThatDifferHaveOtherKeys(t *testing.T) {
	keys := keysOf(t, `
- pattern: f($X)
- pattern-regex: f($X)
- pattern-either: [{pattern: f($X)}, {pattern: g($X)}]
- pattern-either: [{pattern: g($X)}, {pattern: f($X)}]
- patterns: [{pattern: f($X)}, {pattern: g($X)}]
- patterns: [{pattern: f($X)}, {pattern-not: g($X)}]
- patterns: [{pattern: f($X)}, {pattern-inside: g($X)}]
- patterns: [{pattern: f($X)}, {pattern-not-inside: g($X)}]
- patterns: [{pattern: f($X)}, {focus-metavariable: $X}]
- patterns: [{pattern: f($X)}, {metavariable-regex: {metavariable: $X, regex: a}}]
- patterns: [{pattern: f($X)}, {metavariable-regex: {metavariable: $X, regex: b}}]
- patterns: [{pattern: f($X)}, {metavariable-regex: {metavariable: $X, regex: a, constant-propagation: true}}]
- patterns: [{pattern: f($X)}, {metavariable-comparison: {comparison: int($X) > 1}}]
- patterns: [{pattern: f($X)}, {metavariable-comparison: {comparison: int($X) > 1, base: 16}}]
- patterns: [{pattern: f($X)}, {metavariable-pattern: {metavariable: $X, pattern: g(...)}}]
- patterns: [{pattern: f($X)}, {metavariable-pattern: {metavariable: $X, pattern: g(...), language: generic}}]
- patterns: [{pattern: f($X)}, {metavariable-type: {metavariable: $X, type: str}}]
- patterns: [{pattern: f($X)}, {metavariable-analysis: {metavariable: $X, analyzer: entropy}}]
- patterns: [{pattern: f($X)}, {metavariable-analysis: {metavariable: $X, analyzer: redos}}]
`)
	seen := map[string]int{}
	for i, key := range keys {
		require.NotContains(t, seen, key, "source %d says something else", i)
		seen[key] = i
	}
}
