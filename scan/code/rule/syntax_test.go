package rule

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// made is a formula that is written in both syntaxes: as the value of one key of the old one, and as a value of the new
// one.
type made struct {
	key      string
	old, new any
}

type object = map[string]any

// maker makes formulas.
type maker struct{ *rand.Rand }

func (m maker) pick(texts ...string) string { return texts[m.IntN(len(texts))] }

func (m maker) pattern() string {
	return m.pick("f($X)", "g($X, ...)", "$X.h()", "return $X\n", "if $X:\n  ...\n", "a: b", "'text'", "- item", "# note")
}

// formula makes a formula of some depth that may stand anywhere.
func (m maker) formula(depth int) made {
	text := m.pattern()
	if depth == 0 {
		if m.IntN(3) == 0 {
			return made{key: "pattern-regex", old: `a\d+`, new: object{"regex": `a\d+`}}
		}
		return made{key: "pattern", old: text, new: text}
	}
	switch m.IntN(4) {
	case 0:
		return m.formula(depth - 1)
	case 1:
		var old, new []any
		for range 1 + m.IntN(3) {
			member := m.formula(depth - 1)
			old, new = append(old, object{member.key: member.old}), append(new, member.new)
		}
		return made{key: "pattern-either", old: old, new: object{"any": new}}
	case 2:
		inner := m.formula(depth - 1)
		return made{key: "semgrep-internal-pattern-anywhere", old: m.operand(inner), new: object{"anywhere": inner.new}}
	}
	return m.conjunction(depth)
}

// top makes a formula that may be a whole one: the old syntax has no key for some parts.
func (f made) top() made {
	if f.key != "semgrep-internal-pattern-anywhere" {
		return f
	}
	return made{key: "patterns", old: []any{object{"pattern": "f()"}, object{f.key: f.old}}, new: object{"all": []any{"f()", f.new}}}
}

// operand writes what is in a negation: a pattern may stand there as a text.
func (m maker) operand(f made) any {
	if f.key == "pattern" && m.IntN(2) == 0 {
		return f.old
	}
	return object{f.key: f.old}
}

func (m maker) conjunction(depth int) made {
	first := m.formula(depth - 1)
	old, all := []any{object{first.key: first.old}}, []any{first.new}
	for range m.IntN(4) {
		f := m.formula(depth - 1)
		switch m.IntN(4) {
		case 0:
			old, all = append(old, object{f.key: f.old}), append(all, f.new)
		case 1:
			old, all = append(old, object{"pattern-inside": m.operand(f)}), append(all, object{"inside": f.new})
		case 2:
			old, all = append(old, object{"pattern-not": m.operand(f)}), append(all, object{"not": f.new})
		case 3:
			old, all = append(old, object{"pattern-not-inside": m.operand(f)}), append(all, object{"not": object{"inside": f.new}})
		}
	}
	both := object{"all": all}
	var where []any
	for range m.IntN(3) {
		f := m.formula(depth - 1).top()
		inOld := object{"metavariable": "$X", f.key: f.old}
		inNew := object{"metavariable": "$X"}
		if written, ok := f.new.(object); ok {
			for key, v := range written {
				inNew[key] = v
			}
		} else {
			inNew["pattern"] = f.new
		}
		switch {
		case m.IntN(4) == 0:
			old, where = append(old, object{"focus-metavariable": "$X"}), append(where, object{"focus": "$X"})
		case f.key == "pattern-regex":
			old = append(old, object{"metavariable-regex": object{"metavariable": "$X", "regex": f.old, "constant-propagation": true}})
			where = append(where, inNew)
		case m.IntN(3) == 0:
			old = append(old, object{"metavariable-comparison": object{"comparison": "$X > 1"}})
			where = append(where, object{"comparison": "$X > 1"})
		default:
			old, where = append(old, object{"metavariable-pattern": inOld}), append(where, inNew)
		}
	}
	if len(where) > 0 {
		both["where"] = where
	}
	return made{key: "patterns", old: old, new: both}
}

// TestAnyFormulaIsTheSameInBothSyntaxes makes formulas at random, the same ones each time.
func TestAnyFormulaIsTheSameInBothSyntaxes(t *testing.T) {
	t.Parallel()
	m := maker{rand.New(rand.NewPCG(1, 2))}
	for range 500 {
		f := m.formula(m.IntN(5)).top()
		rest := object{"id": "a", "languages": []string{"python"}, "severity": "LOW", "message": "m"}
		formula := func(key string, v any) Formula {
			rest[key] = v
			defer delete(rest, key)
			data, err := json.Marshal([]any{rest})
			require.NoError(t, err)
			rules, refused := Parse("r.json", data)
			require.Empty(t, refused, string(data))
			return rules[0].Match
		}
		old, new := formula(f.key, f.old), formula("match", f.new)
		require.Equal(t, draw(old), draw(new))
		Walk(old, func(part Formula) { sound(t, part) })
	}
}

func TestSharedPartsAndGuards(t *testing.T) {
	t.Parallel()
	rules, refused := Parse("r.yaml", []byte(`
x-source: &source [{pattern: f()}]
rules:
- id: r
  languages: [python]
  severity: HIGH
  message: m
  mode: taint
  pattern-sources: *source
  pattern-sinks: [{pattern: g(...)}]
  pattern-guards:
  - {pattern: fine($X), cleans: $X}
  - {pattern: bad($X), cleans: $X, when: false}
`))
	require.Empty(t, refused)
	require.Len(t, rules, 1)
	guards := rules[0].Taint.Guards
	require.Len(t, guards, 2)
	require.Equal(t, "$X", guards[0].Cleans)
	require.False(t, guards[0].Fails)
	require.True(t, guards[1].Fails)
	_, refused = Parse("r.yaml", []byte("y: 1\nrules: []\n"))
	require.NotEmpty(t, refused, "other keys are refused")
}
