package code_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
)

// TestPartsAsPatterns: parts of declarations and literals are whole patterns. A source that begins with "!" does not match.
func TestPartsAsPatterns(t *testing.T) {
	t.Parallel()
	const inGo = "package a\n"
	for _, c := range []struct {
		language rule.Language
		pattern  string
		sources  []string
	}{
		{"go", "switch $X {\ncase ...\n}", []string{inGo + "func f() { switch a { case 1: b()\ndefault: c() } }", inGo + "func f() { switch a { } }", "!" + inGo + "func f() { if a { } }"}},
		{"go", "switch $X {\ncase ...\ncase 2: g()\ncase ...\n}", []string{inGo + "func f() { switch a { case 1: b()\ncase 2: g()\ndefault: c() } }", "!" + inGo + "func f() { switch a { case 1: g() } }"}},
		{"go", "select {\ncase ...\ncase $C <- $V: ...\ncase ...\n}", []string{inGo + "func f() { select { case c <- i: g()\ndefault: h() } }", "!" + inGo + "func f() { select { case <-c: g() } }"}},
		{"go", "$F(...) bool", []string{inGo + "type A interface { Good(a int) bool }", "!" + inGo + "type A interface { Bad() }"}},
		{"go", "{..., OK: $V, ...}", []string{inGo + "var a = []A{{OK: 1}}", inGo + "var a = []A{{B: 2, OK: 1, C: 3}}", "!" + inGo + "var a = []A{{B: 2}}"}},
		{"go", "..., $X := f()", []string{inGo + "func g() { a, b := f() }", "!" + inGo + "func g() { a, b := h() }"}},
		{"go", "if ..., $X := f(); $X != nil { ... }", []string{inGo + "func g() { if a, err := f(); err != nil { } }", "!" + inGo + "func g() { if err, a := f(); err != nil { } }"}},
		{"go", "if a { b() }", []string{inGo + "func f() { if a { b() } }"}},
		{"java", "class $C<...,T,...> { ... }", []string{"class A<T> { }", "class A<S, T, U> { int a; }", "!class A<S> { }", "!class A { }"}},
		{"java", "List<...> $X;", []string{"class A { List<String> a; }", "!class A { Set<String> a; }"}},
		{"java", "f(<... $X ...>)", []string{"class A { void g() { f(a + b); } }"}},
		{"java", "@A class $C", []string{"@A class B { void f() { } }", "@C @A public class B extends D { }", "!class B { }"}},
		{"js", "function ...(...) { ... }", []string{"function f(a) { g() }", "x(function (a) { })", "x(function named() { })", "x(() => { })", "!class A { }"}},
		{"ts", "import $I = $M;", []string{"import a = require('b')", "!import a from 'b'"}},
		{"ts", "import $M;", []string{"import 'b'"}},
		{"ts", "function ...($A: string, ...) { ... }", []string{"function f(a: string, b: number) { }", "!function f(a: number) { }"}},
	} {
		rules, refused := rule.Parse("r.yaml", []byte("rules:\n- id: r\n  languages: ["+string(c.language)+"]\n  severity: INFO\n  message: m\n  pattern: |\n    "+strings.ReplaceAll(c.pattern, "\n", "\n    ")+"\n"))
		require.Empty(t, refused, c.pattern)
		set, refused := search.NewSet(rules, code.Languages())
		require.Empty(t, refused, c.pattern)
		for _, source := range c.sources {
			text, not := strings.CutPrefix(source, "!")
			found := set.Search(search.Input{Source: text, Language: c.language, Now: time.Unix(0, 0)}).Findings
			require.Equal(t, !not, len(found) > 0, "%s in %s", c.pattern, source)
		}
	}
}
