package insights

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

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

// annotate makes an annotation of every live finding, drops duplicates and keeps the most important ones. Findings come
// in the order of scan.Compare: by severity, then new before existing, then by confidence, then by path.
func (b *builder) annotate() {
	limit := b.options.MaxAnnotations
	if limit <= 0 || limit > MaxAnnotations {
		limit = MaxAnnotations
	}
	seen := make(map[string]bool)
	badLinks := 0
	for _, bundle := range b.result.Bundles() {
		f := bundle[0]
		id := annotationID(f)
		if seen[id] {
			continue
		}
		seen[id] = true
		if len(b.report.Annotations) == limit {
			b.report.Omitted++
			continue
		}
		a := b.annotation(bundle, id)
		if f.Link != "" && a.Link == "" {
			badLinks++
		}
		b.report.Annotations = append(b.report.Annotations, a)
	}
	if badLinks > 0 {
		b.report.Notes = append(b.report.Notes, fmt.Sprintf("%d links of findings are not public http or https addresses and were left out", badLinks))
	}
}

// annotationID is a stable name: the same problem in the same file keeps its id across runs, even when its line changes.
// All advisories of a package share one annotation, so the id does not depend on which one is the worst today.
func annotationID(f *scan.Finding) string {
	parts := []string{f.Fingerprint, f.RuleFamily(), f.Path, relatedLine().ReplaceAllString(f.Related, "$1"), f.Commit, strconv.Itoa(f.Occurrence)}
	if d := f.Dependency; d != nil && d.IDs != nil {
		parts = []string{"package", f.Path, string(d.Package.Ecosystem), d.Package.Ecosystem.Normal(d.Package.Name)}
	}
	h := sha256.New()
	for _, part := range parts {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return "sluice-" + hex.EncodeToString(h.Sum(nil)[:20])
}

func annotationType(c scan.Class) AnnotationType {
	switch c {
	case scan.ClassBug:
		return Bug
	case scan.ClassSmell:
		return CodeSmell
	}
	return Vulnerability
}

// relatedLine matches the line number after a related place; commas and blanks separate places.
var relatedLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`:\d+(,| |$)`) })

func (b *builder) annotation(bundle scan.Bundle, id string) Annotation {
	f := bundle[0]
	a := Annotation{ID: id, Type: annotationType(f.Class), Severity: f.Severity.String()}
	switch {
	case bundle.Blocks(b.options.Gate):
		a.Result = Failed
	case b.options.Gate.Scope == scan.ScopeNew && !bundle.New():
		a.Result = Ignored
	}
	shown, line := f.Shown()
	place, ok := cleanPath(cmp.Or(f.Archive, shown))
	// The file of a finding in the history may no longer be in the tree. We do not know what Bitbucket does with the path
	// of a missing file, so only the text names it.
	if ok && f.Commit == "" {
		a.Path = place
		// An archive has no lines; the text names the place inside it.
		if f.Archive == "" {
			a.Line = max(line, 0)
		}
	}
	if publicLink(f.Link, b.options.Product) {
		a.Link = f.Link
	}
	a.Summary = Cut(b.summary(bundle), MaxSummary)
	withPlace := a.Path == "" || f.Archive != "" || shown != f.Path || line != f.StartLine
	a.Details = Cut(b.annotationDetails(bundle, withPlace), MaxDetails)
	return a
}

func (b *builder) summary(bundle scan.Bundle) string {
	f := bundle[0]
	text := display.Words(bundle.Title())
	if text == "" {
		text = display.Words(f.Message)
	}
	if text == "" {
		text = cmp.Or(display.Words(f.RuleID), "Finding")
	}
	if f.Commit != "" {
		text += fmt.Sprintf(" in the history: %s at %s", display.Words(f.Path), short(f.Commit))
	} else if f.Archive != "" {
		text += " in " + display.Words(f.Path)
	} else if path, line := f.Shown(); path != f.Path || line != f.StartLine {
		// The annotation stands on a line that the change adds, and not on the line where the data arrives.
		source := &f.Flow[0]
		text += fmt.Sprintf(" in %s:%d, source: %s:%d", display.Words(f.Path), f.StartLine, display.Words(source.Path), source.StartLine)
	} else if len(f.Flow) > 0 {
		text += ", " + display.Words(strings.ToLower(f.Related[:1])+f.Related[1:])
	}
	if b.result.Compared() && bundle.New() {
		text = "New: " + text
	}
	return text
}

func (b *builder) annotationDetails(bundle scan.Bundle, withPlace bool) string {
	f := bundle[0]
	var parts []string
	add := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			parts = append(parts, text)
		}
	}
	// For our own findings the remediation comes first. The help of another tool can be a page long, so there the message
	// about this place comes first.
	help := display.Words(f.Remediation)
	if f.Engine.Info().Foreign {
		help = ""
	}
	add(help)
	if f.Message != f.Title {
		add(f.Message)
	}
	if ids := bundle.IDs(); len(ids) > 1 {
		add("Also: " + strings.Join(ids[1:], ", "))
	}
	if withPlace && f.Path != "" {
		place := "In " + display.Words(f.Path)
		if path, line := f.Shown(); path != f.Path || line != f.StartLine {
			place = "This change lets data arrive in " + display.Words(f.Path)
		}
		if f.Commit != "" {
			place = fmt.Sprintf("In commit %s, file %s; it is no longer in the tree, and still in the history", f.Commit, display.Words(f.Path))
		} else if f.StartLine > 0 {
			place += ", line " + strconv.Itoa(f.StartLine)
		}
		add(place + ".")
	}
	if f.Related != "" {
		label := "Inside: "
		switch {
		case f.Dependency != nil:
			label = "Locked at: "
		case len(f.Flow) > 0:
			label = ""
		}
		add(label + display.Words(f.Related))
	}
	if f.Excerpt != "" {
		add(display.Words(f.Excerpt))
	}
	state := "new"
	if !bundle.New() {
		state = "older than this change"
	}
	if !b.result.Compared() {
		state = "not compared with a base"
	}
	if f.Verified != scan.VerifyNone {
		state = "asked at its provider: " + f.Verified.String() + ", " + state
	}
	add(fmt.Sprintf("Rule %s (%s), confidence %s, %s. "+FingerprintPrefix+"%s", display.Words(f.RuleID), f.Engine, cmp.Or(f.Confidence.String(), "not given"), state, f.Fingerprint))
	if f.Engine.Info().Foreign && f.Remediation != "" && f.Remediation != f.Message {
		const between = "\n\n"
		room := MaxDetails - units(strings.Join(parts, between)) - 2*len(between)
		if room >= minHelp {
			parts = slices.Insert(parts, len(parts)-1, Cut(f.Remediation, room))
		}
	}
	return strings.Join(parts, "\n\n")
}

// FingerprintPrefix begins the last sentence of an annotation's details. That sentence is for machines.
const FingerprintPrefix = "Fingerprint "

// minHelp is the length below which a truncated help text is useless.
const minHelp = 40

// details is the text of the report's card: the verdict first, then what could not be shown or checked, then the
// numbers.
func (b *builder) details(verdict scan.Verdict) string {
	r := b.result
	lines := []string{verdict.String()}
	if b.report.Omitted > 0 {
		lines = append(lines, fmt.Sprintf("%s shown: the %d most severe are annotated, all are in the scan's log and files.",
			scan.Plural(b.report.Omitted, "more finding is not", "more findings are not"), len(b.report.Annotations)))
	}
	if n := len(r.Unread); n > 0 {
		lines = append(lines, fmt.Sprintf("Not read: %s.", failureList(r.Unread)))
	}
	if n := len(r.Failures); n > 0 {
		lines = append(lines, fmt.Sprintf("Only partly checked: %s.", failureList(r.Failures)))
	}
	if advice := r.Advice(); advice != "" {
		lines = append(lines, advice+".")
	}
	for _, note := range r.Notes {
		lines = append(lines, strings.TrimSuffix(display.Words(note.Text), ".")+".")
	}
	for _, engine := range r.Engines {
		words := countWords(r.Count(engine), r.Compared())
		info := engine.Info()
		if info.Packages {
			words = dependencyWords(r, words)
		}
		lines = append(lines, info.Title+": "+words+".")
	}
	if len(r.Engines) == 1 && r.Engines[0].Info().Foreign {
		// Sluice itself scanned nothing.
		if base := baseText(r.Base); base != "" {
			lines = append(lines, "Findings are "+base+".")
		}
		return strings.Join(lines, "\n")
	}
	scanned := "Scanned " + scan.Plural(r.Stats.Files, "file", "files")
	if r.Stats.Archives > 0 {
		scanned += fmt.Sprintf(" (and %s in %s)", scan.Thousands(int64(r.Stats.Archived)), scan.Plural(r.Stats.Archives, "archive", "archives"))
	}
	if r.Stats.Commits > 0 {
		scanned += " and " + scan.Plural(r.Stats.Commits, "commit", "commits")
	}
	if base := baseText(r.Base); base != "" {
		scanned += ", " + base
	}
	return strings.Join(append(lines, scanned+"."), "\n")
}

// countWords lists the severities that occur: "1 critical, 2 high; 1 new".
func countWords(c scan.Counts, compared bool) string {
	var words []string
	for _, s := range scan.Severities {
		if n := c.Of(s); n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, strings.ToLower(s.String())))
		}
	}
	if len(words) == 0 {
		return "nothing found"
	}
	text := strings.Join(words, ", ")
	if compared {
		text += fmt.Sprintf("; %d new", c.New)
	}
	return text
}

// dependencyWords adds the number of packages that were looked up. Zero lookups must not read as "nothing found".
func dependencyWords(r *scan.Result, words string) string {
	checked, not := 0, r.NotChecked()
	for i := range r.Packages {
		if p := &r.Packages[i]; !p.Ecosystem.Matched() || p.Matchable() {
			checked++
		}
	}
	checked -= r.Unchecked
	switch {
	case not > 0 && r.DataDate.IsZero():
		return "not checked (" + scan.Plural(not, "package", "packages") + ")"
	case not > 0:
		return words + fmt.Sprintf(" in %s, %s not checked", scan.Plural(checked, "package", "packages"), scan.Thousands(int64(not)))
	case checked > 0:
		return words + " in " + scan.Plural(checked, "package", "packages")
	}
	return words
}

func baseText(base scan.Base) string {
	switch base.Kind {
	case scan.BaseMerge:
		return "compared with the merge base " + short(base.Commit)
	case scan.BaseDestination:
		return "compared with the destination " + short(base.Commit)
	case scan.BaseCommit:
		if base.Commit == "" {
			return "compared with the tool's own baseline"
		}
		return "compared with " + short(base.Commit)
	}
	return ""
}

// maxNamedFailures limits the number of files that one sentence names.
const maxNamedFailures = 3

func failureList(failures []scan.Failure) string {
	var names []string
	for _, f := range failures[:min(len(failures), maxNamedFailures)] {
		names = append(names, fmt.Sprintf("%s (%v)", cmp.Or(display.Words(f.Path), string(f.Engine)), f.Err))
	}
	text := strings.Join(names, ", ")
	if n := len(failures) - maxNamedFailures; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return display.Words(text)
}

func isAre(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
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
