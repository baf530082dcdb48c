package git

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseAuthor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"author Ada L <ada@example.com> 1 +0000": {"Ada L", "ada@example.com"},
		"author  Ada  < ada > 1 +0000":           {"Ada", "ada"},
		"author <ada@example.com> 1 +0000":       {"", "ada@example.com"},
		"author Ada <> 1 +0000":                  {"Ada", ""},
		"author Ada <a<b>c> 1 +0000":             {"Ada", "a<b"},
		"author Ada <ada":                        {"Ada", "ada"},
		"author Ada 1 +0000":                     {"", ""},
		"author":                                 {"", ""},
		"":                                       {"", ""},
		"author \xff <\xfe> 1 +0000":             {"\uFFFD", "\uFFFD"},
		"author Bj\xf6rn <\xe9@x> 1 +0000\nencoding ISO-8859-1":                {"Björn", "é@x"},
		"author Björn <b@x> 1 +0000\nencoding ISO-8859-15":                     {"Björn", "b@x"},
		"author One <1> 1 +0000\nauthor Two <2> 1 +0000":                       {"One", "1"},
		"gpgsig x\n author Two <2> 1 +0000\nauthor One <1> 1 +0000":            {"One", "1"},
		"committer Two <2> 1 +0000":                                            {"", ""},
		"committer Two <2> 1 +0000\n\nauthor One <1> 1 +0000\nencoding latin1": {"", ""},
	} {
		head := "tree 0000000000000000000000000000000000000000\n" + text
		name, email := parseAuthor([]byte(head + "\n\nauthor In <the> message\n"))
		require.Equal(t, want, [2]string{name, email}, "%q", text)
	}
}
