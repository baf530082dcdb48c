package flow_test

import "testing"

func TestJavaScript(t *testing.T) {
	for name, source := range map[string]string{
		"fields and keys": `
const o = {a: source(), b: ''};
sink(o.a); // BAD
sink(o['b']);
const k = 'a';
sink(o[k]); // BAD
delete o.a;
sink(o.a);
`,
		"destructuring and spread": `
const {a, b: {c}, ...r} = {a: '', b: {c: source()}, d: source(), e: ''};
sink(a);
sink(c); // BAD
sink(r.d); // BAD
sink(r.e);
const q = {...r, d: ''};
sink(q.d);
const [x, ...y] = ['', source()];
sink(x);
sink(y); // BAD
`,
		"maps and sets": `
const m = new Map();
m.set('a', source());
m.set('b', '');
sink(m.get('a')); // BAD
sink(m.get('b'));
m.delete('a');
sink(m.get('a'));
m.set('a', source());
m.clear();
sink(m.get('a'));
const s = new Set([source()]);
s.forEach(v => sink(v)); // BAD
`,
		"lists": `
const l = ['', ''];
l.push(source());
sink(l[2]); // BAD
sink(l[0]);
sink(l.pop()); // BAD
sink(l);
l.unshift(source());
sink(l[0]); // BAD
sink(l[1]);
l.reverse();
sink(l[0]);
sink(l[2]); // BAD
`,
		"callbacks": `
[source()].map(x => x).forEach(x => { sink(x); }); // BAD
[''].map(x => x).forEach(x => { sink(x); });
const apply = (f, x) => f(x);
sink(apply(x => x, source())); // BAD
sink(apply(x => '', source()));
`,
		"a function that a framework calls": `
app.get('/', (req, res) => {
  const x = source();
  sink(x); // BAD
});
`,
		"this, call, apply, bind": `
function show() { return this.v; }
const o = {v: source()};
sink(show.call(o)); // BAD
sink(show.apply({v: ''}));
sink(show.bind(o)()); // BAD
function second(a, b) { return b; }
sink(second.bind(null, '')(source())); // BAD
sink(second.apply(null, [source(), '']));
`,
		"classes": `
class A {
  #p = '';
  static s = source();
  constructor(v) { this.v = v; this.#p = v; }
  get shown() { return this.v; }
  set put(v) { this.v = v; }
  secret() { return this.#p; }
}
class B extends A {
  constructor(v) { super(v); }
  over() { return super.secret(); }
}
const a = new A(''), b = new B(source());
sink(a.shown);
sink(b.shown); // BAD
sink(b.over()); // BAD
sink(a.secret());
sink(A.s); // BAD
a.put = source();
sink(a.v); // BAD
`,
		"prototypes": `
function P(v) { this.v = v; }
P.prototype.get = function () { return this.v; };
sink(new P(source()).get()); // BAD
sink(new P('').get());
`,
		"promises": `
async function f() { return source(); }
async function g() {
  sink(await f()); // BAD
  sink(await Promise.resolve('')); 
}
new Promise((ok, no) => ok(source())).then(v => sink(v)); // BAD
f().then(v => v).then(v => { sink(v); }); // BAD
Promise.all([f(), '']).then(([a, b]) => { sink(b); });
`,
		"generators": `
function* gen() { yield source(); }
for (const x of gen()) sink(x); // BAD
`,
		"closures keep what they hold": `
function counter() {
  let v = '';
  return { put(x) { v = x; }, get() { return v; } };
}
const c = counter(), d = counter();
c.put(source());
sink(c.get()); // BAD
sink(d.get());
`,
		"switch falls through": `
function f(k) {
  let x = '';
  switch (k) {
    case 1: x = source();
    case 2: sink(x); break; // BAD
    case 3: sink(x);
  }
}
`,
		"a switch over a constant": `
let x = '';
switch ('a') { case 'a': x = ''; break; case 'b': x = source(); }
sink(x);
`,
		"templates and tags": "\nconst x = source();\nsink(`a${x}`); // BAD\nfunction tag(parts, a) { return a; }\nsink(tag`a${x}`); // BAD\nsink(tag`a${''}`);\n",
		"exceptions": `
function f() { throw new Error(source()); }
try { f(); } catch (e) { sink(e.message); } // BAD
try { g(); } catch (e) { sink(e.message); }
`,
		"arguments": `
function f() { sink(arguments[1]); } // BAD
f('', source());
`,
		"default parameters": `
function f(a = source()) { sink(a); } // BAD
f();
`,
		"in is keys and of is elements": `
for (const k in {a: source()}) sink(k);
for (const v of [source()]) sink(v); // BAD
`,
		"short circuit": `
sink(source() || ''); // BAD
sink('' && source());
sink('a' || source());
`,
	} {
		t.Run(name, func(t *testing.T) { requireMarked(t, "js", "", source) })
	}
}
