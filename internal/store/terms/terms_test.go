package terms

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
)

func TestTermsStandForNumbersAndTheClock(t *testing.T) {
	t.Parallel()
	d := &db.DB{Clock: "clock()"}
	for text, want := range map[string]string{
		"":       "",
		"plain":  "plain",
		":now":   "clock()",
		"x :now": "x clock()",
		"state in (:false_positive, :fixed) and at < :now - $1": "state in (3, 4) and at < clock() - $1",
		"'day: ' || a": "'day: ' || a",
		"a = ':'":      "a = ':'",
		":low:high":    "13",
	} {
		require.Equal(t, want, SQL(d, text))
	}
	require.Panics(t, func() { SQL(d, "state = :lost") })
	require.Panics(t, func() { Numbered("at < :now") }, "nobody knows the clock yet")
}
