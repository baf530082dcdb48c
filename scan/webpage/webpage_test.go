package webpage_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/webpage"
)

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(s[:]) + "'"
}

// TestThePolicyAllowsWhatStandsBetweenTheTags: a browser hashes the text between the tags, including line ends.
func TestThePolicyAllowsWhatStandsBetweenTheTags(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a.css": {Data: []byte("body{}\n")}, "a.js": {Data: []byte("let x = 1 < 2\n")}}
	p := webpage.Embedded(files, "a.css", "a.js")
	style := "\n" + webpage.Tokens + "\nbody{}\n"
	require.Equal(t, template.HTML("<style>"+style+"</style>"), p.Style)
	require.Equal(t, template.HTML("<script>\nlet x = 1 < 2\n</script>"), p.Script)
	require.Equal(t, "default-src 'none'; style-src "+sum(style)+"; script-src "+sum("\nlet x = 1 < 2\n")+"; base-uri 'none'; form-action 'none'", p.Policy)

	p = webpage.Embedded(files, "a.css", "")
	require.Empty(t, p.Script)
	require.NotContains(t, p.Policy, "script-src", "nothing runs, by default-src")
	require.Equal(t, p.Policy, webpage.New(style, "").Policy)
	require.Panics(t, func() { webpage.Embedded(files, "b.css", "") })

	headers := map[string]string{}
	p.Headers(func(name, value string) { headers[name] = value })
	require.Equal(t, p.Policy+"; frame-ancestors 'none'", headers["Content-Security-Policy"])
	require.Equal(t, "no-referrer", headers["Referrer-Policy"])
	require.Equal(t, "nosniff", headers["X-Content-Type-Options"])
	require.Equal(t, "DENY", headers["X-Frame-Options"])
}

// TestBothThemesHaveEveryColour, whether the system or the page chooses, and no colour is left out of one of them.
func TestBothThemesHaveEveryColour(t *testing.T) {
	t.Parallel()
	colour := regexp.MustCompile(`(--[a-z0-9-]+): #`)
	blocks := strings.Split(webpage.Tokens, ":root")
	require.Len(t, blocks, 5)
	names := func(block string) (list []string) {
		for _, m := range colour.FindAllStringSubmatch(block, -1) {
			list = append(list, m[1])
		}
		return list
	}
	light, system, chosenLight, chosen := blocks[1], blocks[2], blocks[3], blocks[4]
	require.Greater(t, len(names(light)), 15)
	require.Equal(t, names(light), names(system))
	require.Equal(t, names(light), names(chosen))
	require.Empty(t, names(chosenLight))
	require.Contains(t, chosenLight, "color-scheme: light;")
	require.Contains(t, chosen, "color-scheme: dark;")
}
