package testwait_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testwait"
)

func TestUntilLooksAgain(t *testing.T) {
	t.Parallel()
	looks := 0
	testwait.Until(t, func() bool { looks++; return looks == 3 }, "the third look")
	require.Equal(t, 3, looks)
}

func TestReceiveWaitsForTheValue(t *testing.T) {
	t.Parallel()
	values := make(chan int)
	go func() { values <- 3 }()
	require.Equal(t, 3, testwait.Receive(t, values, "a value"))
}

func TestContextEndsBeforeTheDeadlineOfTheTest(t *testing.T) {
	t.Parallel()
	ends, bound := testwait.Context(t).Deadline()
	require.True(t, bound)
	if deadline, ok := t.Deadline(); ok {
		require.True(t, ends.Before(deadline))
	}
}
