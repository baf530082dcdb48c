package pipe

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/preview"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Preview scans the commit of a folder and shows the result as a pull request would. The real publisher publishes to an
// in-memory Bitbucket, and the page is read from there.
func Preview(ctx context.Context, lookup variable.Lookup, dir string, means engine.Means, version string, log *slog.Logger) (*preview.Page, *scan.Result, scan.Gate, error) {
	fail := func(err error) (*preview.Page, *scan.Result, scan.Gate, error) { return nil, nil, scan.Gate{}, err }
	config, err := Load(lookup)
	if err != nil {
		return fail(&variable.UsageError{Err: err})
	}
	place := config.Place(dir)
	if err := place.Check(); err != nil {
		return fail(err)
	}
	base, err := guessBase(ctx, lookup, place)
	if err != nil {
		return fail(err)
	}
	lookup = variable.Chain(lookup, func(name string) (string, bool) {
		switch name {
		case "BASE_COMMIT":
			return base, base != ""
		case "FAIL_SCOPE":
			return string(scan.ScopeNew), true
		}
		return "", false
	})
	checkout, plan, err := engine.Open(ctx, lookup, place, means, log)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = checkout.Close() }()
	if checkout.Head() == nil {
		return fail(&variable.UsageError{Err: fmt.Errorf("%s has no commit to show; commit something first", dir)})
	}
	if config, err = config.behind(plan); err != nil {
		return fail(err)
	}
	result, err := engine.Scan(ctx, checkout, plan, nil)
	if err != nil {
		return fail(err)
	}
	// The removed lines of the diff contain the secrets of the base.
	old, err := engine.ScanBase(ctx, checkout, plan)
	if err != nil {
		return fail(err)
	}
	server := fakebitbucket.New()
	api, err := bitbucket.New(bitbucket.Options{Product: bitbucket.Cloud, Proxy: "http://localhost:" + bitbucket.ProxyPort, Transport: server.ProxyTransport(), Log: log})
	if err != nil {
		return fail(err)
	}
	client := insights.NewClient(api)
	ref := insights.Ref{Workspace: "local", Repository: filepath.Base(checkout.Name), Commit: checkout.Commit}
	report := insights.Build(result, insights.Options{
		Product: bitbucket.Cloud, ReportID: config.Report.ReportID, Title: config.Report.ReportTitle, Link: config.Report.ReportLink,
		LogoURL: config.Report.LogoURL, Gate: plan.Gate, MaxAnnotations: int(config.Report.MaxAnnotations),
	})
	if _, err := insights.Publish(ctx, client, ref, &report, log); err != nil {
		return fail(err)
	}
	mask, redactor := scan.MaskSecrets(result.Findings, old), secret.NewRedactor()
	meta := preview.Meta{
		Title: checkout.Head().Subject, Source: result.Branch, Destination: result.Target, BaseCommit: result.Base.Commit, Version: version, Now: time.Now(),
		Mask: func(path string, _ int, text string) string { return scan.Redact(ctx, redactor, path, mask(text)) },
	}
	var before preview.Tree
	if commit := checkout.BaseCommit(); commit != nil {
		before = commit
	}
	page, err := preview.Collect(ctx, client, ref, checkout.Head(), before, meta)
	if err != nil {
		return fail(err)
	}
	return page, result, plan.Gate, nil
}

// guessBase finds the base of a pull request from this commit: the merge base with the main branch, or the parent commit
// on the main branch. It is empty if there is none.
func guessBase(ctx context.Context, lookup variable.Lookup, place engine.Place) (string, error) {
	if _, ok := variable.Chain(lookup)("BASE_COMMIT"); ok {
		return "", nil
	}
	repo, err := git.Open(place.Dir)
	if err != nil {
		return "", err
	}
	defer func() { _ = repo.Close() }()
	revision := place.Revision
	if revision == "" {
		revision = "HEAD"
	}
	head, err := repo.Resolve(revision)
	if err != nil {
		return "", err
	}
	for _, name := range []string{"refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/heads/main", "refs/remotes/origin/master", "refs/heads/master"} {
		other, err := repo.Resolve(name)
		if err != nil || other == head {
			continue
		}
		if base, err := repo.MergeBase(ctx, head, other); err == nil && base != head {
			return base, nil
		}
	}
	commit, err := repo.Commit(ctx, head)
	if err != nil || len(commit.Parents) == 0 || !repo.HasCommit(commit.Parents[0]) {
		return "", err
	}
	return commit.Parents[0], nil
}
