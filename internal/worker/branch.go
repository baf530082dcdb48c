package worker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// BranchScan scans branches as the pipe does in a branch pipeline: the tree of the commit, with the repository's own
// configuration.
type BranchScan struct {
	// Data is the server's folder. The caches of clean files are below it, one for each repository.
	Data string
	// Variables are the pipe's variables by name, for all scans: ENGINES, DB and so on.
	Variables map[string]string
	// Version is the version of the program. Another version may judge differently, so it is part of the Config.
	Version string
	// Advisories are shared by all scans; nil if each scan gets its own from its variables.
	Advisories sca.Advisories
	// Store has the rules of the instance.
	Store *store.Store
	Log   *slog.Logger

	detectors detectors
	trees     git.TreeCache
}

// Scan is a [Scan].
func (b *BranchScan) Scan(ctx context.Context, dir string, j *queue.Job, progress func(percent int, commit string)) (*findings.Outcome, error) {
	head, err := headOf(dir, j.Branch)
	if err != nil {
		return nil, err
	}
	rules, err := b.Store.Policy.RuleSet(ctx)
	if db.Unavailable(err) {
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
	settings, err := b.Settings()
	if err != nil {
		return nil, err
	}
	config := rules.ConfigOf(hash, settings, b.Version)
	if !j.Force && !j.Incomplete && j.ScannedCommit == head && j.Config == config {
		return &findings.Outcome{State: queue.Dropped, Reason: "up to date"}, nil
	}
	progress(0, head)
	own := &ownRules{log: b.Log.With("repository", j.Location)}
	checkout, plan, err := engine.Open(ctx, b.lookup(j), engine.Place{Dir: dir, Revision: head, Trees: &b.trees}, b.means(ctx, rules, file, own), b.Log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = checkout.Close() }()
	result, err := engine.Scan(ctx, checkout, plan, func(done, total int) { progress(done*100/max(total, 1), head) })
	if err != nil {
		return nil, err
	}
	b.failRules(ctx, rules, j, result.Failures)
	unread := map[string]bool{}
	for i := range result.Unread {
		unread[result.Unread[i].Path] = true
	}
	return &findings.Outcome{
		State: queue.Succeeded, Commit: head, Config: config, RulesFile: hash, RulesAt: at, Findings: result.Findings,
		// What was not scanned must not count as clean.
		Incomplete: append(own.cannot, reasons(result)...), Unread: unread, Warnings: own.warnings(result.Notes), RuleNames: ruleNames(plan.Rules),
		Origins:  b.origins(ctx, dir, head, j, result.Findings),
		Packages: result.Packages, PackagesKnown: slices.ContainsFunc(result.Engines, func(e scan.Engine) bool { return e.Info().Packages }),
		Result: result, Gate: scan.Gate{FailOn: plan.Gate.FailOn, Scope: plan.Config.Scan.FailScope},
		Dependencies: status.Dependencies{Packages: len(result.Packages), Unchecked: result.Unchecked, Advisories: result.DataDate},
	}, nil
}

// headOf returns the head commit of a branch.
func headOf(dir, branch string) (string, error) {
	repository, err := git.Open(dir)
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

// rulesFile reads soteri-security.yml at the head of the default branch, whatever branch is scanned, and returns that
// head. The content is nil if the file does not exist. Both are empty if such files do not count.
func rulesFile(ctx context.Context, dir, defaultBranch string, counts bool) (data []byte, commit string, err error) {
	if !counts || defaultBranch == "" {
		return nil, "", nil
	}
	head, err := git.OpenCommit(ctx, dir, "refs/heads/"+defaultBranch)
	if errors.Is(err, git.ErrUnknownRevision) {
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

// means returns what the server adds to a scan: the rules of the instance. They come after the repository's own files
// and after the file of rules of its default branch, which is nil if there is none.
func (b *BranchScan) means(ctx context.Context, rules *policy.RuleSet, file []byte, own *ownRules) engine.Means {
	means := engine.Means{History: engine.HistoryOff, WithoutImport: []string{ruleset.SoteriFile}, Dependencies: b.Advisories, Detector: b.detectors.create(rules)}
	means.Rules = func(set *ruleset.Set) {
		if file != nil {
			// Without the unreadable file, the scan finds more, not less.
			if err := set.Read(ruleset.SoteriFile, file); err != nil {
				own.mistakes = append(own.mistakes, err.Error())
				own.log.Warn("the rules of a repository are not used", "error", err)
			}
		}
		global := make([]ruleset.Global, len(rules.Rules))
		for i, r := range rules.Rules {
			global[i] = ruleset.Global{ID: r.DetectorID, Name: r.Name, Expression: r.Regexp}
		}
		bad := set.AddGlobal(global, rules.Disabled)
		for _, id := range slices.Sorted(maps.Keys(bad)) {
			own.cannot = append(own.cannot, fmt.Sprintf("the rule %s cannot run: %v", id, bad[id]))
			b.fail(ctx, own.log, rules, id, bad[id].Error())
		}
	}
	return means
}

// failRules records which rules of the instance took too long.
func (b *BranchScan) failRules(ctx context.Context, rules *policy.RuleSet, j *queue.Job, failures []scan.Failure) {
	for i := range failures {
		var slow *secret.TimeoutError
		if !errors.As(failures[i].Err, &slow) {
			continue
		}
		for _, id := range slow.Rules {
			b.fail(ctx, b.Log.With("repository", j.Location), rules, id,
				fmt.Sprintf("it took too long on lines of files of %s/%s; write its expression without look-around and back-references", j.ProjectKey, j.Slug))
		}
	}
}

// fail records why a rule of the instance failed, once until somebody clears it.
func (b *BranchScan) fail(ctx context.Context, log *slog.Logger, rules *policy.RuleSet, id, reason string) {
	i := slices.IndexFunc(rules.Rules, func(r policy.Rule) bool { return r.DetectorID == id })
	if i < 0 || rules.Rules[i].ValidationError != "" {
		return
	}
	rules.Rules[i].ValidationError = reason
	log.Error("a rule did not finish", "rule", id, "error", reason)
	if err := b.Store.Policy.FailRule(ctx, id, reason); err != nil {
		log.Error("it could not be recorded that a rule did not finish", "rule", id, "error", err)
	}
}

// ownRules is what was learned while the rules of a scan were put together.
type ownRules struct {
	log *slog.Logger
	// mistakes are why the repository's file is not used. cannot holds the rules of the instance that cannot run.
	mistakes, cannot []string
}

// ruleNames maps rule ids to the names that people gave them, if they differ.
func ruleNames(set *ruleset.Set) map[string]string {
	names := map[string]string{}
	for i := range set.Rules {
		if r := &set.Rules[i]; r.Custom != nil && r.Custom.Name != "" && r.Custom.Name != r.ID {
			names[r.ID] = r.Custom.Name
		}
	}
	return names
}

// warnings returns the mistakes in the repository's own rules, and logs them.
func (o *ownRules) warnings(notes []scan.Note) []string {
	list := slices.Clone(o.mistakes)
	for _, n := range notes {
		if n.Code == engine.RulesNote {
			list = append(list, n.Text)
			o.log.Warn("the rules of a repository have a mistake", "note", n.Text)
		}
	}
	return bounded(list)
}

// reasons lists what was not scanned in full, one reason each; nil if the result is complete, as in
// [scan.Result.Complete], and an engine looked at something.
func reasons(r *scan.Result) []string {
	var list []string
	if !r.Looked() {
		list = append(list, "no engine found anything that it can look at")
	}
	for _, failures := range [][]scan.Failure{r.Unread, r.Failures} {
		for i := range failures {
			f := &failures[i]
			text := f.Err.Error()
			switch {
			case f.Path != "":
				text = f.Path + ": " + text
			case f.Engine != "":
				text = string(f.Engine) + ": " + text
			}
			list = append(list, text)
		}
	}
	return bounded(list)
}

// maxReasons limits how many reasons are kept.
const maxReasons = 50

func bounded(list []string) []string {
	if n := len(list); n > maxReasons {
		list = append(list[:maxReasons:maxReasons], fmt.Sprintf("and %d more", n-maxReasons))
	}
	return list
}

// Settings returns the hash of the settings of all scans; see [engine.ScanConfig.Hash].
func (b *BranchScan) Settings() (string, error) {
	config, err := engine.Load(func(name string) (string, bool) { value, ok := b.Variables[name]; return value, ok })
	if err != nil {
		return "", err
	}
	return config.Scan.Hash(os.ReadFile), nil
}

// lookup returns the variables of a scan.
func (b *BranchScan) lookup(j *queue.Job) variable.Lookup {
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
