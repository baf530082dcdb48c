package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"

	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
)

// BranchScan scans branches as the pipe does a branch's pipeline: the commit's tree, by the repository's own configuration.
type BranchScan struct {
	// Data is the server's folder; what is remembered of clean files lies below it, apart for each repository.
	Data string
	// Variables are those of the pipe, by name, for all scans: ENGINES, DB and so on.
	Variables map[string]string
	// Version is the program's own: another one may judge otherwise.
	Version string
	// Store knows the instance's rules.
	Store *store.Store
	Log   *slog.Logger
}

// Scan is a [Scan].
func (b *BranchScan) Scan(ctx context.Context, dir string, j *store.Job, progress func(percent int, commit string)) (*Result, error) {
	head, err := headOf(dir, j.Branch)
	if err != nil {
		return nil, err
	}
	progress(0, head)
	rules, err := b.Store.RuleSet(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the rules: %w", err)
	}
	config := rules.ConfigOf(b.config())
	if !j.Force && j.ScannedCommit == head && j.Config == config {
		return &Result{UpToDate: true}, nil
	}
	target, err := pipe.Open(ctx, b.lookup(j), b.place(ctx, dir, head, rules), b.Log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = target.Close() }()
	result, err := pipe.Scan(ctx, target, func(done, total int) { progress(done*100/max(total, 1), head) })
	if err != nil {
		return nil, err
	}
	// What could not be read must not pass for clean.
	if n := len(result.Unread); n > 0 {
		return nil, fmt.Errorf("%s could not be read: %w", scan.Plural(n, "file", "files"), result.Unread[0].Err)
	}
	return &Result{Commit: head, Config: config, Findings: result.Findings}, nil
}

// headOf gives the commit of a branch.
func headOf(dir, branch string) (string, error) {
	repository, err := scan.OpenRepository(dir)
	if err != nil {
		return "", err
	}
	defer func() { _ = repository.Close() }()
	head, err := repository.Resolve("refs/heads/" + branch)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBranchGone, err)
	}
	return head, nil
}

// place says what to scan: the head, by the instance's rules behind what the repository's own files say.
func (b *BranchScan) place(ctx context.Context, dir, head string, rules *store.RuleSet) pipe.Place {
	place := pipe.Place{Dir: dir, Revision: head, History: pipe.HistoryOff}
	if !rules.RepositoryRules {
		place.WithoutImport = []string{ruleset.SoteriFile}
	}
	place.Rules = func(set *ruleset.Set) {
		global := make([]ruleset.Global, len(rules.Rules))
		for i, r := range rules.Rules {
			global[i] = ruleset.Global{ID: r.DetectorID, Name: r.Name, Expression: r.Regexp}
		}
		for id, reason := range set.AddGlobal(global, rules.Disabled) {
			b.Log.Error("a rule cannot run and is switched off", "rule", id, "error", reason)
			if err := b.Store.FailRule(ctx, id, reason.Error()); err != nil {
				b.Log.Error("that a rule is switched off could not be written", "rule", id, "error", err)
			}
		}
	}
	return place
}

// config names what, besides the commit and the instance's rules, decides what is found.
func (b *BranchScan) config() string {
	sum := sha256.Sum256([]byte(b.Version + "\x00" + b.Variables["ENGINES"]))
	return hex.EncodeToString(sum[:8])
}

// lookup gives the variables of a scan.
func (b *BranchScan) lookup(j *store.Job) pipe.Lookup {
	return func(name string) (string, bool) {
		switch name {
		case "CACHE_DIR":
			return filepath.Join(b.Data, "cache", strconv.FormatInt(j.Repository, 36)), true
		case "BITBUCKET_BRANCH":
			return j.Branch, true
		}
		value, ok := b.Variables[name]
		return value, ok
	}
}
