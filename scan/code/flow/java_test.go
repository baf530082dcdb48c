package flow_test

import "testing"

func TestJava(t *testing.T) {
	for name, source := range map[string]string{
		"fields": `
class A {
  private String v;
  static String s = "";
  A(String v) { this.v = v; }
  String get() { return v; }
  void run() {
    A a = new A(source()), b = new A("");
    sink(a.get()); // BAD
    sink(b.get());
    sink(A.s);
    s = source();
    sink(A.s); // BAD
  }
}`,
		"collections": `
class A {
  void run() {
    Map<String, String> m = new HashMap<>();
    m.put("a", source());
    m.put("b", "");
    sink(m.get("a")); // BAD
    sink(m.get("b"));
    List<String> l = new ArrayList<>();
    l.add("");
    l.add(source());
    sink(l.get(0));
    sink(l.get(1)); // BAD
    l.remove(0);
    sink(l.get(0)); // BAD
    for (String x : l) { sink(x); } // BAD
    for (Map.Entry<String, String> e : m.entrySet()) { sink(e.getKey()); sink(e.getValue()); } // BAD
  }
}`,
		"builders": `
class A {
  void run() {
    StringBuilder b = new StringBuilder();
    b.append("a").append(source());
    sink(b.toString()); // BAD
    StringBuilder c = new StringBuilder("x");
    sink(c.append("y").toString());
  }
}`,
		"methods of constant texts": `
class A {
  static final String MODE = "Fast";
  void run() {
    String x = source(), y;
    switch ("ABC".charAt(1)) {
      case 'A': y = x; break;
      case 'B': y = "b"; break;
      default: y = x;
    }
    sink(y);
    String letters = "ABC";
    char c = letters.charAt(2);
    switch (c) {
      case 'B': y = ""; break;
      case 'C':
      case 'D': y = x; break;
      default: y = "";
    }
    sink(y); // BAD
    if (MODE.toLowerCase().startsWith("slow")) sink(x);
    if (MODE.substring(1, 3).equals("as")) sink(x); // BAD
    if (MODE.length() > 4) sink(x);
    if (MODE.indexOf("x") >= 0) sink(x);
    if (x.charAt(0) == 'a') sink(x); // BAD
    sink(x.toCharArray()); // BAD
    sink("a".replace("a", x)); // BAD
  }
}`,
		"setters that can be chained": `
class A {
  void run() {
    sink(source().setName("a").build()); // BAD
    Request r = new Request().setName(source()).setAge(1);
    sink(r.getName()); // BAD
    sink(r.getAge());
  }
}`,
		"buffers": `
class A {
  void run() throws IOException {
    byte[] bytes = new byte[10], other = new byte[10];
    source().nextBytes(bytes);
    sink(new String(bytes)); // BAD
    sink(other);
    int n = source().read(other);
    sink(n);
    sink(new String(other, 0, n)); // BAD
    char[] chars = new char[10], more = new char[10];
    source().getChars(0, 5, chars, 0);
    System.arraycopy(chars, 0, more, 0, 5);
    sink(more); // BAD
    System.arraycopy(new char[5], 0, bytes, 0, 5);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    IOUtils.copy(source(), out);
    sink(out.toString()); // BAD
  }
}`,
		"one implementation of an interface": `
interface Shape { String name(); }
class Round implements Shape { public String name() { return source(); } }
class A {
  void run(Shape s) { sink(s.name()); } // BAD
}`,
		"a parent's method and a class without a name": `
abstract class P { String v = ""; String get() { return v; } abstract String make(); }
class A extends P {
  String make() { return source(); }
  void run() {
    v = make();
    sink(get()); // BAD
    P q = new P() { String make() { return source(); } };
    sink(q.make()); // BAD
  }
}`,
		"lambdas": `
class A {
  void run() {
    Supplier<String> s = () -> source();
    sink(s.get()); // BAD
    Function<String, String> f = x -> "";
    sink(f.apply(source()));
    List.of(source()).forEach(x -> sink(x)); // BAD
  }
}`,
		"exceptions": `
class A {
  void run() {
    try { throw new Exception(source()); } catch (Exception e) { sink(e.getMessage()); } // BAD
    String x = "";
    try (Reader r = open(source())) { sink(r); } finally { sink(x); } // BAD
  }
}`,
		"switch as an expression": `
class A {
  void run(int k) {
    String x = switch (k) { case 1 -> source(); default -> ""; };
    sink(x); // BAD
  }
}`,
		"arrays": `
class A {
  void run() {
    String[] a = {"", source()};
    sink(a[0]);
    sink(a[1]); // BAD
    a[1] = "";
    sink(a[1]);
  }
  void rest(String... xs) { sink(xs[1]); } // BAD
  void call() { rest("", source()); }
}`,
		"getters of another file": `
class A {
  void run(Bean b) {
    b.setName(source());
    sink(b.getName()); // BAD
    sink(b.getAge());
  }
}`,
	} {
		t.Run(name, func(t *testing.T) { requireMarked(t, "java", "", source) })
	}
}
