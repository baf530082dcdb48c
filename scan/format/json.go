package format

import (
	"bufio"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/jsonstream"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// jsonVersion increases if a field changes its meaning or is removed; new fields do not increase it.
const jsonVersion = 1

type jsonHead struct {
	Version     int          `json:"version"`
	Tool        jsonTool     `json:"tool"`
	Repository  string       `json:"repository"`
	Commit      string       `json:"commit"`
	Branch      string       `json:"branch"`
	Target      string       `json:"target"`
	PullRequest string       `json:"pull_request"`
	Base        jsonBase     `json:"base"`
	Gate        jsonGate     `json:"gate"`
	Verdict     jsonVerdict  `json:"verdict"`
	Counts      jsonTotals   `json:"counts"`
	Engines     []jsonEngine `json:"engines"`
	Stats       jsonStats    `json:"stats"`
	Notes       []jsonNote   `json:"notes"`
	Unread      []jsonFault  `json:"unread"`
	Failures    []jsonFault  `json:"failures"`
	Unversioned []jsonOpen   `json:"unversioned"`
	Rules       []jsonRule   `json:"rules"`
	Advisories  string       `json:"advisories_date,omitempty"`
	Started     string       `json:"started,omitempty"`
	DurationMS  *int64       `json:"duration_ms,omitempty"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonBase struct {
	Kind   string `json:"kind"`
	Commit string `json:"commit"`
}

type jsonGate struct {
	FailOn scan.Severity `json:"fail_on"`
	Scope  scan.Scope    `json:"scope"`
}

type jsonVerdict struct {
	State    scan.VerdictState `json:"state"`
	Text     string            `json:"text"`
	ExitCode int               `json:"exit_code"`
}

type jsonCounts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Total    int `json:"total"`
	New      int `json:"new"`
}

type jsonTotals struct {
	jsonCounts
	Suppressed int `json:"suppressed"`
	Blocking   int `json:"blocking"`
}

type jsonEngine struct {
	Engine scan.Engine `json:"engine"`
	jsonCounts
}

type jsonStats struct {
	Files        int   `json:"files"`
	Bytes        int64 `json:"bytes"`
	HistoryBlobs int   `json:"history_blobs"`
	Commits      int   `json:"commits"`
	BaseBlobs    int   `json:"base_blobs"`
	Symlinks     int   `json:"symlinks"`
	Submodules   int   `json:"submodules"`
	LFS          int   `json:"lfs"`
	Binary       int   `json:"binary"`
	Oversize     int   `json:"oversize"`
	Archives     int   `json:"archives"`
	Archived     int   `json:"archived"`
}

type jsonNote struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

type jsonOpen struct {
	Of       string                 `json:"of"`
	Path     string                 `json:"path"`
	Kind     string                 `json:"kind"`
	Reason   scan.UnversionedReason `json:"reason"`
	Packages []string               `json:"packages"`
	Advice   string                 `json:"advice"`
}

type jsonFault struct {
	Engine scan.Engine `json:"engine"`
	Path   string      `json:"path"`
	Error  string      `json:"error"`
}

type jsonRule struct {
	ID          string        `json:"id"`
	Engine      scan.Engine   `json:"engine"`
	Title       string        `json:"title"`
	Description string        `json:"description"`
	Remediation string        `json:"remediation"`
	Link        string        `json:"link"`
	Severity    scan.Severity `json:"severity"`
}

type jsonFinding struct {
	Engine      scan.Engine      `json:"engine"`
	Rule        string           `json:"rule"`
	Family      string           `json:"family"`
	Title       string           `json:"title"`
	Severity    scan.Severity    `json:"severity"`
	Confidence  scan.Confidence  `json:"confidence"`
	Message     string           `json:"message"`
	Remediation string           `json:"remediation"`
	Link        string           `json:"link"`
	Path        string           `json:"path"`
	PathURI     string           `json:"path_uri,omitempty"`
	Archive     string           `json:"archive"`
	StartLine   int              `json:"start_line"`
	StartColumn int              `json:"start_column"`
	EndLine     int              `json:"end_line"`
	EndColumn   int              `json:"end_column"`
	Excerpt     string           `json:"excerpt"`
	MarkStart   int              `json:"mark_start"`
	MarkEnd     int              `json:"mark_end"`
	Context     []jsonLine       `json:"context"`
	Related     string           `json:"related"`
	Commit      string           `json:"commit"`
	Fingerprint string           `json:"fingerprint"`
	Occurrence  int              `json:"occurrence"`
	New         bool             `json:"new"`
	Blocks      bool             `json:"blocks"`
	Verified    scan.VerifyState `json:"verified"`
	Suppression *jsonSuppression `json:"suppression"`
	Dependency  *jsonDependency  `json:"dependency,omitempty"`
	Weaknesses  []string         `json:"weaknesses,omitempty"`
	Flow        []jsonStep       `json:"flow,omitempty"`
}

type jsonStep struct {
	Path        string        `json:"path"`
	Kind        scan.StepKind `json:"kind"`
	StartLine   int           `json:"start_line"`
	StartColumn int           `json:"start_column"`
	EndLine     int           `json:"end_line"`
	EndColumn   int           `json:"end_column"`
	Text        string        `json:"text"`
}

type jsonDependency struct {
	Ecosystem   scan.Ecosystem `json:"ecosystem"`
	Name        string         `json:"name"`
	Version     string         `json:"version"`
	PURL        string         `json:"purl"`
	Path        string         `json:"path"`
	Line        int            `json:"line"`
	Relation    scan.Relation  `json:"relation"`
	Development bool           `json:"development"`
	Via         string         `json:"via"`
	License     string         `json:"license"`
	IDs         []string       `json:"ids"`
	Score       float64        `json:"score"`
	Rated       string         `json:"rated"`
	Fix         string         `json:"fix"`
	MajorFix    bool           `json:"major_fix"`
	Exploited   bool           `json:"exploited"`
	EPSS        float64        `json:"epss"`
	Imported    scan.Imported  `json:"imported"`
}

type jsonLine struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
}

type jsonSuppression struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
	Source string `json:"source"`
}

// writeJSON writes the head indented, and then one finding per line.
func writeJSON(to *bufio.Writer, r *scan.Result, options Options) error {
	head, err := jsonstream.Indented(jsonHeadOf(r, options))
	if err != nil {
		return err
	}
	w := jsonstream.NewWriter(to)
	w.Raw(strings.TrimSuffix(string(head), "\n}\n"))
	w.Raw(",\n  \"findings\": [")
	for i := range r.Findings {
		if i > 0 {
			w.Raw(",")
		}
		w.Raw("\n    ")
		w.Value(jsonFindingOf(&r.Findings[i], options.Gate))
	}
	if len(r.Findings) > 0 {
		w.Raw("\n  ")
	}
	w.Raw("]\n}\n")
	return w.Flush()
}

func jsonHeadOf(r *scan.Result, options Options) jsonHead {
	head := jsonHead{
		Version: jsonVersion, Tool: jsonTool{"sluice", options.Version},
		Repository: r.Repository, Commit: r.Commit, Branch: r.Branch, Target: r.Target, PullRequest: r.PullRequest,
		Base: jsonBase{r.Base.Kind, r.Base.Commit}, Gate: jsonGate{options.Gate.FailOn, options.Gate.Scope},
		Verdict: jsonVerdict{ExitCode: options.Gate.ExitCode(r)},
		Counts:  jsonTotals{jsonCountsOf(r.Count("")), r.Suppressed(), options.Gate.Blocking(r)},
		Engines: []jsonEngine{}, Stats: jsonStatsOf(r.Stats),
		Notes: []jsonNote{}, Unread: faults(r.Unread), Failures: faults(r.Failures), Unversioned: []jsonOpen{}, Rules: []jsonRule{},
	}
	for i := range r.Unversioned {
		u := &r.Unversioned[i]
		head.Unversioned = append(head.Unversioned, jsonOpen{u.Of, u.Path, u.Kind, u.Reason, append([]string{}, u.Names...), u.Advice})
	}
	verdict := options.Gate.Verdict(r)
	head.Verdict.State, head.Verdict.Text = verdict.State, verdict.String()
	for _, engine := range enginesOf(r) {
		head.Engines = append(head.Engines, jsonEngine{engine, jsonCountsOf(r.Count(engine))})
	}
	for _, n := range r.Notes {
		head.Notes = append(head.Notes, jsonNote(n))
	}
	for i := range r.Rules {
		rule := &r.Rules[i]
		head.Rules = append(head.Rules, jsonRule{rule.ID, rule.Engine, rule.Title, rule.Description, rule.Remediation, weblink.Safe(rule.Link), rule.Severity})
	}
	if !r.DataDate.IsZero() {
		head.Advisories = r.DataDate.UTC().Format(time.RFC3339)
	}
	if options.Time {
		head.DurationMS = new(r.Duration.Milliseconds())
		if !r.Started.IsZero() {
			head.Started = r.Started.UTC().Format(time.RFC3339)
		}
	}
	return head
}

func jsonStatsOf(s scan.Stats) jsonStats {
	return jsonStats{s.Files, s.Bytes, s.HistoryBlobs, s.Commits, s.BaseBlobs, s.Symlinks, s.Submodules, s.LFS, s.Binary, s.Oversize, s.Archives, s.Archived}
}

func jsonCountsOf(c scan.Counts) jsonCounts {
	return jsonCounts{c.Critical, c.High, c.Medium, c.Low, c.Total(), c.New}
}

func faults(failures []scan.Failure) []jsonFault {
	out := []jsonFault{}
	for _, f := range failures {
		out = append(out, jsonFault{f.Engine, f.Path, faultText(f)})
	}
	return out
}

func faultText(f scan.Failure) string {
	if f.Err == nil {
		return "could not be read"
	}
	return f.Err.Error()
}

func jsonFindingOf(f *scan.Finding, gate scan.Gate) jsonFinding {
	text := excerptOf(f).each(func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") })
	out := jsonFinding{
		Engine: f.Engine, Rule: f.RuleID, Family: f.RuleFamily(), Title: f.Title, Severity: f.Severity, Confidence: f.Confidence,
		Message: f.Message, Remediation: f.Remediation, Link: weblink.Safe(f.Link), Path: f.Path, Archive: f.Archive,
		StartLine: f.StartLine, StartColumn: f.StartColumn, EndLine: f.EndLine, EndColumn: f.EndColumn,
		Excerpt: text.String(), MarkStart: len(text.before), MarkEnd: len(text.before) + len(text.mark),
		Context: []jsonLine{}, Related: f.Related, Commit: f.Commit, Fingerprint: f.Fingerprint, Occurrence: f.Occurrence,
		New: f.New, Blocks: gate.Blocks(f), Verified: f.Verified,
	}
	if !utf8.ValidString(f.Path) {
		out.PathURI = (&url.URL{Path: f.Path}).EscapedPath()
	}
	for _, line := range f.Context {
		out.Context = append(out.Context, jsonLine(line))
	}
	if s := f.Suppression; s != nil {
		out.Suppression = &jsonSuppression{s.Kind, s.Reason, s.Source}
	}
	out.Dependency, out.Weaknesses = jsonDependencyOf(f.Dependency), f.Weaknesses
	for i := range f.Flow {
		s := &f.Flow[i]
		out.Flow = append(out.Flow, jsonStep{s.Path, s.Kind, s.StartLine, s.StartColumn, s.EndLine, s.EndColumn, strings.ToValidUTF8(s.Text, "\uFFFD")})
	}
	return out
}

func jsonDependencyOf(d *scan.Dependency) *jsonDependency {
	if d == nil {
		return nil
	}
	p := &d.Package
	return &jsonDependency{
		Ecosystem: p.Ecosystem, Name: p.Name, Version: p.Version, PURL: p.PURL(), Path: p.Path, Line: p.Line, Relation: p.Relation,
		Development: p.Development, Via: p.Via, License: p.License, IDs: append([]string{}, d.IDs...), Score: d.Score, Rated: d.Rated,
		Fix: d.Fix, MajorFix: d.MajorFix, Exploited: d.Exploited, EPSS: d.EPSS, Imported: d.Imported,
	}
}
