package flow_test

import "testing"

func TestGo(t *testing.T) {
	for name, source := range map[string]string{
		"structs are copied": `package p
type T struct { A, B string }
func f() {
	x := T{A: source()}
	y := x
	y.B = source()
	sink(x.A) // BAD
	sink(x.B)
	sink(y.B) // BAD
}`,
		"pointers are not": `package p
type T struct { A string }
func f() {
	x := &T{}
	y := x
	y.A = source()
	sink(x.A) // BAD
	var s string
	p := &s
	*p = source()
	sink(s) // BAD
}`,
		"slices and maps": `package p
func f() {
	l := []string{""}
	l = append(l, source())
	sink(l[0])
	sink(l[1]) // BAD
	m := map[string]string{"a": source()}
	m["b"] = ""
	sink(m["a"]) // BAD
	sink(m["b"])
	delete(m, "a")
	sink(m["a"])
	for i, v := range l {
		sink(i)
		sink(v) // BAD
	}
}`,
		"several results": `package p
func two(x string) (string, error) { return x, nil }
func named(x string) (out string) { out = x; return }
func f() {
	a, err := two(source())
	sink(a) // BAD
	sink(err)
	sink(named(source())) // BAD
}`,
		"methods and embedding": `package p
type Base struct { v string }
func (b *Base) Get() string { return b.v }
type T struct { Base; w string }
func (t *T) Put(x string) { t.v = x }
func f() {
	t := &T{}
	t.Put(source())
	sink(t.Get()) // BAD
	u := &T{}
	sink(u.Get())
}`,
		"interfaces": `package p
type Namer interface { Name() string }
type Bad struct{}
func (Bad) Name() string { return source() }
func f(n Namer) { sink(n.Name()) } // BAD
`,
		"channels": `package p
func f() {
	c := make(chan string)
	go func() { c <- source() }()
	sink(<-c) // BAD
	d := make(chan string, 1)
	d <- ""
	select {
	case x := <-d:
		sink(x)
	}
}`,
		"defer and recover": `package p
func f() {
	defer func() {
		if r := recover(); r != nil { sink(r) } // BAD
	}()
	panic(source())
}`,
		"closures": `package p
func f() {
	x := ""
	set := func() { x = source() }
	sink(x)
	set()
	sink(x) // BAD
}`,
		"switch": `package p
func f(k int) {
	x := ""
	switch k {
	case 1:
		x = source()
	case 2:
		sink(x)
	}
	sink(x) // BAD
}`,
	} {
		t.Run(name, func(t *testing.T) { requireMarked(t, "go", "", source) })
	}
}
