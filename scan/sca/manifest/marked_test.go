package manifest_test

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// marked returns the texts to which packages point, one per line.
func marked(files map[string]string, packages []scan.Package) string {
	var b strings.Builder
	for i := range packages {
		p := &packages[i]
		b.WriteString(files[p.Path][p.Start:p.End] + "\n")
	}
	return b.String()
}
