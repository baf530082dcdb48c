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
