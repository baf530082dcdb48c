package demo_test

import (
	"os"
	"testing"

	"github.com/sluice-scan/sluice/internal/testgit"
	"github.com/sluice-scan/sluice/internal/teststore"
)

func TestMain(m *testing.M) {
	testgit.ClearHookEnv()
	os.Exit(teststore.Run(m))
}
