package match

import (
	"regexp/syntax"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBeginsWithLiteral(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		expression string
		literals   []string
		want       bool
	}{
		"text":                   {`ghp_[a-z]{3}`, []string{"ghp_"}, true},
		"other case":             {`AKIA[A-Z]{3}`, []string{"akia"}, true},
		"class":                  {`xox[pe]-[0-9]{3}`, []string{"xoxp-", "xoxe-"}, true},
		"class with one more":    {`xox[pet]-[0-9]{3}`, []string{"xoxp-", "xoxe-"}, false},
		"alternatives":           {`\$(?:1|2[ab])\$x`, []string{"$1$", "$2a$", "$2b$"}, true},
		"alternative missing":    {`\$(?:1|2[ab])\$x`, []string{"$1$", "$2a$"}, false},
		"repeat":                 {`A{5,7}x`, []string{"aaaaa"}, true},
		"repeat too short":       {`a{3,9}x`, []string{"aaaaa"}, false},
		"unknown in front":       {`[^x]{3}abc`, []string{"abc"}, false},
		"exact repeat":           {`a{5}x`, []string{"aaaaa"}, true},
		"group":                  {`(?P<secret>abc)d`, []string{"abc"}, true},
		"optional":               {`a?bc`, []string{"abc"}, false},
		"optional covered":       {`a?bcd`, []string{"abc", "bcd"}, true},
		"literal further behind": {`[0-9]{3}abc`, []string{"abc"}, false},
		"folding":                {`(?i)abc`, []string{"abc"}, false},
		"no literals":            {`abc`, nil, false},
		"shorter than literal":   {`ab`, []string{"abc"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed, err := syntax.Parse(test.expression, syntax.Perl)
			require.NoError(t, err)
			require.Equal(t, test.want, beginsWithLiteral(parsed, test.literals))
		})
	}
}

func TestLiteralOffset(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		expression string
		literals   []string
		offset     int
		ok         bool
	}{
		"at the beginning":   {`ghp_[a-z]{3}`, []string{"ghp_"}, 0, true},
		"behind a run":       {`[0-9a-f]{32}-us[0-9]`, []string{"-us"}, 32, true},
		"behind two classes": {`[a-z]{3}[0-9]XQ[a-z]{9}`, []string{"xq"}, 4, true},
		"inside a class":     {`[a-z]{3}[01]Q~[a-z]{9}`, []string{"0q~", "1q~"}, 3, true},
		"behind any length":  {`[a-z]{3,4}XQ`, []string{"xq"}, 0, false},
		"behind wide signs":  {`[a-é]{3}XQ`, []string{"xq"}, 0, false},
		"literals that nest": {`ab[cd]`, []string{"abc", "ab"}, 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed, err := syntax.Parse(test.expression, syntax.Perl)
			require.NoError(t, err)
			offset, ok := LiteralOffset(parsed, test.literals)
			require.Equal(t, test.ok, ok)
			require.Equal(t, test.offset, offset)
		})
	}
}
