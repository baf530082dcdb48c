package flow_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

func TestAcrossFiles(t *testing.T) {
	for name, test := range map[string]struct {
		language rule.Language
		archive  string
	}{
		"python: a function of a module": {"python", `== app/main.py
from .util import same, drop as gone
from app import util
import app.util
sink(same(source())) # BAD
sink(gone(source()))
sink(util.same(source())) # BAD
sink(app.util.same("")) 
== app/util.py
def same(x): return x
def drop(x): return ""
`},
		"python: the sink in another file": {"python", `== a/web.py
from b.shell import run
def handler(q):
    run(source())
== b/shell.py
def run(c):
    sink(c) # BAD
def safe(c):
    sink(c)
`},
		"python: a class and what a package hands on": {"python", `== a/main.py
from lib import Box
sink(Box(source()).get()) # BAD
sink(Box("").get())
== lib/__init__.py
from .box import Box
== lib/box.py
from .base import Base
class Box(Base):
    pass
== lib/base.py
class Base:
    def __init__(self, v): self.v = v
    def get(self): return self.v
`},
		"java: classes with their package before them": {"java", `== src/a/web/Main.java
package a.web;
class Main {
  void run() {
    a.util.Box box = new a.util.Box(source());
    sink(box.get()); // BAD
    sink(a.util.Box.same(source())); // BAD
    sink(a.util.Box.drop(source()));
    sink(b.util.Box.drop(source())); // BAD
  }
}
== src/a/util/Box.java
package a.util;
public class Box {
  private final String v;
  public Box(String v) { this.v = v; }
  public String get() { return v; }
  public static String same(String v) { return v; }
  public static String drop(String v) { return ""; }
}
`},
		"python: everything but what __all__ leaves out": {"python", `== main.py
from names import *
sink(a) # BAD
sink(b)
== names.py
__all__ = ["a"]
a = source()
b = source()
`},
		"javascript: modules": {"js", `== src/a.js
import first, {second as two, held} from './b.js';
import * as all from './b';
sink(first(source())); // BAD
sink(two(source()));
sink(all.second(''));
sink(held); // BAD
== src/b.js
export default function (x) { return x; }
export const second = x => '';
export const held = source();
`},
		"javascript: the source in what require brings": {"js", `== src/web.js
const { read } = require('./read'), all = require('./read'), one = require('./read').read, made = require('./made'), Box = require('./box');
sink(read()); // BAD
sink(all.read()); // BAD
sink(one()); // BAD
sink(require('./read').read()); // BAD
sink(made()); // BAD
sink(new Box().get()); // BAD
sink(all.safe());
== src/read.js
exports.read = () => source();
exports.safe = () => '';
== src/made.js
module.exports = function () { return source(); }
== src/box.js
class Box { get() { return source(); } }
module.exports = Box;
`},
		"javascript: import as a call": {"js", `== src/web.js
async function wait() {
  const { read } = await import('./read.js');
  sink(read()); // BAD
}
function then() { import('./read.js').then(m => sink(m.read())); } // BAD
== src/read.js
export function read() { return source(); }
`},
		"javascript: require": {"js", `== src/a.js
const b = require('./b'), {one} = require('./c');
sink(b.get(source())); // BAD
sink(one(source())); // BAD
== src/b.js
module.exports = { get(x) { return x; } };
== src/c/index.js
exports.one = function (x) { return x; };
`},
		"javascript: what a module hands on": {"js", `== a.js
import {x} from './b.js';
sink(x(source())); // BAD
== b.js
export {y as x} from './c.js';
== c.js
export function y(v) { return v; }
`},
		"java: packages": {"java", `== src/p/Main.java
package p;
import q.Util;
class Main {
  void run() {
    sink(Util.same(source())); // BAD
    Near n = new Near(source());
    sink(n.get()); // BAD
    sink(Util.drop(source()));
  }
}
== src/p/Near.java
package p;
class Near {
  private final String v;
  Near(String v) { this.v = v; }
  String get() { return v; }
}
== src/q/Util.java
package q;
public class Util {
  public static String same(String x) { return x; }
  public static String drop(String x) { return ""; }
}
`},
		"java: an interface with its one implementation elsewhere": {"java", `== p/A.java
package p;
class A {
  private Store store;
  void run() { sink(store.load()); } // BAD
}
== p/Store.java
package p;
interface Store { String load(); }
== p/Disk.java
package p;
class Disk implements Store { public String load() { return source(); } }
`},
		"go: packages": {"go", `== cmd/main.go
package main
import "example.com/m/util"
func main() {
	sink(util.Same(source())) // BAD
	sink(util.Drop(source()))
	sink(near(source())) // BAD
	b := util.New(source())
	sink(b.Get()) // BAD
}
== cmd/near.go
package main
func near(x string) string { return x }
== util/util.go
package util
type Box struct { v string }
func New(v string) *Box { return &Box{v: v} }
func Same(x string) string { return x }
func Drop(x string) string { return "" }
== util/box.go
package util
func (b *Box) Get() string { return b.v }
`},
	} {
		t.Run(name, func(t *testing.T) {
			set := newSet(t, taintRule(test.language, ""))
			files, texts := sources(t, set, test.archive)
			found, extent := flow.FindAcross(files)
			require.Equal(t, flow.Whole, extent)
			for i, text := range texts {
				var here []flow.Finding
				for _, f := range found {
					if f.File == i {
						here = append(here, f)
					}
				}
				require.Equal(t, marked(text), linesOf(text, here), files[i].Path)
			}
		})
	}
}

func TestStepsNameTheirFiles(t *testing.T) {
	set := newSet(t, taintRule("python", ""))
	files, _ := sources(t, set, "== a.py\nfrom b import run\nrun(source())\n== b.py\ndef run(c): sink(c)\n")
	found, _ := flow.FindAcross(files)
	require.Len(t, found, 1)
	require.Equal(t, 1, found[0].File)
	require.Equal(t, 0, found[0].Steps[0].File)
	require.Equal(t, 1, found[0].Steps[len(found[0].Steps)-1].File)
}
