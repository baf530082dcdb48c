package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// BranchScan scans branches as the pipe does a branch's pipeline: the commit's tree, by the repository's own configuration.
type BranchScan struct {
	// Data is the server's folder; what is remembered of clean files lies below it, apart for each repository.
	Data string
	// Variables are those of the pipe, by name, for all scans: ENGINES, DB and so on.
	Variables map[string]string
	// Version is the program's own: another one may judge otherwise.
	Version string
	// Advisories are those of all scans; nil for those that each scan gets by its variables.
	Advisories sca.Advisories
	// Store knows the instance's rules.
	Store *store.Store
	Log   *slog.Logger

	detectors detectors
	trees     scan.TreeMemory
}

// Scan is a [Scan].
func (b *BranchScan) Scan(ctx context.Context, dir string, j *store.Job, progress func(percent int, commit string)) (*Result, error) {
	head, err := headOf(dir, j.Branch)
	if err != nil {
		return nil, err
	}
	progress(0, head)
	rules, err := b.Store.RuleSet(ctx)
	if store.Unavailable(err) {
		return nil, fmt.Errorf("%w: read the rules: %w", errAgain, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the rules: %w", err)
	}
	file, at, err := rulesFile(ctx, dir, j.DefaultBranch, rules.RepositoryRules)
	if err != nil {
		return nil, err
	}
	hash := rules.HashRulesFile(file)
	config := rules.ConfigOf(hash, b.config())
	if !j.Force && j.ScannedCommit == head && j.Config == config {
		return &Result{UpToDate: true}, nil
	}
	target, err := pipe.Open(ctx, b.lookup(j), b.place(ctx, dir, head, rules, file), b.Log)
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
	b.failRules(ctx, rules, j, result.Failures)
	return &Result{
		Warning: warning(result.Failures), Commit: head, Config: config, RulesFile: hash, RulesAt: at, Findings: result.Findings, Origins: b.origins(ctx, dir, head, j, result.Findings),
		Dependencies: store.Dependencies{Packages: len(result.Packages), Unchecked: result.Unchecked, Advisories: result.DataDate},
	}, nil
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

// rulesFile reads soteri-security.yml at the head of the default branch, whatever branch is scanned, and says where that is;
// nil for a file that is not there, and nothing at all when such files do not count.
func rulesFile(ctx context.Context, dir, defaultBranch string, counts bool) (data []byte, commit string, err error) {
	if !counts || defaultBranch == "" {
		return nil, "", nil
	}
	head, err := scan.OpenCommit(ctx, dir, "refs/heads/"+defaultBranch)
	if errors.Is(err, scan.ErrUnknownRevision) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", ruleset.SoteriFile, err)
	}
	data, err = head.ReadFile(ruleset.SoteriFile)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		data, err = nil, nil
	}
	return data, head.Hash, errors.Join(err, head.Close())
}

// place says what to scan: the head, by the instance's rules behind what the repository's own files say, and behind the file
// of rules of its default branch, nil for none.
func (b *BranchScan) place(ctx context.Context, dir, head string, rules *store.RuleSet, file []byte) pipe.Place {
	place := pipe.Place{Dir: dir, Revision: head, History: pipe.HistoryOff, WithoutImport: []string{ruleset.SoteriFile}, Dependencies: b.Advisories, Detector: b.detectors.create(rules), Trees: &b.trees}
	place.Rules = func(set *ruleset.Set) {
		if file != nil {
			// Without a file that cannot be read more is found, not less.
			if err := set.Read(ruleset.SoteriFile, file); err != nil {
				b.Log.Warn("the rules of a repository are not used", "error", err)
			}
		}
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

// failRules switches off, for all scans, those of the instance's rules that took too long in so many files that this scan went on
// without them.
func (b *BranchScan) failRules(ctx context.Context, rules *store.RuleSet, j *store.Job, failures []scan.Failure) {
	failed := map[string]bool{}
	for i := range failures {
		var off *secret.SwitchedOffError
		if !errors.As(failures[i].Err, &off) {
			continue
		}
		for _, id := range off.Rules {
			if failed[id] || !slices.ContainsFunc(rules.Rules, func(r store.Rule) bool { return r.DetectorID == id }) {
				continue
			}
			failed[id] = true
			reason := fmt.Sprintf("it took too long on lines of several files of %s/%s; write its expression without look-around and back-references", j.ProjectKey, j.Slug)
			b.Log.Error("a rule takes too long and is switched off", "rule", id, "repository", j.Location)
			if err := b.Store.FailRule(ctx, id, reason); err != nil {
				b.Log.Error("that a rule is switched off could not be written", "rule", id, "error", err)
			}
		}
	}
}

// warning says what was not looked at in full; empty for nothing.
func warning(failures []scan.Failure) string {
	if len(failures) == 0 {
		return ""
	}
	first := &failures[0]
	return fmt.Sprintf("%s not looked at in full, the first one: %s: %v", scan.Plural(len(failures), "file was", "files were"), first.Path, first.Err)
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
