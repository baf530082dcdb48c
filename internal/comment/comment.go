// Package comment writes the comment on a pull request, for the pipe and the server.
package comment

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/scan"
)

// most is the number of findings in the comment.
const most = 10

// Marker is the text by which the next run recognises its own comment. It ends after the id, because another report's id
// may begin with this one.
func Marker(report *insights.Report) string { return "Sluice report " + report.ID + "," }

// Text returns the comment in Markdown: the verdict, the numbers and the worst findings. It contains the Marker.
func Text(result *scan.Result, gate scan.Gate, report *insights.Report) string {
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
		if listed == most {
			b.WriteString("* and more: see the report\n")
			break
		}
		listed++
		fmt.Fprintf(&b, "* %s: %s in %s", f.Severity, markdown(f.Title), code(placeText(f.Path, f.StartLine)))
		if path, line := f.Shown(); path != f.Path || line != f.StartLine {
			fmt.Fprintf(&b, ", by the change in %s", code(placeText(path, line)))
		}
		b.WriteString("\n")
	}
	if report.Link != "" {
		fmt.Fprintf(&b, "\n[Details](%s)\n", report.Link)
	}
	fmt.Fprintf(&b, "\n%s commit %s\n", Marker(report), short(result.Commit))
	return b.String()
}

// placeText is a path with a line, if it has one.
func placeText(path string, line int) string {
	if line <= 0 {
		return path
	}
	return fmt.Sprintf("%s:%d", path, line)
}

// markdown escapes formatting, so that text of a file cannot become a link or a mention.
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

// code returns a code span. A code span cannot contain a backtick.
func code(text string) string {
	return "`" + strings.ReplaceAll(insights.Cut(strings.Join(strings.Fields(text), " "), 300), "`", "'") + "`"
}

// short shortens a hash for display.
func short(hash string) string { return hash[:min(len(hash), 12)] }
