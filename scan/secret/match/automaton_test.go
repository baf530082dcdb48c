package match

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// naive returns what an automaton should find: every literal at every offset, ordered by end, then longest first.
func naive(text string, literals []string) []string {
	lower := bytes.ToLower([]byte(text))
	var found []string
	for end := 1; end <= len(lower); end++ {
		for length := end; length > 0; length-- {
			for _, literal := range literals {
				if len(literal) == length && string(lower[end-length:end]) == literal {
					found = append(found, fmt.Sprintf("%d %s", end, literal))
				}
			}
		}
	}
	return found
}

func automatonHits(t testing.TB, text string, chunk int, literals []string) []string {
	t.Helper()
	m, err := NewAutomaton(literals)
	require.NoError(t, err)
	var list []string
	var found Hits
	for from := 0; from < len(text); from += chunk {
		m.Find([]byte(text), from, min(from+chunk, len(text)), &found)
		for k := range found {
			for _, h := range found[k] {
				for _, literal := range m.Ending(h.State) {
					list = append(list, fmt.Sprintf("%d %s", h.End, literals[literal]))
				}
			}
		}
	}
	return list
}

func TestAutomaton(t *testing.T) {
	t.Parallel()
	literals := []string{"he", "she", "his", "hers", "ghp_", "://", "-us", "aaaa"}
	tests := map[string]struct {
		text string
		want []string
	}{
		"nothing":            {"", nil},
		"overlapping":        {"ushers", []string{"4 she", "4 he", "6 hers"}},
		"any case":           {"GHP_x", []string{"4 ghp_"}},
		"signs":              {"x://y-US", []string{"4 ://", "8 -us"}},
		"runs":               {"aaaaa", []string{"4 aaaa", "5 aaaa"}},
		"high bytes":         {"\xff\x80he\xc3", []string{"4 he"}},
		"underscore is no ?": {"ghp\x7f", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, automatonHits(t, test.text, 1<<16, literals))
		})
	}
}

// A literal on the border of two streams or of two chunks is found once.
func TestAutomatonBorders(t *testing.T) {
	t.Parallel()
	literals := []string{"abab", "bab", "secret_key", "key", "b"}
	random := rand.New(rand.NewPCG(1, 2))
	parts := []string{"a", "b", "ab", "secret", "_key", "KEY", "x", "secret_key", "\n"}
	for range 300 {
		var text strings.Builder
		for range random.IntN(60) {
			text.WriteString(parts[random.IntN(len(parts))])
		}
		chunk := 1 + random.IntN(40)
		require.Equal(t, naive(text.String(), literals), automatonHits(t, text.String(), chunk, literals), "chunk %d of %q", chunk, text.String())
	}
}
