package match

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/python"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// options are those of a rule that has none.
func options(t testing.TB) *rule.Options {
	t.Helper()
	rules, refused := rule.Parse("rules.yml", []byte("rules:\n- {id: a, languages: [python], message: m, severity: ERROR, pattern: f()}\n"))
	require.Empty(t, refused)
	return &rules[0].Options
}

func compile(t testing.TB, pattern string) *Pattern {
	t.Helper()
	parsed, err := python.ParsePattern(pattern)
	require.NoError(t, err, pattern)
	compiled, err := Compile(parsed, options(t))
	require.NoError(t, err, pattern)
	return compiled
}

// texts are what a pattern matches in a source, each with its bindings.
func texts(t testing.TB, pattern, source string) []string {
	t.Helper()
	p := compile(t, pattern)
	parsed := python.Parse(source)
	require.Zero(t, parsed.ErrorBytes, source)
	found := Search(NewFile(parsed), []*Pattern{p})[0]
	require.False(t, found.Cut)
	var all []string
	for _, m := range found.Matches {
		text := source[m.Start:m.End]
		for i, b := range m.Bound {
			if b.IsText {
				text += fmt.Sprintf(" %s=%q", p.Metavariables()[i], b.Text)
			} else if b.Nodes != nil {
				text += fmt.Sprintf(" %s=%s", p.Metavariables()[i], source[b.Start:b.End])
			}
		}
		all = append(all, text)
	}
	return all
}

// cases are patterns with sources: those that begin with `!` must not match, all others must.
var cases = []struct {
	name, pattern string
	sources       []string
}{
	{"expressions match anywhere", "f(1)", []string{"f(1)", "x = f(1)", "if a(f(1)): pass", "f(0x1)", "!f(2)", "!f(1, 1)", "!f()", "!g(1)", "@f(1)\ndef g(): pass"}},
	{"equal metavariables are equal trees", "$X == $X", []string{"a == a", "a.b(1) == a.b(0x1)", "(a) == a", "'a' == \"a\"", "!a == b", "!a.b == a.c", "!f(a) == f(b)"}},
	{"an underscore binds nothing", "$_ == $_", []string{"a == b"}},
	{"arguments are exact", "f($X)", []string{"f(a)", "!f()", "!f(a, b)", "!f(k=a)", "!f(*a)"}},
	{"dots are any arguments", "f(..., 1, ...)", []string{"f(1)", "f(1, 2)", "f(2, 1)", "f(a, 1, b, k=2)", "!f(2)", "!f(k=1)"}},
	{"keywords have no order", "f(a=1, b=2)", []string{"f(b=2, a=1)", "!f(a=1)", "!f(a=1, b=2, c=3)", "!f(0, a=1, b=2)"}},
	{"keywords behind dots", "f(..., k=$V, ...)", []string{"f(k=1)", "f(1, j=2, k=3)", "!f(1)"}},
	{"a name of a keyword may be open", "f($K=1)", []string{"f(a=1)", "!f(1)"}},
	{"lists have an order", "[1, ..., 2]", []string{"[1, 2]", "[1, 3, 2]", "!(1, 2)", "![2, 1]", "![1, 2, 3]"}},
	{"dicts have none and are exact", "{'a': 1, 'b': $X}", []string{"{'b': 2, 'a': 1}", "!{'a': 1}", "!{'a': 1, 'b': 2, 'c': 3}"}},
	{"dicts with dots", "{..., 'a': 1, ...}", []string{"{'b': 2, 'a': 1}", "!{'a': 2}", "!{'a'}"}},
	{"texts", `f("...")`, []string{"f('a')", "f('')", "f('a' 'b')", "f('a' + 'b')", "x = 'a'\nf(x)", "!f(1)", "!f(a)", "!f('a' + b)", "!f(f'{a}')", "f(f'a')"}},
	{"expressions in texts", `f("=~/^a.c$/i")`, []string{"f('abc')", "f('ABC')", "!f('abcd')", "x = 'abc'\nf(x)"}},
	{"the content of texts", `f("$X", "$X")`, []string{"f('a', \"a\")", "!f('a', 'b')", "!f('a', a)"}},
	{"interpolations", `f"...{$X}..."`, []string{"f'{a}'", "f'a{a}b{b}'", "!f'a'", "!'a'"}},
	{"deep expressions", "if <... $X == 1 ...>: ...", []string{"if a == 1: pass", "if b and not a == 1: pass", "if f(a == 1): pass", "!if a == 2: pass"}},
	{"statements in a row", "a()\nb()", []string{"a()\nb()", "if x:\n  a()\n  b()", "!a()\nc()\nb()", "!b()\na()", "!a()\nif x: b()"}},
	{"dots between statements go deeper", "a()\n...\nb()", []string{"a()\nb()", "a()\nc()\nb()", "a()\nif x:\n  while y: b()", "a()\nx = b()", "def f():\n  x = a()\n  return b()", "!b()\na()", "!if x: a()\nelse: pass\n"}},
	{"a block is exact", "if x:\n  a()", []string{"if x: a()", "if x:\n  a()\nelse: b()", "!if x:\n  a()\n  b()", "!if x:\n  b()\n  a()"}},
	{"a block with dots", "def f(...):\n  ...\n  a()\n  ...", []string{"def f(): a()", "def f(x, *y):\n  b()\n  a()\n  c()", "@d\nasync def f(x: int = 1) -> int: x = a()", "def f():\n  if b:\n    a()", "!def f(): b()", "!def g(): a()"}},
	{"heads without bodies", "def $F($X)", []string{"def f(a): pass", "def f(a: int = 1): pass", "!def f(): pass", "!def f(*a): pass"}},
	{"classes name what they must have", "class $C(B):\n  x = 1", []string{"class A(B): x = 1", "class A(C, B, k=1):\n  y = 2\n  x = 1\n  def f(self): pass", "!class A: x = 1", "!class A(B): x = 2"}},
	{"decorators have no order", "@a\n@b(...)\ndef $F(...): ...", []string{"@b()\n@c\n@a\ndef f(): pass", "!@a\ndef f(): pass", "!@a\n@b\ndef f(): pass"}},
	{"handlers have no order", "try: ...\nexcept A: ...", []string{"try: f()\nexcept B: pass\nexcept A as a: pass\nfinally: pass", "!try: f()\nexcept B: pass", "!try: f()\nexcept: pass"}},
	{"several types of a handler", "try: ...\nexcept (..., A, ...): ...", []string{"try: f()\nexcept A: pass", "try: f()\nexcept (B, A): pass", "!try: f()\nexcept B: pass"}},
	{"optional parts", "return ...", []string{"def f(): return", "def f(): return 1"}},
	{"assignments", "$X = 1", []string{"x = 1", "x: int = 1", "a.b = 1", "x = y = 1", "!x += 1", "!x == 1", "!f(x=1)"}},
	{"imported names", "a.b.c(...)", []string{"import a.b\na.b.c()", "from a.b import c\nc()", "from a import b as d\nd.c(1)", "import a.b as d\nd.c()", "from a.b import c as d\nx = d(1)", "a.b.c()", "!from a import c\nc()", "!from z import b\nb.c()", "!c()"}},
	{"functions of a module by metavariable", "a.b.$F(1)", []string{"from a.b import c\nc(1)", "from a.b import c as d\nd(1)", "import a.b\na.b.c(1)", "!from a import c\nc(1)", "!c(1)"}},
	{"imports by what they bring", "import a.b", []string{"import a.b", "import a.b.c", "from a import b", "from a.b import c", "import x, a.b as c", "!import a", "!from .a import b", "!import ab"}},
	{"imports of some", "from a import b, c", []string{"from a import c, d, b", "!from a import b"}},
	{"imports as a metavariable", "import a as $X\n...\n$X.f()", []string{"import a as b\nb.f()", "!import a as b\nc.f()"}},
	{"call chains", "a. ... .z()", []string{"a.z()", "a.b.c().d[1].z()", "!b.z()", "!a.z"}},
	{"chains of operators", "a and $X and b", []string{"a and c and b", "(a and c) and b", "a and (c and b)", "a and c and d and b", "!a and b", "!b and c and a", "!a or c or b"}},
	{"operators without an order", "a | b", []string{"a | b", "b | a", "a | c | b", "!a & b", "!a | c"}},
	{"sums", `"..." + ... + x`, []string{"'a' + x", "'a' + b + c + x", "!a + x"}},
	{"constants", "f(3)", []string{"f(3)", "x = 3\nf(x)", "f(1 + 2)", "X = 3\ndef g(): f(X)", "def g():\n  x = 1\n  x = x + 2\n  f(x)", "!def g(x): f(x)", "!x = 3\nx = 4\nf(x)", "!if a: x = 3\nf(x)", "if a: x = 3\nelse: x = 3\nf(x)", "!x = 3\nfor x in y: f(x)", "!x = 3\nwhile a:\n  f(x)\n  x = 4", "!X = 3\ndef g():\n  global X\n  X = 4\ndef h(): f(X)", "!class A:\n  x = 3\n  def g(self): f(x)", "x = 3\ntry: g()\nexcept E: pass\nf(x)", "!x = 3\ntry: x = g()\nexcept E: pass\nf(x)", "!x = 3\nwith a as x: f(x)", "!x = 3\nx, y = z\nf(x)"}},
	{"typed metavariables", "f(($X: int))", []string{"def g(a: int): f(a)", "a: int = b\nf(a)", "f(1)", "!f('a')", "!f(a)", "!def g(a: str): f(a)"}},
	{"types by constructors and imports", "($X: a.B).go()", []string{"from a import B\nx = B()\nx.go()", "import a\nx: a.B\nx.go()", "!from c import B\nx = B()\nx.go()"}},
	{"named sequences", "f($...A)\ng($...A)", []string{"f(1, 2)\ng(1, 2)", "f()\ng()", "!f(1)\ng(2)", "f(1, k=2)\ng(1, k=2)"}},
	{"conditions, loops, comprehensions", "for $X in $Y:\n  f($X)", []string{"for a in b: f(a)", "!for a in b: f(b)"}},
	{"elements of comprehensions", "[$X for $X in $Y]", []string{"[a for a in b]", "![f(a) for a in b]", "!(a for a in b)"}},
	{"else if", "if a: ...\nelse: ...", []string{"if a: b\nelse: c", "!if a: b", "!if b: c\nelse: d"}},
	{"guards of match", "match $X:\n  case 1 if $G: ...", []string{"match a:\n  case 2: b\n  case 1 if c: d", "!match a:\n  case 1: b"}},
	{"lambdas", "lambda $X: f($X)", []string{"lambda a: f(a)", "!lambda a, b: f(a)"}},
	{"parts of expressions are no expressions", "x", []string{"x", "f(x)", "x.y", "!f(x=1)", "!y.x", "!def x(): pass", "!import x", "!def f(x): pass"}},
	{"lone decorators", "@$D", []string{"@a\ndef f(): pass", "@a.b\nclass C: pass", "!@a()\ndef f(): pass"}},
	{"statements as metavariables", "if a:\n  $S", []string{"if a: return 1", "if a:\n  while b: pass"}},
	{"one metavariable is one variable", "$X = 1\n...\nf($X)", []string{"x = 1\nf(x)", "def g():\n  x = 1\n  f(x)", "x = 1\nif a: f(x)", "!x = 1\ndef g(x): f(x)", "!x = 1\ndef g():\n  x = 2\n  f(x)", "x = 1\ndef g(y): f(x)", "!x = 1\n[f(x) for x in y]"}},
	{"later statements under other names", "a()\n...\nb.c.d()", []string{"from b import c as e\na()\ne.d()", "from b.c import d\na()\nd()", "from b.c import d as e\na()\ne()", "import b.c as e\na()\ne.d()", "a()\nb.c.d()", "!a()\nd()"}},
	{"imports of everything", "a.f(...)", []string{"from a import *\nf()", "!from b import *\nf()", "!from a import *\nfrom b import f\nf()", "!from a import *\ndef g(f): f()", "!from a import *\ng()"}},
	{"several constants at once", "f(2)", []string{"a, b = 1, 2\nf(b)", "!a, b = 1, 2\nf(a)", "!a, b = *c, 2\nf(b)"}},
	{"one of several resources", "with f(...) as $X: ...", []string{"with f() as a: pass", "with g() as b, f(1) as a: pass", "!with g() as a: pass"}},
	{"causes are optional", "raise $E", []string{"raise a", "raise a from b"}},
	{"subscripts", "a[...]", []string{"a[1]", "a[1:2]", "a[1, 2]", "!b[1]"}},
}

func TestPatternsMatch(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		for _, source := range c.sources {
			text, not := strings.CutPrefix(source, "!")
			require.Equal(t, !not, len(texts(t, c.pattern, text)) > 0, "%s: %s\n%s", c.name, c.pattern, source)
		}
	}
}

func TestMatchesHaveAllBindingsAndTheirRange(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"f(a, b) $X=a", "f(a, b) $X=b"}, texts(t, "f(..., $X, ...)", "f(a, b)"))
	require.Equal(t, []string{"f(a, b, c) $A=a, b $X=c"}, texts(t, "f($...A, $X)", "f(a, b, c)"))
	require.Equal(t, []string{"f(a) $A="}, texts(t, "f(a, $...A)", "f(a)"))
	require.Equal(t, []string{"a()\nb()"}, texts(t, "a()\n...\nb()", "z()\na()\nb()\nc()"))
	require.Equal(t, []string{"import a\nb()\nc()"}, texts(t, "import a\n...", "z()\nimport a\nb()\nc()\n"))
	require.Equal(t, []string{`f('a') $X="a"`}, texts(t, `f("$X")`, "f('a')"))
	require.Equal(t, []string{"x = f(1) $X=x"}, texts(t, "$X = f(1);", "x = f(1)"))
	require.Equal(t, []string{"x == y $A=x $B=y", "y == x $A=y $B=x"}, texts(t, "$A == $B", "f(x == y, y == x)"))
	require.Equal(t, []string{"@a\ndef f(): pass $D=a"}, texts(t, "@$D\ndef f(): ...", "@a\ndef f(): pass"))
	require.Equal(t, []string{"return x"}, texts(t, "return x", "def f():\n  if a:\n    return x\n  return y"))
}

// part is a node of a sample, with the text of a pattern for it.
type part struct {
	id   tree.ID
	text string
	// from is the offset of the text in the sample.
	from uint32
}

// parts are the statements and expressions of a sample that can stand alone.
func parts(file *File) []part {
	var all []part
	source := file.Source
	for id := tree.Root + 1; int(id) < len(file.Nodes); id++ {
		start, end, text := file.Nodes[id].Start, file.Nodes[id].End, file.At(id)
		statement := file.Role(id) == tree.RoleItem || file.Role(id) == tree.RoleBody && file.Parent(id) == tree.Root
		parent := file.Kind(file.Parent(id))
		switch {
		case !statement && (!file.solver.expression(id) || file.Kind(id) == tree.Assign || file.Role(id) == tree.RolePart && file.Kind(id) == tree.String),
			// The second module of one import.
			file.Kind(id) == tree.Import && !strings.HasPrefix(text, "import") && !strings.HasPrefix(text, "from"),
			// `E, "text"` of version 2 is no call by itself, and a backtick no name.
			parent == tree.Throw && file.Kind(id) == tree.Call && !strings.Contains(text, "("), text == "`",
			// A tuple of slices stands nowhere else.
			file.Role(id) == tree.RoleIndex && file.Kind(id) == tree.Tuple:
			continue
		}
		if line := strings.LastIndexByte(source[:start], '\n') + 1; statement && strings.TrimSpace(source[line:start]) == "" {
			start = uint32(line)
		}
		all = append(all, part{id, source[start:end], start})
	}
	return all
}

// matchesItself requires that a pattern matches the node that it was made of.
func matchesItself(t *testing.T, file *File, id tree.ID, text string) {
	t.Helper()
	pattern, err := python.ParsePattern(text)
	if err != nil {
		pattern, err = python.ParsePattern("(" + text + ")")
	}
	require.NoError(t, err, text)
	compiled, err := Compile(pattern, options(t))
	require.NoError(t, err)
	span := file.Span(id)
	found := Search(file, []*Pattern{compiled})[0]
	require.True(t, slices.ContainsFunc(found.Matches, func(m Match) bool { return m.Start == span.Start && m.End == span.End }), "%q\n%s\n%v", text, pattern, found.Matches)
}

func TestAPatternMadeOfAnyPartMatchesIt(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"statements", "expressions", "version2"} {
		source, err := os.ReadFile("../python/testdata/" + name + ".py")
		require.NoError(t, err)
		file := NewFile(python.Parse(string(source)))
		all := parts(file)
		require.Greater(t, len(all), 30, name)
		replaced := 0
		for _, each := range all {
			matchesItself(t, file, each.id, each.text)
			for inner := each.id + 1; inner < file.Nodes[each.id].Limit; inner++ {
				switch file.Role(inner) {
				case tree.RoleArgument, tree.RoleLeft, tree.RoleRight, tree.RoleValue, tree.RoleOperand, tree.RoleObject, tree.RoleCondition:
				default:
					continue
				}
				span := file.Span(inner)
				if !file.solver.expression(inner) || file.Kind(file.Parent(inner)) == tree.Spread || file.Kind(file.Parent(inner)) == tree.Decorator || file.Kind(inner) == tree.Yield || strings.Contains(each.text, "print ") || strings.Contains(each.text, "raise ValueError,") || file.At(inner) == "`" || file.Kind(inner) == tree.Assign {
					continue
				}
				matchesItself(t, file, each.id, each.text[:span.Start-each.from]+"$X"+each.text[span.End-each.from:])
				replaced++
			}
		}
		require.Greater(t, replaced, 20, name)
	}
}

func TestAFilterNeverHidesAMatch(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		filter, err := NewNameFilter([][]string{compile(t, c.pattern).Literals(), {"not_in_any_source"}, {}})
		require.NoError(t, err)
		for _, source := range c.sources {
			text, not := strings.CutPrefix(source, "!")
			found := filter.Find([]byte(text))
			require.True(t, not || found[0], "%s\n%s", c.pattern, source)
			require.False(t, found[1])
			require.True(t, found[2])
		}
	}
	filter, err := NewNameFilter([][]string{compile(t, "os.system($X)").Literals(), compile(t, "eval(...)").Literals(), compile(t, "($X: Request).get()").Literals(), compile(t, "run(($X: str))").Literals()})
	require.NoError(t, err)
	require.Equal(t, []bool{true, false, false, false}, filter.Find([]byte("from os import system as s\ns(x)")))
	require.Equal(t, []bool{false, true, false, false}, filter.Find([]byte("os.popen(eval(x))")))
	require.Equal(t, []bool{false, false, false, true}, filter.Find([]byte("OS.systems(run(eval_it, MyRequest.get))")))
	require.Equal(t, []bool{false, false, true, false}, filter.Find([]byte("x: web.Request = g()\nx.get()")))
}

func FuzzSearch(f *testing.F) {
	for _, c := range cases {
		f.Add(c.pattern, c.sources[0])
	}
	rules := options(f)
	symbolic := *rules
	symbolic.SymbolicPropagation, symbolic.SymmetricEquality, symbolic.CommutativeBooleans = true, true, true
	f.Fuzz(func(t *testing.T, pattern, source string) {
		parsed, err := python.ParsePattern(pattern)
		if err != nil {
			return
		}
		file := NewFile(python.Parse(source))
		for _, o := range []*rule.Options{rules, &symbolic} {
			p, err := Compile(parsed, o)
			if err != nil {
				continue
			}
			for _, m := range Search(file, []*Pattern{p})[0].Matches {
				require.LessOrEqual(t, m.Start, m.End)
				require.LessOrEqual(t, int(m.End), len(source))
				for _, b := range m.Bound {
					require.LessOrEqual(t, b.Start, b.End)
					require.LessOrEqual(t, int(b.End), len(source))
				}
			}
		}
	})
}

// TestWhatLanguagesMeanDifferently reads Python's notation as the tree of another language.
func TestWhatLanguagesMeanDifferently(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language        tree.Language
		pattern, source string
		want            bool
	}{
		{tree.JavaScript, "{'a': $X}", "{a: 1}", true},
		{tree.JavaScript, "{a: $X}", "{'a': 1}", true},
		{tree.JavaScript, "{a: $X}", "{'a': 1, 'b': 2}", true},
		{tree.Python, "{a: $X}", "{'a': 1}", false},
		{tree.JavaScript, "{$X: 1, $X: 2}", "{'a': 1, a: 2}", true},
		{tree.JavaScript, "{$X: 1, $X: 2}", "{'a': 1, b: 2}", false},
		{tree.Java, "f(3)", "class A:\n  x = 3\n  def g(self): f(x)", true},
		{tree.JavaScript, "f(3)", "class A:\n  x = 3\n  def g(self): f(x)", false},
		{tree.Java, "f(($X: int))", "def g(a: Integer): f(a)", true},
		{tree.Java, "f(($X: boolean))", "f(not a)", true},
		{tree.Java, "f(($X: boolean))", "f(a.isEmpty())", true},
		{tree.Java, "f(($X: boolean))", "f(a.size())", false},
		{tree.Java, "f('...')", "f(String.format('a', 'b'))", true},
		{tree.Java, "f('...')", "f(String.format('a', b))", false},
		{tree.Java, "f(($X: String))", "def g(a: Integer): f(a)", false},
		{tree.TypeScript, "f(($X: string))", "x = 'a'\nf(x)", true},
		{tree.Go, "make(..., $X)", "make(a)", false},
		{tree.Go, "make(..., $X)", "make(a, b)", true},
		{tree.Java, "p.C.m()", "import p.C\nC.m()", true},
		{tree.Python, "p.C.m()", "import p.C\nC.m()", false},
		{tree.Java, "C.m()", "p.q.C.m()", true},
		{tree.Java, "C.m()", "p.Q.C.m()", false},
		{tree.Java, "c.m()", "p.c.m()", false},
		{tree.Python, "C.m()", "p.C.m()", false},
		{tree.Java, "f(($X: C))", "def g(a: p.q.C): f(a)", true},
		{tree.Java, "f(($X: C))", "def g(a: p.q.D): f(a)", false},
	} {
		pattern, err := python.ParsePattern(c.pattern)
		require.NoError(t, err)
		parsed := python.Parse(c.source)
		pattern.Language, parsed.Language = c.language, c.language
		compiled, err := Compile(pattern, options(t))
		require.NoError(t, err)
		require.Equal(t, c.want, len(Search(NewFile(parsed), []*Pattern{compiled})[0].Matches) > 0, "%s: %s\n%s", c.language, c.pattern, c.source)
	}
}
