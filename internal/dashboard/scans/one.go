package scans

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// scanBody is one scan.
type scanBody struct {
	Key, Text, Branch, Analysis string
	Above                       []page.Link
	// State is its state in a word; Class is the class of that word. Progress has a percent sign; empty for a scan that does not run.
	State, Class, Progress string
	// Stopping is true for a running scan that was told to stop.
	Stopping             bool
	Added, Started, Over figure.Moment
	Took                 figure.Span
	Node, Commit, By     string
	// Cause is why it has no result; empty for one that has, or is not over.
	Cause string
	// Ended is true when there is a result: then Findings are those that it saw, Appeared and Vanished those that the branch gained and lost.
	Ended                        bool
	Findings, Appeared, Vanished string
	// Gaps is what it did not look at; Warnings are mistakes in the repository's own rules.
	Gaps, Warnings []string
	// Cancel is the path of the form that cancels it; empty where the caller may not, or it is over.
	Cancel, Back string
}

// stateLooks are the word and the class of each state.
var stateLooks = map[queue.State]figure.Look{
	queue.Queued: {Word: "Queued", Class: "busy"}, queue.Running: {Word: "Scanning", Class: "busy"}, queue.Succeeded: {Word: "Done", Class: "good"}, queue.Failed: {Word: "Internal Error", Class: "bad"},
	queue.Cancelled: {Word: "Cancelled", Class: "quiet"}, queue.Dropped: {Word: "Left the queue", Class: "quiet"},
}

// one is the page of one scan.
func (s *Pages) one(v *page.Visit) error {
	q, err := s.find(v)
	if err != nil {
		return err
	}
	look := stateLooks[q.State]
	repository := v.ToRepository(q.ProjectKey, q.Slug)
	body := scanBody{
		Key: db.Key(q.ID), Text: q.String(), Branch: q.Branch, Analysis: v.ToAnalysis(q.ProjectKey, q.Slug, q.Branch),
		Above: []page.Link{{Text: "Projects", Path: v.Home()}, {Text: q.ProjectName, Path: v.ToProject(q.ProjectKey)}, {Text: q.RepositoryName, Path: repository}},
		State: look.Word, Class: look.Class, Stopping: q.State == queue.Running && q.CancelRequested,
		Added: figure.Ago(q.Queued, v.Now), Started: figure.Ago(q.Started, v.Now), Over: figure.Ago(q.Ended, v.Now), Took: figure.Took(q.Started, q.Ended),
		Node: q.Owner, Commit: figure.Short(q.Commit), By: q.RequestedBy, Cause: q.Error, Gaps: q.Incomplete, Warnings: q.Warnings, Back: v.Here(),
	}
	switch q.State {
	case queue.Running:
		body.Progress = percent(q.Progress)
	case queue.Succeeded:
		body.Ended = true
		body.Findings, body.Appeared, body.Vanished = figure.Count(q.Findings, "finding", "findings"), figure.Thousands(q.Appeared), figure.Thousands(q.Vanished)
		if len(q.Incomplete) > 0 {
			body.State, body.Class = "Done in part", "old"
		}
	}
	body.Cancel = CancelPath(v, q)
	return v.Show(http.StatusOK, scanPage, "Scan of "+q.Branch, body)
}
