package insights

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// The default names of the report.
const (
	DefaultReportID = "sluice-security"
	DefaultTitle    = "Security scan"
	DefaultReporter = "Sluice"
)

// Options is what a report shows besides the findings.
type Options struct {
	Product bitbucket.Product
	// ReportID, Title and Reporter replace the default names; empty means the default. An invalid id is replaced too, with
	// a note. The configuration normally rejects it long before.
	ReportID, Title, Reporter string
	// Link points to the details (a pipeline step, a dashboard), LogoURL to a picture. Addresses that are not public are
	// left out.
	Link, LogoURL string
	RemoteLink    bool
	Gate          scan.Gate
	// Type is the kind of the report; empty means TypeSecurity.
	Type ReportType
	// MaxAnnotations lowers the number of annotations; 0 means the constant MaxAnnotations.
	MaxAnnotations int
}

// Build makes the report of a scan result. It is pure: the same arguments give the same report. It applies every limit
// of Bitbucket, so Bitbucket never refuses the report for its format.
func Build(result *scan.Result, o Options) Report {
	b := builder{result: result, options: o, report: newReport(o)}
	b.annotate()
	verdict := o.Gate.Verdict(result)
	b.report.Result = Failed
	if o.Gate.Passed(result) {
		b.report.Result = Passed
	}
	b.report.Data = b.data(verdict)
	b.report.Details = Cut(b.details(verdict), MaxDetails)
	return b.report
}

// Status makes the build status that says the same as a report. address is its link if the report has none; every status
// needs one.
func Status(result *scan.Result, gate scan.Gate, report *Report, branch, address string) bitbucket.BuildStatus {
	s := bitbucket.BuildStatus{
		// The key of a report may be longer than a status allows.
		Key: ShortID(report.ID, bitbucket.MaxBuildKey), Name: report.Title, State: bitbucket.BuildFailed, URL: cmp.Or(report.Link, address), Branch: branch,
		Description: Cut(gate.Verdict(result).Headline, 255),
	}
	if gate.Passed(result) {
		s.State = bitbucket.BuildSuccessful
	}
	return s
}

func newReport(o Options) Report {
	r := Report{
		ID: cmp.Or(o.ReportID, DefaultReportID), Type: cmp.Or(o.Type, TypeSecurity), RemoteLink: o.RemoteLink,
		Title:    Cut(display.Words(cmp.Or(o.Title, DefaultTitle)), MaxTitle),
		Reporter: Cut(display.Words(cmp.Or(o.Reporter, DefaultReporter)), MaxReporter),
	}
	if !ValidReportID(r.ID) {
		r.Notes = append(r.Notes, fmt.Sprintf("the report id is not valid and was replaced by %s", DefaultReportID))
		r.ID = DefaultReportID
	}
	for _, link := range []struct {
		name, from string
		to         *string
	}{{"REPORT_LINK", o.Link, &r.Link}, {"LOGO_URL", o.LogoURL, &r.LogoURL}} {
		switch {
		case link.from == "":
		case publicLink(link.from, o.Product):
			*link.to = link.from
		default:
			r.Notes = append(r.Notes, fmt.Sprintf("%s is not a public http or https address and was left out", link.name))
		}
	}
	return r
}

type builder struct {
	result  *scan.Result
	options Options
	report  Report
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

// data chooses the rows of the card, at most as many as the product shows.
func (b *builder) data(verdict scan.Verdict) []DataItem {
	r := b.result
	all := r.Count("")
	items := []DataItem{{Title: "Safe to merge", Type: DataBoolean, Value: verdict.State == scan.StateSafe, priority: 100}}
	if verdict.State == scan.StateIdle {
		items[0] = DataItem{Title: "Scanned", Type: DataBoolean, Value: false, priority: 100}
	}
	if r.Compared() {
		title := "New since the base"
		if r.PullRequest != "" {
			title = "New in this pull request"
		}
		items = append(items, DataItem{Title: title, Type: DataNumber, Value: all.New, priority: 90})
	}
	items = append(items,
		DataItem{Title: "Critical", Type: DataNumber, Value: all.Critical, priority: 80},
		DataItem{Title: "High", Type: DataNumber, Value: all.High, priority: 79},
		DataItem{Title: "Medium and low", Type: DataNumber, Value: all.Medium + all.Low, priority: 50},
	)
	if b.report.Omitted > 0 {
		items = append(items, DataItem{Title: "Not shown", Type: DataNumber, Value: b.report.Omitted, priority: 85})
	}
	for i, info := range scan.Engines() {
		if slices.Contains(r.Engines, info.Engine) {
			items = append(items, DataItem{Title: info.Title, Type: DataNumber, Value: r.Count(info.Engine).Total(), priority: 70 - i})
		}
	}
	if n := r.Suppressed(); n > 0 {
		items = append(items, DataItem{Title: "Suppressed", Type: DataNumber, Value: n, priority: 30})
	}
	if !r.DataDate.IsZero() {
		items = append(items, DataItem{Title: "Advisories of", Type: DataDate, Value: r.DataDate.UnixMilli(), priority: 65})
	}
	// Atlassian's example shows seconds, but the documentation's table says milliseconds, and the page shows milliseconds.
	items = append(items, DataItem{Title: "Duration", Type: DataDuration, Value: r.Duration.Milliseconds(), priority: 40})
	if b.report.Link != "" {
		items = append(items, DataItem{Title: "Details", Type: DataLink, Value: Link{Text: "Open", Href: b.report.Link}, priority: 60})
	}
	return fit(items, MaxData(b.options.Product))
}

// fit drops the items with the lowest priority and keeps the order of the others.
func fit(items []DataItem, limit int) []DataItem {
	for len(items) > limit {
		worst := 0
		for i := range items {
			if items[i].priority < items[worst].priority {
				worst = i
			}
		}
		items = slices.Delete(items, worst, worst+1)
	}
	return items
}
