package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Scan runs the engines of a plan over a checkout, merges the findings of other tools, and fills in the facts about the
// checkout. progress may be nil.
func Scan(ctx context.Context, c *Checkout, p *Plan, progress func(done, total int)) (*scan.Result, error) {
	config := &p.Config
	made, err := p.detectors(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() { _ = made.close() }()
	runs, err := c.Imports(ctx, config, config.Shared.Sarif, nil)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, time.Duration(config.Scan.ScanTimeout),
		fmt.Errorf("the scan took longer than SCAN_TIMEOUT (%s)", time.Duration(config.Scan.ScanTimeout)))
	defer cancel()
	scanner := &scan.Scanner{
		Detectors: made.list, Jobs: int(config.Scan.Jobs), MaxFileBytes: int64(config.Scan.MaxFileSize), Policy: p.Policy, Baseline: p.Baseline, Progress: progress,
		Redact: secret.NewRedactor(made.list...),
	}
	verify, verifyNotes, err := p.verifier()
	if err != nil {
		return nil, err
	}
	scanner.Verify = verify
	if config.Scan.Archives {
		scanner.Unpack = archive.New(archive.Options{MaxEntryBytes: int64(config.Scan.MaxFileSize)})
	}
	// A nil *cache.Cache in the interface would not be a nil cache.
	remembered := openCache(config, c, made.list)
	if remembered != nil {
		scanner.Cache = remembered
	}
	history := c.history(config, p.means.History)
	result, err := scanner.Scan(ctx, c.input(history))
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, err
	}
	notes := slices.Concat(p.Notes, made.notes, verifyNotes)
	if err := remembered.Save(); err != nil {
		notes = append(notes, note("cache", "the next scan starts from nothing: %v", err))
	}
	p.markReachable(ctx, c, result)
	result.Notes = slices.Concat(notes, result.Notes, p.Rules.Advise(result))
	history.describe(config, c, result)
	c.describe(config, result)
	for _, run := range runs {
		MergeRun(scanner, result, run, bool(config.Shared.AcceptIncomplete))
	}
	return result, nil
}

// ScanBase finds the secrets of the base without applying any policy. It returns nil without a base, or if no engine for
// secrets runs.
func ScanBase(ctx context.Context, c *Checkout, p *Plan) ([]scan.Finding, error) {
	if c.base == nil {
		return nil, nil
	}
	made, err := p.make(ctx, c, func(e *scan.EngineInfo) bool { return e.Secrets && p.Config.Scan.Engines.Has(e.Engine) })
	if err != nil || len(made.list) == 0 {
		return nil, err
	}
	defer func() { _ = made.close() }()
	result, err := (&scan.Scanner{Detectors: made.list, Jobs: int(p.Config.Scan.Jobs)}).Scan(ctx, scan.Input{Head: c.base})
	if err != nil {
		return nil, err
	}
	return result.Findings, nil
}

// input returns the input for the scanner.
func (c *Checkout) input(history *past) scan.Input {
	in := scan.Input{Head: c.tree(), Base: c.baseTree(), BaseInfo: c.Base}
	if history != nil {
		in.History = c.narrowed(history.commits)
	}
	return in
}

// describe adds the facts about the checkout and the pipeline to a result.
func (c *Checkout) describe(config *Config, r *scan.Result) {
	p := &config.Pipeline
	r.Commit, r.Repository = c.Commit, c.Name
	r.Branch, r.Target, r.PullRequest = p.Branch, p.PRBranch, p.PRID
	if r.Branch == "" {
		r.Branch = p.Tag
	}
	if r.Branch == "" && c.repo != nil && p.Commit == "" {
		r.Branch = c.repo.Branch()
	}
	if c.head != nil {
		r.Unread = append(r.Unread, c.head.Skipped()...)
	}
	if c.dir != nil {
		if n := c.dir.Ignored(); n > 0 {
			r.Notes = append(r.Notes, note("ignored", "%d files and folders were left out, because git ignores them", n))
		}
	}
}
