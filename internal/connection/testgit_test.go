package connection_test

// Git that tests run serves their repositories only.
import _ "github.com/sluice-scan/sluice/internal/testgit"
