package findings

import (
	"errors"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/quote"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// resultRoutes return the result of a branch's scan.
func (s *Resource) resultRoutes() []api.Route {
	const path = "/scan/{projectKey}/repos/{repoSlug}"
	branch := api.Optional("branch", "the name of the branch; default: the default branch")
	return []api.Route{
		{
			Method: http.MethodGet, Path: path, Name: "getResult",
			Needs: access.Reader, Scope: "read",
			Summary: "Get the state of a branch's scans and its findings. Callers who may not write to the repository, and tokens without the scope plaintext, get masked text.",
			Query: []api.Parameter{
				branch, api.Optional("scanKey", "an older scan: returns its state, and its findings as long as they are kept"),
				api.Optional("rule", "only findings of this rule"), api.Optional("engine", resultEngines()),
				api.Optional("includeAllowlisted", "true includes what the repository's own files allow"), api.Optional("includeReviewed", "true includes what people have reviewed"),
			},
			Gives:  api.Returns(resultAnswer{}),
			Handle: s.result,
		},
	}
}

// resultEngines lists the engines whose findings a caller can select.
func resultEngines() string {
	words := append(scan.EngineNames(), "all")
	for i, word := range words {
		if word == string(scan.EngineOfSecrets()) {
			words[i] += " (the default)"
		}
	}
	return scan.Listed(words, "or")
}

// resultWire is the state of a branch's scans. The findings follow it in the stream.
type resultWire struct {
	ScanKey           string   `json:"scanKey,omitempty" doc:"The scan of this result; before the first result, the waiting or running scan."`
	Branch            string   `json:"branch"`
	Scanned           bool     `json:"scanned"`
	Actual            bool     `json:"actual"`
	Progress          int      `json:"progress"`
	Running           bool     `json:"running"`
	Scheduled         bool     `json:"scheduled"`
	RunningScanKey    string   `json:"runningScanKey,omitempty" doc:"The running scan, which can be cancelled."`
	ScheduledScanKey  string   `json:"scheduledScanKey,omitempty" doc:"The waiting scan, which can be cancelled."`
	Commit            string   `json:"commit,omitempty"`
	Outcome           string   `json:"outcome,omitempty"`
	Complete          *bool    `json:"complete,omitempty" doc:"False when the scan did not look at everything."`
	IncompleteReasons []string `json:"incompleteReasons,omitempty" doc:"What the scan did not look at in full."`
	Warnings          []string `json:"warnings,omitempty"`
	Superseded        bool     `json:"superseded,omitempty" doc:"True when the findings of the scan are no longer kept."`
	Findings          *int     `json:"findingCount,omitempty"`
}

// result answers with the state of a branch, or of one of its scans.
func (s *Resource) result(c *api.Call) (*api.Reply, error) {
	filter, err := s.occurrenceFilter(c, c.Query("rule"))
	if err != nil {
		return nil, err
	}
	var q *queue.Item
	var b *catalog.Branch
	if key := c.Query("scanKey"); key != "" {
		if q, err = s.Scans.Find(c, key); err == nil {
			b, err = s.Catalog.Branch(c.Context(), c.Repository.ID, q.Branch)
		}
		if errors.Is(err, db.ErrNotFound) {
			err = api.NotFound("the branch of the scan %s was deleted", key)
		}
	} else {
		b, err = c.Branch("branch")
	}
	if err != nil {
		return nil, err
	}
	body := stateOf(b)
	read := quote.Texts{Location: c.Repository.Location, Commit: b.Success.Commit}
	if q != nil && q.ID != b.Success.ID {
		body = stateOfScan(q, b)
		if body.Superseded {
			return api.OK(body)
		}
		filter.Result, read.Commit = q.Result, q.Commit
	}
	if !body.Scanned {
		return api.OK(body)
	}
	if c.May(access.Writer) && c.MayReveal() {
		read.Lines = s.Lines
	}
	return api.Stream(api.JSONType, func(w io.Writer) error { return s.writeResult(c, w, &body, b.ID, filter, &read) }), nil
}

func stateOf(b *catalog.Branch) resultWire {
	w := resultWire{
		Branch: b.Name, Scanned: b.Knowledge.Scanned, Actual: b.Knowledge.Scanned && b.Knowledge.Commit == b.Head, Running: b.Running != 0, Scheduled: b.Waiting != 0 && b.Running == 0,
	}
	if b.Running != 0 {
		w.RunningScanKey = db.Key(b.Running)
		w.Progress = b.Progress
	}
	if b.Waiting != 0 {
		w.ScheduledScanKey = db.Key(b.Waiting)
	}
	switch {
	case w.Scanned:
		w.ScanKey, w.Commit, w.Outcome = db.Key(b.Success.ID), b.Success.Commit, b.Success.State.String()
		w.looked(b.Incomplete, b.Warnings)
		if !w.Running && !w.Scheduled {
			w.Progress = 100
		}
	case w.Running:
		w.ScanKey = w.RunningScanKey
	case w.Scheduled:
		w.ScanKey = w.ScheduledScanKey
	case b.Last.ID != 0:
		w.ScanKey, w.Outcome = db.Key(b.Last.ID), b.Last.State.String()
	}
	return w
}

// stateOfScan returns the state of a scan whose findings are not the branch's current ones.
func stateOfScan(q *queue.Item, b *catalog.Branch) resultWire {
	w := resultWire{
		ScanKey: db.Key(q.ID), Branch: q.Branch, Scanned: q.State == queue.Succeeded, Actual: q.State == queue.Succeeded && q.Commit == b.Head,
		Progress: q.Progress, Running: q.State == queue.Running, Scheduled: q.State == queue.Queued, Commit: q.Commit, Outcome: q.State.String(),
	}
	if w.Scanned {
		w.Superseded, w.Findings = q.Result < b.KeptResult, &q.Findings
		w.looked(q.Incomplete, q.Warnings)
	}
	return w
}

// looked says whether the scan covered everything.
func (w *resultWire) looked(incomplete, warnings []string) {
	complete := len(incomplete) == 0
	w.Complete, w.IncompleteReasons, w.Warnings = &complete, incomplete, warnings
}
