package format

import (
	"bufio"
	"cmp"
	"embed"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
	"github.com/sluice-scan/sluice/scan/webpage"
)

const (
	// maxDetailed is the number of findings that a page shows with their code; the others follow as rows of a table.
	maxDetailed = 1000
	// maxListed is the number of findings on a page; browsers become slow above it.
	maxListed = 10_000
	// maxOpen is the number of blocking findings that are unfolded at first.
	maxOpen = 10
	// maxRemarks is the number of unread files and failures that a page names.
	maxRemarks = 50
)

//go:embed template
var templates embed.FS

// The parts that all pages share. The policy allows only the style and the script of this page, by their hashes: the
// page makes no requests, and text of a file that got past the escaping would not run.
var (
	reportTemplate = sync.OnceValue(func() *template.Template {
		return template.Must(template.ParseFS(templates, "template/report.html.tmpl"))
	})
	reportPage = sync.OnceValue(func() webpage.Page { return webpage.Embedded(templates, "template/report.css", "template/report.js") })
)

// page is the data of the template. Every text in it is visible text.
type page struct {
	webpage.Page

	Title, Repository, Commit, FullCommit string
	Branch, Target, PullRequest, When     string
	Version, Read                         string
	Links                                 Links
	Verdict                               scan.Verdict
	Facts                                 []pageFact
	Remarks                               []pageRemark
	Live                                  int
	Total                                 pageBar
	Severities                            []pageSeverity
	Engines                               []pageEngine
	Shows, EngineChips                    []pageChip
	Findings, Rest                        []pageFinding
	RestWords, Missing, Nothing           string
}

type pageFact struct {
	Label, Value, Small string
	Quiet, Unknown      bool
}

type pageRemark struct {
	Label, Path, Text string
	Bad               bool
}

type pageBar struct {
	Label    string
	Segments []pageSegment
}

// pageSegment has its position in per cent of the bar.
type pageSegment struct{ Letter, X, Width, Label string }

// pageSeverity counts the live findings of a severity, and all of them.
type pageSeverity struct {
	Letter, Word      string
	N, All            int
	Number, AllNumber string
}

type pageEngine struct {
	Name, Word string
	Ran        bool
	// NotRun replaces the numbers if the engine did not run.
	NotRun  string
	Bar     pageBar
	Numbers []string
}

type pageChip struct {
	Value, Word, Number string
	Pressed             bool
}

// writeHTML writes one self-contained page. It is readable without its script, which only filters.
func writeHTML(w *bufio.Writer, r *scan.Result, options Options) error {
	return reportTemplate().Execute(w, pageOf(r, options))
}

func pageOf(r *scan.Result, options Options) *page {
	p := &page{
		Page:       reportPage(),
		Repository: display.Escape(r.Repository), Commit: shortHash(r.Commit), FullCommit: display.Escape(r.Commit),
		Branch: display.Escape(r.Branch), Target: display.Escape(r.Target), PullRequest: display.Escape(r.PullRequest),
		Version: display.Escape(options.Version), Verdict: options.Gate.Verdict(r), Live: r.Count("").Total(),
		Links: Links{
			Home: weblink.Safe(options.Links.Home), Repository: weblink.Safe(options.Links.Repository),
			Commit: weblink.Safe(options.Links.Commit), PullRequest: weblink.Safe(options.Links.PullRequest),
		},
	}
	p.Title = "Security scan of " + cmp.Or(p.Repository, "a directory")
	if p.Commit != "" {
		p.Title += " at " + p.Commit
	}
	if options.Time {
		var when []string
		if !r.Started.IsZero() {
			when = append(when, r.Started.UTC().Format("2 Jan 2006, 15:04 UTC"))
		}
		p.When = strings.Join(append(when, seconds(max(r.Duration, time.Millisecond))), ", ")
	}
	if words := statsWords(r.Stats); words != "" {
		p.Read = words + " read."
	}
	p.Nothing = "Nothing found."
	if !r.Complete() {
		p.Nothing = "Nothing found in what could be read."
	}
	p.Facts = factsOf(r, options.Gate)
	p.Remarks = remarksOf(r)
	p.charts(r)
	p.list(r, options)
	return p
}

func factsOf(r *scan.Result, gate scan.Gate) []pageFact {
	counts := r.Count("")
	facts := []pageFact{{Label: "Findings", Value: scan.Thousands(int64(counts.Total())), Quiet: counts.Total() == 0}}
	compared := r.Compared()
	if compared {
		facts = []pageFact{{Label: "New", Value: scan.Thousands(int64(counts.New)), Small: "of " + scan.Thousands(int64(counts.Total())), Quiet: counts.New == 0}}
	}
	if n := gate.Blocking(r); n > 0 && n != counts.New {
		facts = append(facts, pageFact{Label: "Blocking", Value: scan.Thousands(int64(n))})
	}
	ran, missing := engineTables(r)
	for _, e := range inOrder(slices.Concat(ran, missing)) {
		if !slices.Contains(ran, e) {
			facts = append(facts, pageFact{Label: engineWord(e), Value: e.Info().NotRun(), Quiet: true, Unknown: true})
			continue
		}
		c := r.Count(e)
		fact := pageFact{Label: engineWord(e), Value: scan.Thousands(int64(c.Total())), Quiet: c.Total() == 0}
		if compared && c.New > 0 {
			fact.Small = scan.Thousands(int64(c.New)) + " new"
		}
		facts = append(facts, fact)
	}
	if r.Stats != (scan.Stats{}) {
		fact := pageFact{Label: "Files read", Value: scan.Thousands(int64(r.Stats.Files)), Small: "of " + scan.Thousands(int64(r.Stats.Files+len(r.Unread)))}
		facts = append(facts, fact)
	}
	return facts
}

func remarksOf(r *scan.Result) []pageRemark {
	var out []pageRemark
	add := func(label string, bad bool, failures []scan.Failure) {
		for i, f := range failures {
			if i == maxRemarks {
				out = append(out, pageRemark{Label: label, Bad: bad, Text: "and " + scan.Thousands(int64(len(failures)-i)) + " more"})
				return
			}
			words := faultText(f)
			if f.Engine != "" {
				words = string(f.Engine) + ": " + words
			}
			out = append(out, pageRemark{Label: label, Path: display.Escape(f.Path), Text: display.Escape(words), Bad: bad})
		}
	}
	add("Not read", true, r.Unread)
	add("In part", true, r.Failures)
	if advice := r.Advice(); advice != "" {
		out = append(out, pageRemark{Label: "Note", Text: advice})
	}
	for _, n := range r.Notes {
		out = append(out, pageRemark{Label: "Note", Text: display.Escape(cmp.Or(n.Text, n.Code))})
	}
	return out
}

func (p *page) charts(r *scan.Result) {
	all := map[scan.Severity]int{}
	for i := range r.Findings {
		all[r.Findings[i].Severity]++
	}
	counts := r.Count("")
	p.Total = barOf("All findings", counts, counts.Total())
	for _, s := range scan.Severities {
		p.Severities = append(p.Severities, pageSeverity{
			Letter: letter(s), Word: severityWord(s), N: counts.Of(s), All: all[s],
			Number: scan.Thousands(int64(counts.Of(s))), AllNumber: scan.Thousands(int64(all[s])),
		})
	}
	ran, missing := engineTables(r)
	most := 0
	for _, e := range ran {
		most = max(most, r.Count(e).Total())
	}
	for _, e := range inOrder(slices.Concat(ran, missing)) {
		c := r.Count(e)
		row := pageEngine{Name: string(e), Word: engineWord(e), Ran: slices.Contains(ran, e), NotRun: e.Info().NotRun(), Bar: barOf(engineWord(e), c, most)}
		for _, n := range []int{c.Critical, c.High, c.Medium, c.Low, c.New} {
			row.Numbers = append(row.Numbers, scan.Thousands(int64(n)))
		}
		if !r.Compared() {
			row.Numbers[len(row.Numbers)-1] = "-"
		}
		p.Engines = append(p.Engines, row)
	}
}

// minSegment is the minimum width in per cent of a segment above zero, so that one finding among thousands is visible.
const minSegment = 1.5

// barOf draws counts on a bar whose full length means most.
func barOf(label string, c scan.Counts, most int) pageBar {
	bar := pageBar{}
	var words []string
	widths := map[scan.Severity]float64{}
	var sum float64
	for _, s := range scan.Severities {
		words = append(words, scan.Thousands(int64(c.Of(s)))+" "+strings.ToLower(s.String()))
		if c.Of(s) > 0 {
			widths[s] = max(100*float64(c.Of(s))/float64(most), minSegment)
			sum += widths[s]
		}
	}
	x := 0.0
	for _, s := range scan.Severities {
		if c.Of(s) == 0 {
			continue
		}
		width := widths[s]
		if sum > 100 {
			width *= 100 / sum
		}
		bar.Segments = append(bar.Segments, pageSegment{
			Letter: letter(s), X: percent(x), Width: percent(width), Label: scan.Thousands(int64(c.Of(s))) + " " + strings.ToLower(s.String()),
		})
		x += width
	}
	bar.Label = label + ": " + strings.Join(words, ", ")
	return bar
}

func percent(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) }

func letter(s scan.Severity) string { return strings.ToLower(s.String()[:1]) }

func severityWord(s scan.Severity) string { return s.String()[:1] + strings.ToLower(s.String()[1:]) }
