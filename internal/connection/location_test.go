package connection_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
)

func TestLocationsAreReadBack(t *testing.T) {
	t.Parallel()
	for _, l := range []connection.Location{{"bb", "PAY", "api", "7"}, {"bb", "~ada", "a#b/c", "{x}"}, {"b b", "%", "?", "/"}} {
		got, ok := connection.ParseLocation(l.String())
		require.True(t, ok)
		require.Equal(t, l, got)
	}
	for _, text := range []string{"", "PAY/api", "bitbucket://bb/PAY/api", "bitbucket://bb/PAY#7", "bitbucket://bb/PAY/a/b#7", "bitbucket:///PAY/api#7", "bitbucket://bb/PAY/api#", "bitbucket://bb/%zz/api#7"} {
		_, ok := connection.ParseLocation(text)
		require.False(t, ok, text)
	}
}

func FuzzLocation(f *testing.F) {
	for _, text := range []string{"bitbucket://bb/PAY/api#7", "bitbucket://bb/~ada/x%2Fy#7", "bitbucket://bb//#", "PAY/api", "bitbucket://%zz/a/b#c"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if l, ok := connection.ParseLocation(text); ok {
			again, ok := connection.ParseLocation(l.String())
			require.True(t, ok)
			require.Equal(t, l, again)
		}
	})
}
