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
	"github.com/sluice-scan/sluice/internal/comment"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/pace"
)

const (
	// reportID is the id of the server's reports. That of the pipe is another, because Data Center lets only the user who
	// created a report replace it.
	reportID = "sluice-server"
	// reportTime limits the publishing of one report.
	reportTime = 2 * time.Minute
)

// owedDelay is when a report that was not published is tried again; see connections.Owe. It is longer than a report takes.
const owedDelay = 3 * time.Minute

// reporter returns the member that publishes for a scan; nil for none.
func (s *Set) reporter(j *queue.Job) (*member, connection.Location) {
	s.mu.Lock()
	m := s.members[j.Connection]
	s.mu.Unlock()
	at, ok := connection.ParseLocation(j.Location)
	if m == nil || !ok || !m.settings.publishes() {
		return nil, at
	}
	return m, at
}

// Ended publishes what a scan found, if its connection wants that. It is for worker.Options. If that fails, the branch is
// scanned and reported again later, also after this node is gone.
func (s *Set) Ended(ctx context.Context, j *queue.Job, o *findings.Outcome) {
	m, at := s.reporter(j)
	if m == nil || o.Result == nil {
		return
	}
	// A report about a result that is stored is still published when the server stops.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	owed, err := s.o.Store.Connections.Owe(ctx, m.syncer.ID, j.BranchID, owedDelay)
	if err != nil {
		m.log.Error("it could not be stored that a report is to be published", "error", err)
	}
	err = m.report(ctx, at, j, o)
	final := errors.Is(err, bitbucket.ErrNotPermitted) || errors.Is(err, bitbucket.ErrInvalid) || errors.Is(err, bitbucket.ErrNotFound)
	if err == nil || final {
		if err := s.o.Store.Connections.Paid(ctx, j.BranchID); err != nil {
			m.log.Error("it could not be stored that a report is published", "error", err)
		}
	}
	if err != nil {
		next := "it is tried again within minutes"
		if final || !owed {
			next = "the next scan of the branch publishes one"
		}
		m.log.Error("a report could not be published; "+next, "project", j.ProjectKey, "repository", j.Slug, "branch", j.Branch, "error", err)
	}
}

// Began says on the commit that its scan runs, if the connection wants build statuses. It is for worker.Options.
func (s *Set) Began(ctx context.Context, j *queue.Job, commit string) {
	s.status(ctx, j, commit, bitbucket.BuildInProgress, "The scan runs.")
}

// Failed says on the commit that its scan did not end, so that no merge waits for it. It is for worker.Options.
func (s *Set) Failed(ctx context.Context, j *queue.Job, commit string) {
	s.status(ctx, j, commit, bitbucket.BuildFailed, "The scan failed or was cancelled. Scan the branch again.")
}

// statusTime limits how long a scan waits for its status.
const statusTime = 10 * time.Second

func (s *Set) status(ctx context.Context, j *queue.Job, commit string, state bitbucket.BuildState, text string) {
	m, at := s.reporter(j)
	if m == nil || !m.settings.BuildStatus {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statusTime)
	defer cancel()
	workspace, repository := m.product.Names(at)
	result := &scan.Result{Commit: commit}
	report := insights.Build(result, insights.Options{Product: m.client.Product(), ReportID: reportID, Link: m.link(j)})
	b := insights.Status(result, scan.Gate{}, &report, j.Branch, m.product.CommitURL(at, commit))
	b.State, b.Description = state, text
	err := m.client.SetBuildStatus(ctx, workspace, repository, commit, b)
	if err != nil {
		m.log.Warn("a build status could not be set", "project", j.ProjectKey, "repository", j.Slug, "branch", j.Branch, "state", state, "error", err)
	}
}

// owe scans the branches again whose reports could not be published, until ctx ends.
func (m *member) owe(ctx context.Context) {
	store := m.set.o.Store
	pace.Loop{Every: owedEvery * m.set.o.Poll, Do: func(ctx context.Context) error {
		for ctx.Err() == nil && m.current().Inactive == "" {
			branch, err := store.Connections.NextOwed(ctx, m.syncer.ID, owedDelay)
			if errors.Is(err, db.ErrNotFound) {
				return nil
			}
			if err == nil {
				_, err = store.Queue.Enqueue(ctx, queue.Request{Scope: queue.Scope{BranchID: branch}, Name: "report", Force: true, Priority: queue.PriorityOutdated, By: "report"})
			}
			if err != nil {
				return err
			}
			m.set.queued()
		}
		return nil
	}, Problem: func(err error) { m.log.Error("the reports that are missing could not be read", "error", err) }}.Run(ctx)
}

// owedEvery is the time between looks for missing reports, in those between looks at the database.
const owedEvery = 30

func (m *member) report(ctx context.Context, at connection.Location, j *queue.Job, o *findings.Outcome) error {
	result, err := m.judged(ctx, at, j, o.Result)
	if err != nil {
		return err
	}
	gate := o.Gate.Within(result.PullRequest != "")
	report := insights.Build(result, insights.Options{Product: m.client.Product(), ReportID: reportID, Gate: gate, Link: m.link(j)})
	ref := insights.Ref{Commit: o.Commit}
	ref.Workspace, ref.Repository = m.product.Names(at)
	var problems []error
	if m.settings.Reports {
		_, err := insights.Publish(ctx, insights.NewClient(m.client), ref, &report, m.log)
		problems = append(problems, err)
	}
	if m.settings.BuildStatus {
		problems = append(problems, m.client.SetBuildStatus(ctx, ref.Workspace, ref.Repository, o.Commit, insights.Status(result, gate, &report, j.Branch, m.product.CommitURL(at, o.Commit))))
	}
	if m.settings.Comment && result.PullRequest != "" {
		problems = append(problems, m.client.UpsertComment(ctx, ref.Workspace, ref.Repository, result.PullRequest, comment.Marker(&report), comment.Text(result, gate, &report)))
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
