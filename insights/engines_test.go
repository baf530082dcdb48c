package insights_test

import _ "github.com/sluice-scan/sluice/internal/engine" // the table of engines
