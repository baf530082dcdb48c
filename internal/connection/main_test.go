package connection_test

import (
	"os"
	"testing"

	"github.com/sluice-scan/sluice/internal/testgit"
)

func TestMain(m *testing.M) {
	testgit.ClearHookEnv()
	os.Exit(m.Run())
}
