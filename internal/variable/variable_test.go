package variable_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

// config is the configuration of these tests.
type config struct {
	Cup   cup
	Shelf shelf `group:"Cup"`
}

type cup struct {
	Size   variable.Size     `env:"CUP_SIZE, default=1KB" usage:"how much goes in"`
	Names  variable.List     `env:"NAMES" usage:"what it is called"`
	Lid    variable.Bool     `env:"LID" usage:"has a lid"`
	Wait   variable.Duration `env:"WAIT" usage:"how long it stays warm"`
	Secret scan.Secret       `env:"BITBUCKET_SECRET" usage:"what is in it"`
}

type shelf struct {
	Places variable.Count `env:"PLACES" usage:"how many fit"`
}

func env(pairs ...string) variable.Lookup {
	return func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestLoadFillsTheFieldsOfAllGroups(t *testing.T) {
	t.Parallel()
	var c config
	require.Empty(t, variable.Load(env("NAMES_COUNT", "2", "NAMES_0", "a, b", "NAMES_1", "c", "LID", " \"Yes\" ", "WAIT", "90", "PLACES", "4"), &c))
	require.Equal(t, config{Cup: cup{Size: 1 << 10, Names: variable.List{"a, b", "c"}, Lid: true, Wait: variable.Duration(90 * time.Second)}, Shelf: shelf{4}}, c)
	c = config{}
	require.Empty(t, variable.Load(env("CUP_SIZE", "$CUP_SIZE", "LID", " ", "NAMES", "a, $B"), &c))
	require.Equal(t, config{Cup: cup{Size: 1 << 10, Names: variable.List{"a"}}}, c, "what says nothing counts as not set")
}

func TestLoadNamesEveryProblemByItsVariable(t *testing.T) {
	t.Parallel()
	var c config
	err := errors.Join(variable.Load(env("CUP_SIZE", "-1", "LID", "perhaps", "PLACES", "0", "BITBUCKET_SECRET", "canary"), &c)...)
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, 3)
	for i, name := range []string{"CUP_SIZE: ", "LID: ", "PLACES: "} {
		require.True(t, strings.HasPrefix(lines[i], name), lines[i])
	}
	require.NotContains(t, err.Error(), "canary")
}

func TestOfDescribesVariables(t *testing.T) {
	t.Parallel()
	require.Equal(t, []variable.Variable{
		{Name: "CUP_SIZE", Flag: "cup-size", Group: "Cup", Default: "1KB", Usage: "how much goes in"},
		{Name: "NAMES", Flag: "names", Group: "Cup", Usage: "what it is called", List: true},
		{Name: "LID", Flag: "lid", Group: "Cup", Usage: "has a lid", Boolean: true},
		{Name: "WAIT", Flag: "wait", Group: "Cup", Usage: "how long it stays warm"},
		{Name: "BITBUCKET_SECRET", Flag: "secret", Group: "Cup", Usage: "what is in it", Secret: true},
		{Name: "PLACES", Flag: "places", Group: "Cup", Usage: "how many fit"},
	}, variable.Of(&config{}))
}

func TestUnexpandedNamesWhatWasPassedOnUnset(t *testing.T) {
	t.Parallel()
	texts := variable.Unexpanded(env("PLACES", "${PLACES}", "LID", "$5 off", "CUP_SIZE", "$(cup.size)"), variable.Of(&config{}))
	require.Len(t, texts, 2)
	require.Contains(t, texts[0], "CUP_SIZE counts as not set")
	require.Contains(t, texts[1], "PLACES counts as not set")
	require.False(t, variable.IsSet(env("PLACES", "$PLACES"), "PLACES"))
	require.True(t, variable.IsSet(env("PLACES", "3"), "PLACES"))
}

func TestChain(t *testing.T) {
	t.Parallel()
	l := variable.Chain(env("A", "", "B", "flag"), nil, env("A", "environment", "B", "environment", "C", "environment"), env("C", "file", "D", "file"))
	for name, want := range map[string]string{"A": "environment", "B": "flag", "C": "environment", "D": "file", "E": ""} {
		got, ok := l(name)
		require.Equal(t, want, got)
		require.Equal(t, want != "", ok)
	}
}
