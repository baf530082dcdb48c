package match

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBothEnginesNumberAndNameGroupsFromLeftToRight(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`(?<first>a)(b)(?<third>c)?`, `(?<first>a)(b)(?<third>c)?(?=d|$)`} {
		e, err := ParseExpression(text)
		require.NoError(t, err)
		require.Equal(t, []string{"", "first", "", "third"}, e.Names())
		found, err := e.Find("xabcd ab", 10)
		require.NoError(t, err)
		require.Equal(t, [][]int{{1, 4, 1, 2, 2, 3, 3, 4}, {6, 8, 6, 7, 7, 8, -1, -1}}, found)
		found, err = e.Find("abcd ab", 1)
		require.NoError(t, err)
		require.Len(t, found, 1)
	}
}
