package webpage_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
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
	require.Equal(t, template.HTML("<style>\nbody{}\n</style>"), p.Style)
	require.Equal(t, template.HTML("<script>\nlet x = 1 < 2\n</script>"), p.Script)
	require.Equal(t, "default-src 'none'; style-src "+sum("\nbody{}\n")+"; script-src "+sum("\nlet x = 1 < 2\n")+"; base-uri 'none'; form-action 'none'", p.Policy)

	p = webpage.Embedded(files, "a.css", "")
	require.Empty(t, p.Script)
	require.NotContains(t, p.Policy, "script-src", "nothing runs, by default-src")
	require.Equal(t, p.Policy, webpage.New("\nbody{}\n", "").Policy)
	require.Panics(t, func() { webpage.Embedded(files, "b.css", "") })

	headers := map[string]string{}
	p.Headers(func(name, value string) { headers[name] = value })
	require.Equal(t, p.Policy+"; frame-ancestors 'none'", headers["Content-Security-Policy"])
	require.Equal(t, "no-referrer", headers["Referrer-Policy"])
	require.Equal(t, "nosniff", headers["X-Content-Type-Options"])
	require.Equal(t, "DENY", headers["X-Frame-Options"])
}
