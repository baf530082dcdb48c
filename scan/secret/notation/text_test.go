package notation

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// at returns the text of a file with a mark, and the offset of the mark.
func at(file string) ([]byte, int) {
	before, behind, _ := strings.Cut(file, "¦")
	return []byte(before + behind), len(before)
}

// The mark stands at the beginning of the name.
func TestWhereAValueEnds(t *testing.T) {
	t.Parallel()
	const name = "password"
	tests := map[string]struct {
		notation Notation
		file     string
		want     string
	}{
		"properties take the line":     {Properties, "¦password=a b#c\nx=y\n", "a b#c"},
		"properties continue lines":    {Properties, "¦password=ab\\\n  cd\nx=y\n", "abcd"},
		"INI ends at a comment":        {INI, "¦password = ab;c ; rotated\n", "ab;c"},
		"YAML ends at a comment":       {YAML, "- ¦password: ab#c # rotated\n", "ab#c"},
		"YAML doubles single quotes":   {YAML, "¦password: 'it''s'\n", "it's"},
		"YAML blocks":                  {YAML, "¦password: |\n  abc\nx: y\n", "abc"},
		"environment files quote":      {Env, "export ¦password='a b' # x\n", "a b"},
		"batch files know no quotes":   {Batch, "set ¦password=\"a\"b\r\n", "\"a\"b"},
		"option files know no escapes": {Options, "¦password=a\\b\n", "a\\b"},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			data, first := at(test.file)
			text := Text{Data: data, Notation: test.notation, Syntax: SyntaxConfig}
			require.True(t, FirstOnLine(data, first))
			behind, ok := Endings[test.notation].LineSeparator(data, first+len(name))
			require.True(t, ok)
			v, ok := text.LineValue(first, behind)
			require.True(t, ok)
			require.Equal(t, test.want, string(v.Of(data)))
		})
	}
}

func TestOperators(t *testing.T) {
	t.Parallel()
	const name = "password"
	tests := map[string]struct {
		file string
		op   Operator
		want string
	}{
		"assignment":          {`¦password = "x"`, OpAssign, ` "x"`},
		"default":             {`¦password ||= "x"`, OpAssign, ` "x"`},
		"type":                {`¦password: string = "x"`, OpAssign, ` "x"`},
		"JSON":                {`{"¦password": "x"}`, OpColon, ` "x"}`},
		"comparison":          {`if (¦password === "x")`, OpCompare, ` "x")`},
		"element":             {`<¦password>x</password>`, OpElement, `x</password>`},
		"name and value":      {"- name: ¦password\n  value: x", OpColon, " x"},
		"call":                {`set("¦password", "x")`, OpArgument, ` "x")`},
		"question":            {`get_¦password("x")`, OpArgument, `"x")`},
		"Terraform variable":  {`variable "¦password" { default = "x" }`, OpAssign, ` "x" }`},
		"no operator":         {`the ¦password is`, OpNone, ""},
		"symbol":              {`¦password :service`, OpNone, ""},
		"selector":            {`[name=¦password]:checked`, OpNone, ""},
		"Visual Basic's type": {`Dim ¦password As String = "x"`, OpAssign, ` "x"`},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			data, first := at(test.file)
			op, behind := ReadOperator(data, first, first+len(name))
			require.Equal(t, test.op, op)
			if op != OpNone {
				require.Equal(t, test.want, string(data[behind:]))
			}
		})
	}
}

func TestEveryNotationHasARule(t *testing.T) {
	t.Parallel()
	for n, e := range Endings {
		require.NotEmpty(t, e.Name)
		require.True(t, Notation(n) == Prose || Notation(n) == Code || strings.HasPrefix(e.Source, "https://"), e.Name)
	}
	for name, want := range map[string]Notation{
		".env.local": Env, "a.yaml": YAML, "dockerfile.dev": Shell, "my.cnf": Options, "x.cnf": INI, "readme": Prose,
	} {
		require.Equal(t, want, Of([]byte(name), SyntaxUnknown), name)
	}
	require.Equal(t, Code, Of([]byte("a.go"), SyntaxCode))
}

// FuzzRead reads a value behind every name of a file, in every notation.
func FuzzRead(f *testing.F) {
	for _, file := range []string{
		"password = \"x\" + 'y'\n", "password: |\n  abc\n", "password='a'\\''b' # c", "<password>a&amp;b</password>", "a,b\n\"x\"\"y\",z",
		"f(password, \"x\") || \"y\"", "${password:-x}", "insert into t (a, password) values ('b', 'c')", "password: &a !!str x\n",
	} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 2<<10 {
			return
		}
		for n := range Endings {
			text := Text{Data: data, Notation: Notation(n), Syntax: Syntax(n % 3), Tags: n%2 == 0}
			for first := 0; first < len(data); first++ {
				last := first
				for last < len(data) && ascii.NameByte(data[last]) {
					last++
				}
				if last == first || last == len(data) {
					continue
				}
				check := func(v Value, ok bool) {
					if ok && (v.Start < 0 || v.End < v.Start || v.End > len(data)) {
						t.Fatalf("a value at %d:%d of %d", v.Start, v.End, len(data))
					}
				}
				if op, at := ReadOperator(data, first, last); op != OpNone {
					check(text.ReadValue(op, first, at, false))
				}
				if at, ok := Endings[n].LineSeparator(data, last); ok {
					check(text.LineValue(first, at))
					check(text.DefaultMember(first, at))
				}
				check(InsertedValue(data, first, last))
				v, next := text.Field(first, ',')
				check(v, true)
				if next < first || next > len(data) {
					t.Fatalf("the next field at %d of %d", next, len(data))
				}
				first = last
			}
		}
	})
}
