package flow_test

import "testing"

const guarded = "  options: {guarded_taint_signatures: true}\n"

func TestGuards(t *testing.T) {
	for name, source := range map[string]string{
		"membership of constants": `
ALLOWED = ("a", "b")
def f():
    x = source()
    if x in ALLOWED:
        sink(x)
    else:
        sink(x) # BAD
    if x not in ["a"]:
        return
    sink(x)
def g(some):
    x = source()
    if x in some:
        sink(x) # BAD
`,
		"a check that throws or continues": `
def f():
    x = source()
    if x not in ("a", "b"):
        raise ValueError()
    sink(x)
def g(xs):
    for x in [source()]:
        if not x.isalnum():
            continue
        sink(x)
`,
		"equality": `
def f():
    x = source()
    if x == "a":
        sink(x)
    if x != "a":
        sink(x) # BAD
    if "a" == x or x == "b":
        sink(x)
    if x == "a" or g():
        sink(x) # BAD
    if x == "a" and g():
        sink(x)
`,
		"expressions": `
import re
WORD = re.compile("^[a-z]+$")
def f():
    x = source()
    if re.fullmatch("[a-z0-9_]+", x):
        sink(x)
    if re.match("^[a-z]+", x):
        sink(x) # BAD
    if re.match("^.*$", x):
        sink(x) # BAD
    if WORD.match(x):
        sink(x)
`,
		"helpers": `
def fine(v):
    return v in ("a", "b")
def require(v):
    if v not in ("a", "b"):
        raise ValueError()
def f():
    x = source()
    if fine(x):
        sink(x)
    sink(x) # BAD
    require(x)
    sink(x)
`,
		"an assertion is no check of data that was copied before and changed": `
def f():
    x = source()
    y = x
    y = source()
    if y in ("a", "b"):
        sink(x) # BAD
        sink(y)
`,
		"match": `
def f():
    x = source()
    match x:
        case "a":
            sink(x)
        case _:
            sink(x) # BAD
`,
	} {
		t.Run(name, func(t *testing.T) { requireMarked(t, "python", guarded, source) })
	}
	for name, source := range map[string]string{
		"js: sets, lists and expressions": `
const allowed = new Set(['a', 'b']);
function f() {
  const x = source();
  if (allowed.has(x)) sink(x);
  if (!['a'].includes(x)) throw new Error();
  sink(x);
}
function g() {
  const x = source();
  if (!/^\d+$/.test(x)) return;
  sink(x);
}
function h() {
  const x = source();
  switch (x) { case 'a': sink(x); break; default: sink(x); } // BAD
}
`,
	} {
		t.Run(name, func(t *testing.T) { requireMarked(t, "js", guarded, source) })
	}
	requireMarked(t, "java", guarded, `
class A {
  static final List<String> ALLOWED = List.of("a", "b");
  void f() {
    String x = source();
    if (!ALLOWED.contains(x)) { throw new E(); }
    sink(x);
  }
  void g() {
    String x = source();
    if ("a".equals(x)) { sink(x); }
    if (x.matches("[a-z]+")) { sink(x); } else { sink(x); } // BAD
  }
}`)
	requireMarked(t, "go", guarded, `package p
var word = regexp.MustCompile("^[a-z]+$")
func f() {
	x := source()
	if !slices.Contains([]string{"a", "b"}, x) {
		return
	}
	sink(x)
}
func g() {
	x := source()
	if word.MatchString(x) {
		sink(x)
	}
	sink(x) // BAD
}`)
}

// Rules of others have the meaning that semgrep gives them: a check is no sanitizer.
func TestWithoutTheOptionChecksAreNoGuards(t *testing.T) {
	requireMarked(t, "python", "", `
def f(flag):
    x = source()
    if x in ("a", "b"):
        sink(x) # BAD
    if x == "a":
        sink(x) # BAD
def g(flag):
    if flag:
        sink(source()) # BAD
g(False)
`)
	requireMarked(t, "python", guarded, `
def f(flag, x):
    if flag:
        sink(x) # BAD
f(True, source())
def g(flag, x):
    if flag:
        sink(x)
g(False, source())
`)
}

func TestSanitizersInConditions(t *testing.T) {
	more := "  pattern-sanitizers: [{patterns: [{pattern: check($X)}, {focus-metavariable: $X}], by-side-effect: true}]\n"
	requireMarked(t, "python", more, `
def f():
    x = source()
    sink(x) # BAD
    if not check(x):
        return
    sink(x)
def g(c):
    x = source()
    if c and check(x):
        sink(x)
    sink(x) # BAD
`)
}
