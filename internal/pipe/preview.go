package pipe

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/preview"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Preview scans the commit at a place and shows it as a pull request would: it is published by the real publisher to a
// Bitbucket in memory, and read back from there.
func Preview(ctx context.Context, lookup Lookup, place Place, version string, log *slog.Logger) (*preview.Page, *scan.Result, scan.Gate, error) {
	fail := func(err error) (*preview.Page, *scan.Result, scan.Gate, error) { return nil, nil, scan.Gate{}, err }
	if err := place.check(); err != nil {
		return fail(err)
	}
	base, err := guessBase(ctx, lookup, place)
	if err != nil {
		return fail(err)
	}
	lookup = Chain(lookup, func(name string) (string, bool) {
		switch name {
		case "BASE_COMMIT":
			return base, base != ""
		case "FAIL_SCOPE":
			return string(scan.ScopeNew), true
		}
		return "", false
	})
	target, err := Open(ctx, lookup, place, log)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = target.Close() }()
	if target.head == nil {
		return fail(&UsageError{fmt.Errorf("%s has no commit to show; commit something first", place.Dir)})
	}
	result, err := Scan(ctx, target, nil)
	if err != nil {
		return fail(err)
	}
	old, err := target.scanBase(ctx)
	if err != nil {
		return fail(err)
	}
	server := fakebitbucket.New()
	api, err := bitbucket.New(bitbucket.Options{Product: bitbucket.Cloud, Proxy: "http://localhost:" + bitbucket.ProxyPort, Transport: server.ProxyTransport(), Log: log})
	if err != nil {
		return fail(err)
	}
	client := insights.NewClient(api)
	ref := insights.Ref{Workspace: "local", Repository: filepath.Base(target.name()), Commit: target.Commit}
	report := insights.Build(result, insights.Options{
		Product: bitbucket.Cloud, ReportID: target.Config.Report.ReportID, Title: target.Config.Report.ReportTitle, Link: target.Config.Report.ReportLink,
		LogoURL: target.Config.Report.LogoURL, Gate: target.Gate, MaxAnnotations: int(target.Config.Report.MaxAnnotations),
	})
	if _, err := insights.Publish(ctx, client, ref, &report, log); err != nil {
		return fail(err)
	}
	mask, redactor := scan.MaskSecrets(result.Findings, old), secret.NewRedactor()
	meta := preview.Meta{
		Title: target.head.Subject, Source: result.Branch, Destination: result.Target, BaseCommit: result.Base.Commit, Version: version, Now: time.Now(),
		Mask: func(path string, _ int, text string) string { return scan.Redact(ctx, redactor, path, mask(text)) },
	}
	var before preview.Tree
	if target.base != nil {
		before = target.base
	}
	page, err := preview.Collect(ctx, client, ref, target.head, before, meta)
	if err != nil {
		return fail(err)
	}
	return page, result, target.Gate, nil
}

// scanBase finds the secrets of the base, which stand in the removed lines of the diff.
func (t *Target) scanBase(ctx context.Context) ([]scan.Finding, error) {
	if t.base == nil || !t.Config.Scan.Engines.Has(scan.EngineSecrets) {
		return nil, nil
	}
	d, err := t.SecretDetector()
	if err != nil {
		return nil, err
	}
	result, err := (&scan.Scanner{Detectors: []scan.Detector{d}, Jobs: int(t.Config.Scan.Jobs)}).Scan(ctx, scan.Input{Head: t.base})
	if err != nil {
		return nil, err
	}
	return result.Findings, nil
}

// guessBase finds what a pull request from here would be compared with: the merge base with the main branch, or the
// commit before when this is the main branch. Empty means that there is none.
func guessBase(ctx context.Context, lookup Lookup, place Place) (string, error) {
	if _, ok := Chain(lookup)("BASE_COMMIT"); ok {
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
