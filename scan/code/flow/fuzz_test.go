package flow_test

import (
	"testing"

	"github.com/sluice-scan/sluice/scan/code/rule"
)

// fuzz walks any source of a language.
func fuzz(f *testing.F, language rule.Language, seeds ...string) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Add(lawPrograms[language])
	more := sanitizers + "  pattern-propagators: [{pattern: $A.carry($B), from: $B, to: $A}]\n  options: {guarded_taint_signatures: true}\n"
	set := newSet(f, taintRule(language, more))
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 4096 {
			return
		}
		list, _ := findings(set, language, source)
		for _, finding := range list {
			if len(finding.Steps) < 2 || int(finding.End) > len(source) {
				t.Fatalf("a finding without a way: %q", source)
			}
		}
	})
}

func FuzzPython(f *testing.F) {
	fuzz(f, "python",
		"class A(B):\n  k = source()\n  def __init__(self, *a, **k): self.x, *r = a\n  @property\n  def p(self): return self.x\nsink(A(*[1, source()]).p)\n",
		"def g(n):\n  yield from [n]\n  try:\n    raise E(n)\n  except E as e:\n    sink(e)\n  finally:\n    del n\nfor i in g(source()): sink({k: v for k, v in i.items()})\n",
		"match source():\n  case {'a': [x, *y], **z}: sink(y)\n  case A(b=c) | c: sink(c)\n",
		"from functools import partial\nf = partial(lambda a, b=1: a + b, source())\nsink(f()[1:-1])\nsetattr(f, 'x', getattr(f, 'y', source()))\n")
}

func FuzzJavaScript(f *testing.F) {
	fuzz(f, "js",
		"class A extends B { #p = source(); static s = 1; get v() { return this.#p; } set v(x) { this.#p = x; } constructor(...a) { super(...a); } }\nsink(new A(1).v)",
		"const {a, b: [c, ...d], ...e} = {a: 1, ...source()}; sink(d, e); for (const k in e) { switch (k) { case 'a': continue; default: sink(k) } }",
		"new Promise((ok, no) => ok(source())).then(v => sink(v)).catch(sink); f.call(o, ...[1]); f.bind(o, source())(); sink(`a${x ?? source()}`); g`t${1}`",
		"const m = new Map([['a', source()]]); m.set('b', m); m.delete('a'); [...m.values()].reduce((p, q) => p.concat(q), []).splice(1).reverse().push(m)")
}

func FuzzJava(f *testing.F) {
	fuzz(f, "java",
		"@",
		"class A extends B implements I { String x; A(String x) { this.x = x; } String get() { return x; } void f() { A a = new A(source()) { String get() { return x; } }; sink(a.get()); } }",
		"class A { void f(String... a) { try (R r = open()) { List<String> l = List.of(a); l.add(0, source()); l.forEach(x -> sink(x)); } catch (E | F e) { sink(e); } finally { sink(a[0]); } } }",
		"enum E { A(source()); final String s; E(String s) { this.s = s; } void f(Object o) { if (o instanceof String t) sink(t); String q = switch (o) { case 1 -> s; default -> { yield \"\"; } }; sink(q); } }")
}

func FuzzGo(f *testing.F) {
	fuzz(f, "go",
		"package p\nfunc f() { p := &p; *p = source(); sink(p.x(), p.y) }",
		"package p\ntype T struct { A string; *B }\nfunc (t *T) Get() (s string, err error) { s = t.A; return }\nfunc f(n I) { t := T{A: source()}; u := t; p := &u; *p = t; x, _ := p.Get(); sink(x, n.M()) }",
		"package p\nfunc f(c chan string) { defer func() { sink(recover()) }(); go func() { c <- source() }(); select { case x := <-c: sink(x); default: }; for i, v := range append([]string{}, source()) { m[v] = i; delete(m, v) }; panic(c) }",
		"package p\nfunc f(x any) { switch t := x.(type) { case string: sink(t); fallthrough; case int: goto end }; end: for ; ; { break end } }")
}
