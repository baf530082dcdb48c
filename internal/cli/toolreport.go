package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

// toolReport is one report to publish.
type toolReport struct {
	id, title, reporter string
	// kind is BUG if no finding is a vulnerability and no tool looks for vulnerabilities.
	kind   insights.ReportType
	result *scan.Result
}

// wanted has the id and title that the caller sets. Each is empty if the caller does not set it.
type wanted struct{ id, title string }

// named returns REPORT_ID and REPORT_TITLE if they are set.
func named(lookup variable.Lookup, config *pipe.Config) wanted {
	var want wanted
	if _, ok := variable.Chain(lookup)("REPORT_ID"); ok {
		want.id = config.Report.ReportID
	}
	if _, ok := variable.Chain(lookup)("REPORT_TITLE"); ok {
		want.title = config.Report.ReportTitle
	}
	return want
}

// toolReports makes one report for each analysis, in the order of the runs, or with merge one for all. An analysis is
// what one tool found in one category ([sarif.Run.Analysis]); its runs are joined. REPORT_ID and REPORT_TITLE apply to a
// single report, so several reports refuse them. base and notes are those of the commit.
func toolReports(runs []sarif.Run, config *pipe.Config, base scan.Base, notes []scan.Note, want wanted, merge bool) ([]toolReport, error) {
	var reports []toolReport
	index := map[[2]string]int{}
	categories := sarif.Categories(runs)
	for i, run := range runs {
		key := [2]string{run.Tool, categories[i]}
		one := toolReport{id: analysisID(run.Tool, categories[i]), title: run.Tool, reporter: run.Tool, kind: insights.TypeBug}
		if categories[i] != "" {
			one.title += " (" + categories[i] + ")"
		}
		if merge {
			key = [2]string{}
			one = toolReport{id: config.Report.ReportID, title: config.Report.ReportTitle, reporter: insights.DefaultReporter, kind: insights.TypeBug}
		}
		at, ok := index[key]
		if !ok {
			at = len(reports)
			index[key] = at
			one.result = sarif.NewResult(base, slices.Clone(notes)...)
			one.result.PullRequest = config.Pipeline.PRID
			if one.result.Base.Kind == "" {
				one.result.Base.Kind = scan.BaseNone
			}
			reports = append(reports, one)
		}
		if reports[at].result.Base.Kind == scan.BaseNone {
			reports[at].result.Base = run.Result.Base
		}
		if run.Class == scan.ClassVulnerability && len(run.Result.Findings) == 0 || slices.ContainsFunc(run.Result.Findings, func(f scan.Finding) bool { return f.Class == scan.ClassVulnerability }) {
			reports[at].kind = insights.TypeSecurity
		}
		engine.MergeRun(&scan.Scanner{}, reports[at].result, run, bool(config.Shared.AcceptIncomplete))
	}
	if merge || want == (wanted{}) {
		return reports, nil
	}
	if len(reports) > 1 {
		titles := make([]string, len(reports))
		for i := range reports {
			titles[i] = reports[i].title
		}
		return nil, &variable.UsageError{Err: fmt.Errorf("REPORT_ID and REPORT_TITLE (--report-id, --report-title) apply to one report, but there are %d: %s; join them with --merge, or publish them separately",
			len(reports), strings.Join(titles, ", "))}
	}
	for i := range reports {
		reports[i].id = cmp.Or(want.id, reports[i].id)
		reports[i].title = cmp.Or(want.title, reports[i].title)
	}
	return reports, nil
}

// analysisID makes a report id from a tool's name and a category, which may be empty. Two analyses share an id only if
// they differ in nothing but case, or blanks and dashes. A hash distinguishes names with characters that an id cannot
// contain.
func analysisID(tool, category string) string {
	word, exact := idWord(tool)
	if category != "" && !strings.EqualFold(category, tool) {
		more, whole := idWord(category)
		word, exact = strings.Trim(word+"-"+more, "-"), exact && whole
	}
	id := "sluice-" + word
	// This program's own report ids begin like that.
	if !exact || id == insights.DefaultReportID || strings.HasPrefix(id, insights.DefaultReportID+"-") {
		return insights.HashedID(id, tool+"\x00"+category)
	}
	return insights.ShortID(id, insights.MaxReportID)
}

// idWord converts a name to the characters of an id. exact is false if the name lost more than case and blanks.
func idWord(name string) (word string, exact bool) {
	exact = true
	word = strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == ' ':
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		default:
			exact = false
			return '-'
		}
		if c == ' ' {
			return '-'
		}
		return c
	}, name)
	trimmed := strings.Trim(word, "-.")
	return trimmed, exact && trimmed == word && word != ""
}
