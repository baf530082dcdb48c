package connected

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

const (
	// reportID is the id of the server's reports. That of the pipe is another, because Data Center lets only the user who
	// created a report replace it.
	reportID = "sluice-server"
	// reportTime limits the publishing of one report.
	reportTime = 2 * time.Minute
)

// Ended publishes what a scan found, if its connection wants that. It is for worker.Options.
func (s *Set) Ended(ctx context.Context, j *queue.Job, o *findings.Outcome) {
	s.mu.Lock()
	m := s.members[j.Connection]
	s.mu.Unlock()
	at, ok := connection.ParseLocation(j.Location)
	if m == nil || !ok || o.Result == nil || !m.settings.Reports && !m.settings.BuildStatus {
		return
	}
	// A report about a result that is stored is still published when the server stops.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	if err := m.report(ctx, at, j, o); err != nil {
		m.log.Error("a report could not be published; the next scan of the branch publishes one", "project", j.ProjectKey, "repository", j.Slug, "branch", j.Branch, "error", err)
	}
}

func (m *member) report(ctx context.Context, at connection.Location, j *queue.Job, o *findings.Outcome) error {
	result, err := m.judged(ctx, at, j, o.Result)
	if err != nil {
		return err
	}
	gate := o.Gate.Within(result.PullRequest != "")
	report := insights.Build(result, insights.Options{Product: m.client.Product(), ReportID: reportID, Gate: gate, Link: m.link(j)})
	ref := insights.Ref{Workspace: at.Project, Repository: at.Slug, Commit: o.Commit}
	var problems []error
	if m.settings.Reports {
		_, err := insights.Publish(ctx, insights.NewClient(m.client), ref, &report, m.log)
		problems = append(problems, err)
	}
	if m.settings.BuildStatus {
		commit := m.client.Base() + "/projects" + bitbucket.Path(at.Project, "repos", at.Slug, "commits", o.Commit)
		problems = append(problems, m.client.SetBuildStatus(ctx, at.Project, at.Slug, o.Commit, insights.Status(result, gate, &report, j.Branch, commit)))
	}
	return errors.Join(problems...)
}

// link is the page of a branch on this server; empty if its address is not known.
func (m *member) link(j *queue.Job) string {
	if m.set.o.Link == "" {
		return ""
	}
	return strings.TrimRight(m.set.o.Link, "/") + "/projects" + bitbucket.Path(j.ProjectKey, "repos", j.Slug, "analysis") + "?branch=" + url.QueryEscape(j.Branch)
}

// judged returns the result as people see it in the report: without what they have decided about, and compared with the
// branch into which the pull request goes, or else with the default branch.
func (m *member) judged(ctx context.Context, at connection.Location, j *queue.Job, r *scan.Result) (*scan.Result, error) {
	own, err := m.set.o.Store.Findings.Standing(ctx, j.BranchID)
	if err != nil {
		return nil, err
	}
	number, to, err := m.product.Destination(ctx, at, j.Branch)
	if err != nil {
		return nil, fmt.Errorf("look for a pull request: %w", err)
	}
	if to == "" {
		to = j.DefaultBranch
	}
	base, info, note, err := m.base(ctx, j, to)
	if err != nil {
		return nil, err
	}
	judged := *r
	judged.Repository, judged.Branch, judged.Base, judged.Findings = j.ProjectKey+"/"+j.Slug, j.Branch, info, slices.Clone(r.Findings)
	if number > 0 {
		judged.PullRequest, judged.Target = strconv.Itoa(number), to
	}
	if note != "" {
		judged.Notes = append(slices.Clone(r.Notes), scan.Note{Code: "no-base", Text: note})
	}
	for i := range judged.Findings {
		f := &judged.Findings[i]
		_, existing := base[f.Fingerprint]
		f.New = !existing
		if f.Live() && own[f.Fingerprint] {
			f.Suppression = &scan.Suppression{Kind: scan.SuppressedDecision, Source: "Sluice"}
		}
	}
	slices.SortStableFunc(judged.Findings, func(a, b scan.Finding) int { return scan.Compare(&a, &b) })
	return &judged, nil
}

// base returns the fingerprints of the branch with which a result is compared. note tells people why there is none; a
// branch is not compared with itself.
func (m *member) base(ctx context.Context, j *queue.Job, to string) (fingerprints map[string]bool, info scan.Base, note string, err error) {
	info = scan.Base{Kind: scan.BaseNone}
	if to == "" || to == j.Branch {
		return nil, info, "", nil
	}
	note = fmt.Sprintf("all findings count as new, because the branch %s has not been scanned yet", to)
	id, err := m.set.o.Store.Catalog.Sync(m.syncer.ID).LiveBranch(ctx, j.ProjectKey, j.Slug, to)
	if err != nil || id == 0 {
		return nil, info, note, err
	}
	b, err := m.set.o.Store.Catalog.Branch(ctx, j.Repository, to)
	if err != nil || !b.Knowledge.Scanned {
		return nil, info, note, err
	}
	fingerprints, err = m.set.o.Store.Findings.Standing(ctx, id)
	return fingerprints, scan.Base{Kind: scan.BaseDestination, Commit: b.Knowledge.Commit}, "", err
}
