package sarif

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan"
)

// importer collects one run and then turns it into findings: tools write the properties of a run in any order, often
// with the results before the rules.
type importer struct {
	tool           tool
	resources      resources
	invocations    []invocation
	versionControl []versionControl
	automation     automation
	bases          bases
	results        []result
	hasResults     bool
	// external is true if results are in other files, promised if the log at least says where to find their names.
	external, promised bool
	malformed          int

	rules    *ruleSet
	name     string
	offsets  offsetReader
	mask     func(path, text string) string
	baseline bool
	outside  int
	passed   int
	example  string
}

// resources is where the drafts of 2.0 have their rules, as a list or by id.
type resources struct {
	Rules []rule
}

func (r *resources) UnmarshalJSON(data []byte) error {
	var raw struct {
		Rules json.RawMessage `json:"rules"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	if len(raw.Rules) > 0 && raw.Rules[0] == '[' {
		return json.Unmarshal(raw.Rules, &r.Rules)
	}
	var byID map[string]rule
	err := json.Unmarshal(raw.Rules, &byID)
	for id, rule := range byID {
		rule.ID = cmp.Or(rule.ID, text(id))
		r.Rules = append(r.Rules, rule)
	}
	slices.SortFunc(r.Rules, func(a, b rule) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return err
}

// odd counts a value of the wrong type and lets the rest of the log count; it returns other errors.
func (in *importer) odd(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		in.malformed++
		return nil
	}
	return err
}

// add stores a result without the unused parts, so that a log full of long snippets needs little memory. It records
// whether the message repeats a snippet before it drops the snippet.
func (in *importer) add(r *result) {
	for i := range r.Locations {
		if p := r.Locations[i].PhysicalLocation; p != nil && p.Region != nil && p.Region.Snippet != nil {
			if in.mask == nil && repeats(&r.Message, string(p.Region.Snippet.Text)) {
				r.Message = message{}
			}
			p.Region.Snippet = nil
		}
	}
	in.results = append(in.results, *r)
}

func (in *importer) run() Run {
	driver := &in.tool.Driver
	driver.Rules = append(driver.Rules, in.resources.Rules...)
	in.name = cmp.Or(clean(string(cmp.Or(driver.Name, driver.FullName, in.tool.Name)), maxName), "unknown tool")
	in.rules = newRuleSet(&in.tool, in.name)

	out := Run{
		Tool:     in.name,
		Version:  clean(string(cmp.Or(driver.Version, driver.SemanticVersion, in.tool.Version)), maxName),
		Category: clean(string(in.automation.ID), maxName),
		Class:    toolClass(in.name),
		Result:   NewResult(scan.Base{Kind: scan.BaseNone}),
	}
	for i := range in.invocations {
		if at := in.bases.locate(in.invocations[i].WorkingDirectory); at.absolute && at.path != "/" && !slices.Contains(in.bases.working, at.path) {
			in.bases.working = append(in.bases.working, at.path)
		}
	}
	if in.bases.tree != nil {
		in.bases.tree.survey(in.results)
	}
	findings := make([]scan.Finding, 0, len(in.results))
	seen := map[[sha256.Size]byte]int{}
	for i := range in.results {
		f, ok := in.finding(&in.results[i])
		if !ok {
			continue
		}
		// Of two equal results only one counts, a live one before a suppressed one. Results without a message may differ, so
		// they all count.
		key, says := sameKey(&f, &in.results[i])
		if at, again := seen[key]; again && says {
			if f.Live() {
				findings[at].Suppression = nil
			}
			continue
		}
		seen[key] = len(findings)
		findings = append(findings, f)
	}
	in.results = nil
	number(findings)
	slices.SortFunc(findings, func(a, b scan.Finding) int { return scan.Compare(&a, &b) })
	out.Result.Findings = findings
	out.Result.Rules = in.rules.fired()
	out.Passed = in.passed
	if in.baseline {
		out.Result.Base.Kind = scan.BaseCommit
	}
	if len(in.versionControl) > 0 {
		if commit := strings.ToLower(string(in.versionControl[0].RevisionID)); fullHash().MatchString(commit) {
			out.Result.Commit = commit
		}
		out.Result.Branch = clean(string(in.versionControl[0].Branch), maxName)
	}
	in.notes(&out)
	return out
}

var fullHash = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`) })

func (in *importer) notes(out *Run) {
	note := func(code, format string, args ...any) string {
		words := fmt.Sprintf(format, args...)
		out.Result.Notes = append(out.Result.Notes, scan.Note{Code: code, Text: words})
		return words
	}
	failed := slices.ContainsFunc(in.invocations, func(i invocation) bool { return i.failed() })
	switch {
	case failed:
		out.Incomplete = note("import-incomplete", "%s says that it did not finish: there may be more than it lists.", in.name)
	case in.external, in.promised && !in.hasResults:
		out.Incomplete = note("import-incomplete", "%s keeps results in other files, which are not read: let it write one file.", in.name)
	case !in.hasResults && !in.succeeded():
		out.Incomplete = note("import-incomplete", "%s lists no results, not even an empty list, and does not say that it ended well: it may have stopped early.", in.name)
	}
	if n := in.problems(); n > 0 && !failed {
		note("import-problems", "%s ended well, but reports %s; see its log.", in.name, plural(n, "problem"))
	}
	if in.outside > 0 {
		note("import-outside", "%s of %s: the place is outside of the scanned tree (%s), so no line can be shown.",
			plural(in.outside, "result"), in.name, in.example)
	}
	if x := in.bases.tree; x != nil && x.vague > 0 {
		note("import-ambiguous", "%s of %s: it could be several files of the commit (%s), so no file is shown; let the tool write paths that begin at the root of the repository.",
			plural(x.vague, "place"), in.name, x.vagueExample)
	}
	if x := in.bases.tree; x != nil && x.absent > 0 {
		note("import-absent", "%s of %s: the commit has no such file (%s).", plural(x.absent, "place"), in.name, x.absentExample)
	}
	if in.malformed > 0 {
		note("import-malformed", "%s of the log of %s had a value of the wrong kind, which is left out.", plural(in.malformed, "part"), in.name)
	}
}

// succeeded reports whether the run says that it succeeded: it has an invocation, and all of them succeeded or did not
// fail by the rule of [invocation.failed].
func (in *importer) succeeded() bool {
	return len(in.invocations) > 0 && !slices.ContainsFunc(in.invocations, func(i invocation) bool { return i.ExecutionSuccessful == nil || i.failed() })
}

// problems counts the notifications that are errors.
func (in *importer) problems() int {
	n := 0
	for i := range in.invocations {
		for _, list := range [][]notification{in.invocations[i].ToolExecutionNotifications, in.invocations[i].ToolConfigurationNotifications} {
			for j := range list {
				if list[j].Level == "error" {
					n++
				}
			}
		}
	}
	return n
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func (in *importer) finding(r *result) (scan.Finding, bool) {
	rule := in.rules.of(r)
	severity, ok := in.severity(r, rule)
	if !ok {
		in.passed++
		return scan.Finding{}, false
	}
	f := scan.Finding{
		Engine:     Engine,
		RuleID:     in.rules.id(r, rule),
		Severity:   severity,
		Confidence: confidence(r, rule),
		New:        r.BaselineState == "" || r.BaselineState == "new" || r.BaselineState == "updated",
	}
	if r.BaselineState != "" {
		in.baseline = true
	}
	described := in.rules.describe(f.RuleID, rule)
	f.Title, f.Remediation, f.Link = described.Title, described.Remediation, described.Link
	f.Class = in.rules.class(f.RuleID, r, rule)
	secretive := in.rules.secretive(f.RuleID, rule)
	in.place(&f, r, secretive)
	f.Message = hide(in.rules.message(r, rule, secretive), f.Path, in.mask)
	if own := clean(firstLine(f.Message), maxTitle); own != "" && !summarised(f.RuleID, rule) {
		f.Title = own
	}
	if f.Message == "" {
		f.Message = cmp.Or(described.Description, f.Title)
	}
	if r.Properties != nil {
		_ = f.Verified.UnmarshalText([]byte(r.Properties.Verified))
	}
	if r.Properties != nil && fullHash().MatchString(string(r.Properties.Commit)) {
		f.Commit = string(r.Properties.Commit)
	}
	f.Suppression = in.suppression(r)
	f.Fingerprint = fingerprint(in.name, &f, r)
	in.rules.fire(f.RuleID, rule, described, severity)
	return f, true
}

// sameKey is equal for repeated results of a log. It hashes the original result, because the masked messages of two
// results may be equal. says is false for a result without a message.
func sameKey(f *scan.Finding, r *result) (key [sha256.Size]byte, says bool) {
	parts := []string{f.RuleID, f.Path, f.Related, f.Fingerprint, f.Commit, fmt.Sprint(f.Position, f.Severity), string(r.Message.ID), string(r.Message.Text), string(r.Message.Markdown)}
	for _, a := range r.Message.Arguments {
		parts = append(parts, string(a))
	}
	return sha256.Sum256([]byte(strings.Join(parts, "\x00"))), r.Message.Text+r.Message.Markdown+r.Message.ID != ""
}

// suppression returns nil unless all of the result's suppressions are accepted; a missing status means accepted.
func (in *importer) suppression(r *result) *scan.Suppression {
	if r.Suppressions == nil || len(*r.Suppressions) == 0 {
		if slices.ContainsFunc(r.SuppressionStates, func(s text) bool { return strings.HasPrefix(string(s), "suppressed") }) {
			return &scan.Suppression{Kind: scan.SuppressedExternal, Source: in.name}
		}
		return nil
	}
	out := &scan.Suppression{Kind: scan.SuppressedExternal}
	for _, s := range *r.Suppressions {
		if s.Status != "" && s.Status != "accepted" {
			return nil
		}
		out.Reason = cmp.Or(out.Reason, hide(prose(string(s.Justification)), "", in.mask))
		source := ""
		if s.Location != nil {
			p, position, _ := in.physical(s.Location.PhysicalLocation)
			if source = p; p != "" && position.StartLine > 0 {
				source += ":" + strconv.Itoa(position.StartLine)
			}
		}
		if s.Properties != nil {
			source = cmp.Or(source, clean(string(s.Properties.Source), maxName))
		}
		out.Source = cmp.Or(out.Source, source)
	}
	out.Source = cmp.Or(out.Source, in.name)
	return out
}
