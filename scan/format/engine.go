package format

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// enginesOf lists the engines that ran, and other engines with findings, in display order.
func enginesOf(r *scan.Result) []scan.Engine {
	ran := slices.Clone(r.Engines)
	for i := range r.Findings {
		if e := r.Findings[i].Engine; !slices.Contains(ran, e) {
			ran = append(ran, e)
		}
	}
	return inOrder(ran)
}

// engineTables returns the engines with a line in a report: those that ran, and those that could have run. An engine
// that did not run must not look secure. A report of other tools' findings alone is not a scan of ours.
func engineTables(r *scan.Result) (ran, missing []scan.Engine) {
	ran = enginesOf(r)
	if len(ran) > 0 && !slices.ContainsFunc(ran, func(e scan.Engine) bool { return !e.Info().Foreign }) {
		return ran, nil
	}
	for _, row := range scan.Engines() {
		if !row.Foreign && !slices.Contains(ran, row.Engine) {
			missing = append(missing, row.Engine)
		}
	}
	return ran, missing
}

// inOrder sorts engines in display order, and drops duplicates.
func inOrder(engines []scan.Engine) []scan.Engine {
	slices.SortFunc(engines, func(a, b scan.Engine) int {
		x, y := a.Info(), b.Info()
		return cmp.Or(x.Order-y.Order, cmp.Compare(a, b))
	})
	return slices.Compact(engines)
}

// engineWord returns the name of an engine on pages.
func engineWord(e scan.Engine) string {
	return display.Escape(e.Info().Title)
}
