package flow_test

import "testing"

const proofs = guarded + `  pattern-guards:
  - {pattern: safe($X), cleans: $X}
  - {pattern: $X.host in $ALLOWED, cleans: $X}
  - {pattern: $X.host not in $ALLOWED, cleans: $X, when: false}
  - {pattern: '".." in $X', cleans: $X, when: false}
`

func TestGuardsOfARule(t *testing.T) {
	for name, source := range map[string]string{
		"where the condition holds": `
def f():
    x = source()
    if safe(x):
        sink(x)
    sink(x) # BAD
    if not safe(x):
        return
    sink("a" + x)
`,
		"where it does not hold": `
def f():
    x = source()
    if ".." in x:
        sink(x) # BAD
        return
    sink(x)
`,
		"a check of a part is one of the whole": `
def f(allowed):
    x = source()
    url = parse(x)
    if url.host not in allowed:
        raise ValueError()
    sink(x)
    sink(url)
`,
		"a target is replaced unless it is fine": `
def f():
    x = source()
    if not x or ".." in x:
        x = "a"
    sink(x)
`,
		"other data stays": `
def f():
    x = source()
    y = source()
    if safe(x):
        sink(y) # BAD
`,
		"a function that gives the answer of a check": `
def fine(v, allowed):
    if not v:
        return False
    url = parse(v)
    return url.scheme == "https" and url.host in allowed
def f(allowed):
    x = source()
    if fine(x, allowed):
        sink(x)
    else:
        sink(x) # BAD
`,
	} {
		t.Run(name, func(t *testing.T) { requireMarked(t, "python", proofs, source) })
	}
}

func TestCallsThatDoNotComeBack(t *testing.T) {
	requireMarked(t, "python", guarded, `
import sys
from flask import abort
def f():
    x = source()
    if x not in ("a", "b"):
        abort(400)
    sink(x)
def g():
    x = source()
    if x not in ("a", "b"):
        sys.exit(1)
    sink(x)
def h(self):
    x = source()
    if x not in ("a", "b"):
        self.abort()
    sink(x) # BAD
def i():
    x = source()
    try:
        abort(400)
    except Exception:
        sink(x) # BAD
`)
	requireMarked(t, "go", guarded, `
package p
import "log"
func f() {
	x := source()
	if x != "a" {
		log.Fatalf("no %s", x)
	}
	sink(x)
}
`)
	requireMarked(t, "js", guarded, `
function f() {
  const x = source();
  if (x !== 'a') process.exit(1);
  sink(x);
}
`)
}

func TestCharactersAndSectionsByConstants(t *testing.T) {
	requireMarked(t, "python", guarded, `
def f():
    x = source()
    letters = "ABC"
    match letters[1]:
        case "A":
            y = x
        case _:
            y = "a"
    sink(y)
    if letters[-1] == "C":
        y = x
    sink(y) # BAD
def g():
    settings = Settings()
    settings.set("one", "a", "constant")
    settings.set("one", "b", source())
    settings.set("two", "a", source())
    sink(settings.get("one", "a"))
    sink(settings.get("one", "b")) # BAD
    sink(settings.get("two", "a")) # BAD
`)
	requireMarked(t, "js", guarded, `
function f() {
  const x = source();
  if ('abc'[0] === 'b') sink(x);
  if ('abc'[0] === 'a') sink(x); // BAD
}
`)
}
