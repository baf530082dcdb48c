package match

import (
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMandatoryRun(t *testing.T) {
	t.Parallel()
	tests := map[string]int{
		`ab_[0-9a-f]{40}`: 40, `x(?:[a-z]{9,12}|y)[A-Z]{10}`: 10, `(?P<secret>[0-9]{16})-[a-z]{20,}`: 20, `[a-z]{4}`: 0, `(?:[0-9]{20})?x`: 0, `a+b*`: 0,
	}
	for expression, want := range tests {
		parsed, err := syntax.Parse(expression, syntax.Perl)
		require.NoError(t, err)
		r := MandatoryRun(parsed)
		require.Equal(t, want, r.length, expression)
	}
	parsed, err := syntax.Parse(`k_[0-9a-f]{8}`, syntax.Perl)
	require.NoError(t, err)
	r := MandatoryRun(parsed)
	for text, want := range map[string]bool{"": false, "k_0123456": false, "k_01234567": true, "0123-4567": false, "zz01234567zz": true, "k_0123x4567k_89abcdef": true} {
		require.Equal(t, want, r.In([]byte(text)), text)
	}
}

// A class beyond ASCII contains all bytes of its characters.
func TestMandatoryRunBeyondASCII(t *testing.T) {
	t.Parallel()
	parsed, err := syntax.Parse(`k[^ ]{8}`, syntax.Perl)
	require.NoError(t, err)
	r := MandatoryRun(parsed)
	require.True(t, r.In([]byte(strings.Repeat("ü", 8))))
	require.False(t, r.In([]byte("a b c d e f g h")))
}
