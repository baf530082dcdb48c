package pipe

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/scan"
)

// commentFindings is how many findings the comment lists.
const commentFindings = 10

// commentMarker is the text by which the next run knows its own comment. It ends behind the id, because the id of another
// report may begin with this one.
func commentMarker(report *insights.Report) string { return "Sluice report " + report.ID + "," }

// Comment is the pull-request comment in Markdown: the verdict, the numbers, the worst findings.
func Comment(result *scan.Result, gate scan.Gate, report *insights.Report) string {
	var b strings.Builder
	verdict := gate.Verdict(result)
	fmt.Fprintf(&b, "**%s**\n\n", verdict.Headline)
	if verdict.Detail != "" {
		fmt.Fprintf(&b, "%s\n\n", verdict.Detail)
	}
	listed := 0
	for i := range result.Findings {
		f := &result.Findings[i]
		if !f.Live() || gate.Scope == scan.ScopeNew && !f.New {
			continue
		}
		if listed == commentFindings {
			b.WriteString("* and more: see the report\n")
			break
		}
		listed++
		place := f.Path
		if f.StartLine > 0 {
			place = fmt.Sprintf("%s:%d", f.Path, f.StartLine)
		}
		fmt.Fprintf(&b, "* %s: %s in %s\n", f.Severity, markdown(f.Title), code(place))
	}
	if report.Link != "" {
		fmt.Fprintf(&b, "\n[Details](%s)\n", report.Link)
	}
	fmt.Fprintf(&b, "\n%s commit %s\n", commentMarker(report), short(result.Commit))
	return b.String()
}

// markdown escapes what would be formatting; text of a file must not become a link or a mention.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range insights.Cut(strings.Join(strings.Fields(text), " "), 200) {
		if strings.ContainsRune("\\`*_{}[]()<>#+!|@~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code makes a code span; a backtick cannot stand in one.
func code(text string) string {
	return "`" + strings.ReplaceAll(insights.Cut(strings.Join(strings.Fields(text), " "), 300), "`", "'") + "`"
}

// short is a commit as people name it.
func short(hash string) string { return hash[:min(len(hash), 12)] }
