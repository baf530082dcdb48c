package rule

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBoundaries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name, text string
		want       bool
	}{
		"alone":                   {"word", "[TOKEN]", true},
		"behind a quote":          {"word", `"[TOKEN]"`, true},
		"behind an underscore":    {"word", "MY_[TOKEN]", true},
		"behind a letter":         {"word", "x[TOKEN]", false},
		"behind a digit":          {"word", "1[TOKEN]", false},
		"behind an escape":        {"word", `\n[TOKEN]`, true},
		"behind a percent escape": {"word", "%3D[TOKEN]", true},
		"before a letter":         {"word", "[TOKEN]x", false},
		"before an underscore":    {"word", "[TOKEN]_x", false},
		"before a hyphen":         {"word", "[TOKEN]-x", true},
		"URL before a hyphen":     {"url", "[TOKEN]-x", false},
		"base64 behind a plus":    {"base64", "+[TOKEN]", false},
		"base64 behind a slash":   {"base64", "/[TOKEN]", false},
		"base64 behind =":         {"base64", "=[TOKEN]", true},
		"base64 before =":         {"base64", "[TOKEN]=", false},
		"base64 before a hyphen":  {"base64", "[TOKEN]-", true},
		"open before a letter":    {"open", "[TOKEN]x", true},
		"open behind a letter":    {"open", "x[TOKEN]", false},
		"none":                    {"none", "x[TOKEN]x", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b Boundary
			require.NoError(t, b.UnmarshalText([]byte(test.name)))
			start, end := strings.Index(test.text, "["), strings.Index(test.text, "]")-1
			data := []byte(strings.NewReplacer("[", "", "]", "").Replace(test.text))
			require.Equal(t, test.want, b.Fits(data, start, end))
		})
	}
	var b Boundary
	require.EqualError(t, b.UnmarshalText([]byte("nope")), `"nope" is not a boundary: use word, url, base64, open or none`)
}
