package flow_test

import "testing"

func TestPython(t *testing.T) {
	for name, source := range map[string]string{
		"a variable": `
x = source()
sink(x) # BAD
x = "a"
sink(x)
`,
		"both branches": `
def f(c):
    if c:
        x = source()
    else:
        x = ""
    sink(x) # BAD
`,
		"a branch that constants close": `
def f():
    n = 3
    x = ""
    if n * 2 > 7:
        x = source()
    sink(x)
    if n * 2 == 6:
        x = source()
    sink(x) # BAD
`,
		"code behind a return": `
def f():
    x = source()
    return 1
    sink(x)
`,
		"fields of an object": `
def f(o):
    o.a = source()
    o.b = ""
    sink(o.a) # BAD
    sink(o.b)
    sink(o) # BAD
`,
		"two names for one object": `
def f(o):
    p = o
    p.a = source()
    sink(o.a) # BAD
    o.a = ""
    sink(p.a)
`,
		"keys of a dict": `
d = {"a": source(), "b": ""}
sink(d["a"]) # BAD
sink(d["b"])
d["b"] = d["a"]
sink(d.get("b")) # BAD
d.pop("b")
sink(d.get("b"))
del d["a"]
sink(d.get("a"))
`,
		"elements of a list": `
l = []
l.append("")
l.append(source())
sink(l[0])
sink(l[1]) # BAD
sink(l[-1]) # BAD
l.insert(0, "")
sink(l[1])
sink(l.pop()) # BAD
sink(l[0])
l.clear()
sink(l)
`,
		"slices and rest": `
l = ["", source(), ""]
a, *b = l
sink(a)
sink(b[0]) # BAD
sink(b[1])
sink(l[2:])
sink(l[:2]) # BAD
`,
		"arguments in any order": `
def f(a, b="", *rest, **named):
    sink(a)
    sink(b) # BAD
    sink(rest[0]) # BAD
    sink(named["k"]) # BAD
    sink(named["m"])
f("", b=source())
f("", "", source())
f("", "", k=source(), m="")
`,
		"a list spread over parameters": `
def f(a, b):
    sink(a)
    sink(b) # BAD
f(*["", source()])
f(**{"a": "", "b": source()})
`,
		"each call by itself": `
def same(x):
    return x
sink(same(""))
sink(same(source())) # BAD
`,
		"a chain of calls": `
def a(x): return b(x)
def b(x): return c(x)
def c(x): return [x]
sink(a(source())[0]) # BAD
`,
		"a function that calls itself": `
def f(n, x):
    if n == 0:
        return x
    return f(n - 1, x)
sink(f(9, source())) # BAD
`,
		"objects of a class": `
class Box:
    kind = "box"
    def __init__(self, v):
        self.v = v
    def get(self):
        return self.v
    @property
    def shown(self):
        return self.v
a = Box(source())
b = Box("")
sink(a.get()) # BAD
sink(b.get())
sink(a.shown) # BAD
sink(a.kind)
`,
		"equal names of methods": `
class A:
    def get(self): return source()
class B:
    def get(self): return ""
class C(A):
    pass
sink(A().get()) # BAD
sink(B().get())
sink(C().get()) # BAD
`,
		"the parent's constructor": `
class A:
    def __init__(self, v):
        self.v = v
class B(A):
    def __init__(self, v):
        super().__init__(v)
sink(B(source()).v) # BAD
sink(B("").v)
`,
		"fields between methods": `
class A:
    def put(self):
        self.v = source()
    def use(self):
        sink(self.v) # BAD
        sink(self.w)
`,
		"closures": `
def outer():
    x = ""
    def inner():
        return x
    x = source()
    sink(inner()) # BAD
def counter():
    held = [source()]
    return lambda: held[0]
sink(counter()()) # BAD
`,
		"nonlocal": `
def outer():
    x = ""
    def change():
        nonlocal x
        x = source()
    sink(x)
    change()
    sink(x) # BAD
`,
		"global variables": `
g = ""
def put():
    global g
    g = source()
def use():
    sink(g) # BAD
def main():
    put()
    use()
`,
		"generators": `
def gen(x):
    yield ""
    yield x
for y in gen(source()):
    sink(y) # BAD
for y in gen(""):
    sink(y)
`,
		"comprehensions": `
sink([a for a in [source()]]) # BAD
sink({k: v for k, v in {"k": source()}.items()}) # BAD
sink([1 for a in [source()]])
`,
		"exceptions": `
def f():
    try:
        raise ValueError(source())
    except ValueError as e:
        sink(e) # BAD
    try:
        g()
    except ValueError as e:
        sink(e)
`,
		"finally": `
def f():
    x = ""
    try:
        x = source()
        g()
    finally:
        sink(x) # BAD
`,
		"match": `
def f(p):
    x = {"k": source()}
    match x:
        case {"k": v}:
            sink(v) # BAD
        case [a, b]:
            pass
`,
		"decorators": `
def wrap(f):
    def inner(x):
        return f("")
    return inner
@wrap
def show(x):
    return x
def plain(x):
    return x
sink(show(source()))
sink(plain(source())) # BAD
`,
		"loops": `
def f(n):
    x = y = ""
    for i in range(n):
        sink(y) # BAD
        y = x
        x = source()
`,
		"a loop of constants": `
def f():
    x = ""
    i = 0
    while i < 3:
        i += 1
        if i == 9:
            x = source()
    sink(x)
`,
		"texts": `
x = source()
sink(f"a{x}") # BAD
sink("a" + x) # BAD
sink("%s" % x) # BAD
sink("{}".format(x)) # BAD
sink(x.upper().strip()) # BAD
`,
		"a library's function": `
import lib
sink(lib.f(source())) # BAD
sink(lib.f(""))
`,
		"getattr": `
class A: pass
a = A()
setattr(a, "k", source())
sink(getattr(a, "k")) # BAD
sink(getattr(a, "m"))
`,
	} {
		t.Run(name, func(t *testing.T) { requireMarked(t, "python", "", source) })
	}
}
