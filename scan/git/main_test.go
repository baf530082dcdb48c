package git_test

import (
	"os"
	"testing"

	"github.com/sluice-scan/sluice/internal/testgit"
)

func TestMain(m *testing.M) {
	testgit.Alone()
	os.Exit(m.Run())
}
