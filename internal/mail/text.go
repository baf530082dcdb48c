package mail

import (
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// Subject returns the subject of a report: what was scanned, and the main result.
func Subject(r *mails.Report) string {
	return fmt.Sprintf("[sluice] Scan of %s finished: %d vulnerable, %s", oneLine(scope(r)), r.Vulnerable, scan.Plural(r.Failed, "error", "errors"))
}

func scope(r *mails.Report) string {
	if r.Scope == "" {
		return "everything"
	}
	return r.Scope
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Text returns the report as plain text.
func Text(r *mails.Report, link string) string {
	var b strings.Builder
	for _, line := range lines(r) {
		b.WriteString(line + "\n")
	}
	if len(r.Repositories) > 0 {
		b.WriteString("\nMost open findings:\n")
		for _, x := range r.Repositories {
			fmt.Fprintf(&b, "  %s / %s: %s\n", oneLine(x.ProjectKey), oneLine(x.Slug), open(x.Open))
		}
	}
	if len(r.Errors) > 0 {
		b.WriteString("\nErrors:\n")
		for _, e := range r.Errors {
			fmt.Fprintf(&b, "  %s  %s / %s : %s: %s\n", db.Key(e.Scan), oneLine(e.ProjectKey), oneLine(e.Slug), oneLine(e.Branch), oneLine(e.Reason))
		}
	}
	if link != "" {
		fmt.Fprintf(&b, "\n%s\n", link)
	}
	return b.String()
}

// lines returns the sentences at the beginning of both formats.
func lines(r *mails.Report) []string {
	asked := ""
	if r.By != "" {
		asked = ", asked for by " + oneLine(r.By)
	}
	list := []string{
		fmt.Sprintf("The scan of %s (%s%s) has finished.", oneLine(scope(r)), r.Mode, asked),
		fmt.Sprintf("Started %s, finished %s, after %s.", r.Created.Format(time.RFC3339), r.Finished.Format(time.RFC3339), r.Finished.Sub(r.Created).Round(time.Second)),
		fmt.Sprintf("Scans: %d succeeded, %d failed, %d cancelled, %d had nothing to do.", r.Succeeded, r.Failed, r.Cancelled, r.Dropped),
		fmt.Sprintf("Branches: %d vulnerable, %d scanned in part, %d secure or outdated, %d not scanned.", r.Vulnerable, r.Incomplete, r.Secure, r.NotScanned),
		fmt.Sprintf("Findings, added up over the branches: %d new since the scan before, %d gone.", r.Appeared, r.Vanished),
	}
	return list
}

func open(o status.OpenCounts) string {
	return fmt.Sprintf("%d critical, %d high, %d medium, %d low", o.Critical, o.High, o.Medium, o.Low)
}

var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("mail").Funcs(template.FuncMap{"open": open, "key": db.Key}).Parse(`<!doctype html>
<html lang="en"><body>
{{range .Lines}}<p>{{.}}</p>
{{end}}{{if .Report.Repositories}}<table border="1" cellpadding="4" cellspacing="0"><caption>Most open findings</caption>
<tr><th>Repository</th><th>Open findings</th></tr>
{{range .Report.Repositories}}<tr><td>{{.ProjectKey}} / {{.Slug}}</td><td>{{open .Open}}</td></tr>
{{end}}</table>
{{end}}{{if .Report.Errors}}<table border="1" cellpadding="4" cellspacing="0"><caption>Errors</caption>
<tr><th>Scan</th><th>Branch</th><th>Reason</th></tr>
{{range .Report.Errors}}<tr><td>{{key .Scan}}</td><td>{{.ProjectKey}} / {{.Slug}} : {{.Branch}}</td><td>{{.Reason}}</td></tr>
{{end}}</table>
{{end}}{{if .Link}}<p><a href="{{.Link}}">Open Sluice</a></p>
{{end}}</body></html>
`))
})

// HTML returns the report as an HTML page.
func HTML(r *mails.Report, link string) (string, error) {
	var b strings.Builder
	err := page().Execute(&b, map[string]any{"Lines": lines(r), "Report": r, "Link": link})
	return b.String(), err
}
