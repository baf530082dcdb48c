package rule

import "github.com/sluice-scan/sluice/scan/code/compare"

// Requires is a condition over labels, for example "INPUT and not CLEAN".
type Requires struct {
	Position
	*compare.Labels
}

// defaultRequires is what a sink without requires asks for.
var defaultRequires = func() *compare.Labels {
	labels, err := compare.ParseLabels(DefaultLabel)
	if err != nil {
		panic(err)
	}
	return labels
}()
