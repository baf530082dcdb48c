package scan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// These tests have a table of their own.
func init() {
	scan.Register(scan.EngineInfo{Engine: "import", Title: "Imported", Order: 9, Foreign: true})
	scan.Register(scan.EngineInfo{Engine: "smells", Words: []string{"smell"}, Title: "Smells", Order: 2, NotScanned: "no smells here"})
	scan.Register(scan.EngineInfo{Engine: "secrets", Title: "Secrets", Order: 1, Secrets: true})
}

func TestTheTableOfEnginesIsInTheOrderOfPeople(t *testing.T) {
	t.Parallel()
	var names []scan.Engine
	for _, row := range scan.Engines() {
		names = append(names, row.Engine)
	}
	require.Equal(t, []scan.Engine{"secrets", "smells", "import"}, names)
	require.Equal(t, []string{"secrets", "smells"}, scan.EngineNames(), "what other tools found is not switched on")
	require.Equal(t, scan.Engine("secrets"), scan.EngineOfSecrets())
	require.Equal(t, "no smells here", scan.Engine("smells").Info().NotRun())
	require.Equal(t, "not scanned", scan.Engine("secrets").Info().NotRun())
	unknown := scan.Engine("odd").Info()
	require.Equal(t, "odd", unknown.Title)
	require.Greater(t, unknown.Order, scan.Engine("import").Info().Order)
}

func TestEnginesAreReadByTheirNames(t *testing.T) {
	t.Parallel()
	var e scan.Engine
	require.NoError(t, e.UnmarshalText([]byte(" Smell\n")))
	require.Equal(t, scan.Engine("smells"), e)
	require.NoError(t, e.UnmarshalText([]byte("SECRETS")))
	require.Equal(t, scan.Engine("secrets"), e)
	require.EqualError(t, e.UnmarshalText([]byte("import")), `"import" is not an engine: use secrets or smells`)
}

func TestTheTableOfEnginesIsCompleteOnceItIsRead(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, scan.Engines())
	require.Panics(t, func() { scan.Register(scan.EngineInfo{Engine: "late"}) })
}

func TestListed(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		require.Equal(t, want, scan.Listed(words, "or"))
	}
}
