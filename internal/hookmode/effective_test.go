package hookmode

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/settings"
)

// TestEffectiveHook is the whole truth table: o is enabled and refuses, w enabled and warns, x disabled, - inherits.
func TestEffectiveHook(t *testing.T) {
	t.Parallel()
	own := map[byte]*settings.HookSetting{'o': {Enabled: true}, 'w': {Enabled: true, Warn: true}, 'x': {Warn: true}, '-': nil}
	explicit, inherited, always := global{settings.HookExplicitOnly, true}, global{settings.HookInheritedOrEnabled, false}, global{settings.HookAlways, false}
	milder, mild := global{settings.HookAlways, true}, global{settings.HookInheritedOrEnabled, true}
	for _, test := range []struct {
		global              global
		project, repository byte
		want                string
	}{
		{explicit, '-', '-', "off NONE"}, {explicit, '-', 'x', "off REPOSITORY"}, {explicit, '-', 'o', "block REPOSITORY"}, {explicit, '-', 'w', "warn REPOSITORY"},
		{explicit, 'o', '-', "block PROJECT"}, {explicit, 'w', '-', "warn PROJECT"}, {explicit, 'o', 'x', "off REPOSITORY"}, {explicit, 'w', 'o', "block REPOSITORY"},
		{explicit, 'x', '-', "off PROJECT"}, {explicit, 'x', 'o', "block REPOSITORY"}, {explicit, 'x', 'x', "off REPOSITORY"},
		{inherited, '-', '-', "block GLOBAL"}, {mild, '-', '-', "warn GLOBAL"}, {inherited, '-', 'x', "off REPOSITORY"}, {inherited, '-', 'w', "warn REPOSITORY"},
		{inherited, 'w', '-', "warn PROJECT"}, {inherited, 'x', '-', "block GLOBAL"}, {inherited, 'o', 'x', "off REPOSITORY"},
		{always, '-', '-', "block GLOBAL"}, {always, 'x', 'x', "block GLOBAL"}, {always, 'w', 'w', "block GLOBAL"},
		{milder, '-', '-', "warn GLOBAL"}, {milder, '-', 'x', "warn GLOBAL"}, {milder, '-', 'o', "block GLOBAL"}, {milder, 'o', '-', "block GLOBAL"}, {milder, 'o', 'w', "warn GLOBAL"},
	} {
		require.Equal(t, test.want, words(decide(test.global, false, own[test.project], own[test.repository])), "%+v %c %c", test.global, test.project, test.repository)
	}
	// A personal repository does not inherit from its project.
	require.Equal(t, "off NONE", words(decide(explicit, true, own['o'], nil)))
	require.Equal(t, "block GLOBAL", words(decide(inherited, true, own['w'], nil)))
	require.Equal(t, "warn REPOSITORY", words(decide(inherited, true, own['o'], own['w'])))
}

func words(e Effective) string {
	switch {
	case !e.Enabled:
		return "off " + string(e.Source)
	case e.Warn:
		return "warn " + string(e.Source)
	}
	return "block " + string(e.Source)
}
