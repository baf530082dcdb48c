package secret

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// The explanation of a guess names three reasons, the strongest first, and nothing of the value.
func TestGuessesNameTheirReasons(t *testing.T) {
	t.Parallel()
	const value = "4ZkR7bQ2mX9wL3pV8tYhG6s"
	d := newTestDetector(t)
	for what, c := range map[string]struct{ path, text, want string }{
		"random token":      {"a.env", "BACKEND_TOKEN=" + value, "the value looks drawn at random"},
		"name of a service": {"a.env", "PANDADOC_KEY=" + value, "a service and a word for a key stand beside the value"},
		"written password":  {"a.env", "DB_PASSWORD=correct-horse7", "the name promises a password"},
		"place of a test":   {"testdata/a.py", "db_password = 'Vw9!harbour#Kq2'", "the place is one of tests or examples"},
	} {
		steps, found, err := d.Explain(context.Background(), &scan.Content{File: scan.File{Path: c.path}, Data: []byte(c.text + "\n")}, 1)
		require.NoError(t, err, what)
		require.NotEmpty(t, found, what)
		told := ""
		for _, s := range steps {
			if strings.HasPrefix(s.Text, "a guess; ") {
				told = s.Text
			}
			require.NotContains(t, s.Text, value, what)
		}
		require.Contains(t, told, c.want, what)
		require.Equal(t, 2, strings.Count(strings.TrimPrefix(told, "a guess; "), "; "), "%s: three reasons: %s", what, told)
	}
}
