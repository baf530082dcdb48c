package pipe

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Scan runs the engines that the configuration names over the target, adds what other tools found, and fills in what
// the target knows of itself. progress may be nil.
func Scan(ctx context.Context, t *Target, progress func(done, total int)) (*scan.Result, error) {
	c := &t.Config
	detectors, end, err := t.detectors(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = end() }()
	imported, err := t.Imports(ctx, c.Report.Sarif, nil)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, time.Duration(c.Scan.ScanTimeout),
		fmt.Errorf("the scan took longer than SCAN_TIMEOUT (%s)", time.Duration(c.Scan.ScanTimeout)))
	defer cancel()
	scanner := &scan.Scanner{
		Detectors: detectors, Jobs: int(c.Scan.Jobs), MaxFileBytes: int64(c.Scan.MaxFileSize), Policy: t.Policy, Baseline: t.Baseline, Progress: progress,
		Redact: secret.NewRedactor(detectors...),
	}
	if err := t.addVerify(scanner); err != nil {
		return nil, err
	}
	if c.Scan.Archives {
		scanner.Unpack = archive.New(archive.Options{MaxEntryBytes: int64(c.Scan.MaxFileSize)})
	}
	// A nil *cache.Cache in the interface would be a cache.
	remembered := t.openCache()
	if remembered != nil {
		scanner.Cache = remembered
	}
	result, err := scanner.Scan(ctx, t.Input)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, err
	}
	t.markReachable(ctx, result)
	if t.Rules != nil {
		result.Notes = append(result.Notes, t.Rules.Advise(result)...)
	}
	if err := remembered.Save(); err != nil {
		t.note("cache", "the next scan starts from nothing: %v", err)
	}
	t.describe(result)
	for _, run := range imported {
		MergeRun(scanner, result, run, c)
	}
	return result, nil
}

// detectors builds the engines. Naming only engines that this version does not have is an error: nothing would be
// checked, and the gate would stand open.
//
// end releases what the engines hold.
func (t *Target) detectors(ctx context.Context) (detectors []scan.Detector, end func() error, err error) {
	engines := t.Config.Scan.Engines
	end = func() error { return nil }
	var rules []scan.Rule
	if engines.Has(scan.EngineSecrets) {
		d, err := t.SecretDetector()
		if err != nil {
			return nil, nil, err
		}
		t.secrets = d
		detectors = append(detectors, d)
		rules = append(rules, d.Rules()...)
	}
	if slices.Contains(engines, scan.EngineCode) {
		t.note("no-engine", "the engine %s is not part of this version; nothing was checked by it", scan.EngineCode)
	}
	if engines.Has(scan.EngineDependencies) {
		var d *sca.Detector
		if d, end, err = t.dependencies(ctx); err != nil {
			return nil, nil, err
		}
		detectors = append(detectors, d)
		rules = append(rules, d.Rules()...)
	}
	if t.Policy != nil {
		for _, id := range unknownSeverities(t.Policy, rules) {
			t.note("unknown-rule", "%s: there is no rule %s", t.Policy.Source, id)
		}
	}
	if len(detectors) == 0 {
		return nil, nil, &UsageError{errors.New("ENGINES: this version has the engines secrets and dependencies only")}
	}
	return detectors, end, nil
}

// unknownSeverities lists the rules whose severity a policy changes and that no engine has. (Disabled ones are checked by
// their engine.)
func unknownSeverities(p *scan.Policy, rules []scan.Rule) []string {
	var ids []string
	for id := range p.Severities {
		// The ids of advisories have dashes, those of rules none.
		if !strings.Contains(id, "-") && !slices.ContainsFunc(rules, func(r scan.Rule) bool { return r.ID == id }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// describe adds what the target knows to the result.
func (t *Target) describe(r *scan.Result) {
	p := &t.Config.Pipeline
	r.Commit = t.Commit
	r.Repository = t.name()
	r.Branch, r.Target, r.PullRequest = p.Branch, p.PRBranch, p.PRID
	if r.Branch == "" {
		r.Branch = p.Tag
	}
	if r.Branch == "" && t.repo != nil && p.Commit == "" {
		r.Branch = t.repo.Branch()
	}
	r.Notes = append(slices.Clone(t.Notes), r.Notes...)
	if t.history != nil {
		stats := t.history.Stats()
		r.Stats.Commits = stats.Commits
		if note, ok := t.unseen(stats); ok {
			r.Notes = append(r.Notes, note)
		}
		r.Unread = append(r.Unread, t.history.Skipped()...)
	}
	if t.head != nil {
		r.Unread = append(r.Unread, t.head.Skipped()...)
	}
	if t.dir != nil {
		if n := t.dir.Ignored(); n > 0 {
			r.Notes = append(r.Notes, scan.Note{Code: "ignored", Text: fmt.Sprintf("%d files and folders were left out, because git ignores them", n)})
		}
	}
}

// maxBorders is how many commits a note names.
const maxBorders = 3

// unseen says what of the history the clone does not hold, when that was asked for: all of it, or all since the base.
// Without a base HISTORY=auto asks for some commits only, whatever the clone has.
func (t *Target) unseen(stats git.HistoryStats) (scan.Note, bool) {
	borders := t.history.Borders()
	if len(borders) == 0 || t.Config.Scan.History != HistoryFull && t.Input.BaseInfo.Commit == "" {
		return scan.Note{}, false
	}
	names := make([]string, 0, maxBorders)
	for _, hash := range borders[:min(len(borders), maxBorders)] {
		names = append(names, short(hash))
	}
	more := ""
	if n := len(borders) - len(names); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return scan.Note{Code: "history-shallow", Text: fmt.Sprintf(
		"the history was looked at as far as the clone has it, %s: it is shallow and ends at %s%s, and what older commits held was not seen; clone with depth: full to see all of it",
		scan.Plural(stats.Commits, "commit", "commits"), strings.Join(names, ", "), more)}, true
}

// name is how people call what was scanned.
func (t *Target) name() string {
	if ref, err := t.Config.Ref(""); err == nil {
		return ref.Workspace + "/" + ref.Repository
	}
	abs, err := filepath.Abs(t.Root)
	if err != nil {
		return t.Root
	}
	return strings.TrimSuffix(filepath.Base(abs), ".git")
}
