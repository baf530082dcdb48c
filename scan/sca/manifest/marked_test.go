package manifest_test

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// marked gives the texts that packages point to, one a line.
func marked(files map[string]string, packages []scan.Package) string {
	var b strings.Builder
	for i := range packages {
		p := &packages[i]
		b.WriteString(files[p.Path][p.Start:p.End] + "\n")
	}
	return b.String()
}
