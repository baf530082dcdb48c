package odds

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOdds(t *testing.T) {
	t.Parallel()
	for _, written := range []string{
		"authentication", "databaseConnectionName", "user-account-identifier", "MAX_RETRY_COUNT", "Grundgesetz", "contrasenas", "mysql.jdbc.driver",
		"getElementsByTagName", "sommer2019", "lib/net/http.rb", "horsebattery", "xmlhttprequest",
	} {
		require.Negative(t, Of([]byte(written)), written)
	}
	for _, drawn := range []string{
		"4ZkR7bQ2" + "mX9wL3pV8tYh", "9f86d081884c7d65" + "9a2feaa0c55ad015", "qxzvkjwpfhgt", "k3jx9q2mzt7w", "JBSWY3DPEHPK3PXPQZ7K", "x7#Kq!9zLm@2",
	} {
		require.Greater(t, Of([]byte(drawn)), 5.0, drawn)
	}
}

func TestOddsOfTextsThatNoGeneratorWrites(t *testing.T) {
	t.Parallel()
	require.Zero(t, Of(nil))
	for _, text := range []string{"two words", "é", "a\tb", "\x00"} {
		require.True(t, math.IsInf(Of([]byte(text)), -1), text)
	}
}

func TestTheTableIsSmall(t *testing.T) {
	t.Parallel()
	info, err := os.Stat("table_gen.go")
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(300<<10))
	require.Len(t, costs, KindCells+LetterCells)
}
