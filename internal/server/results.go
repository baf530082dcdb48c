package server

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// pieceSize is how many findings are read at once.
const pieceSize = 500

// resultRoutes scan one branch and tell what was found.
func (s *Server) resultRoutes() []route {
	const path = "/scan/{projectKey}/repos/{repoSlug}"
	branch := parameter{"branch", "the name of the branch; the default branch when it is left out", false}
	return []route{
		{
			method: http.MethodPost, path: path, name: "scanBranch",
			needs: scanner, scope: "scan",
			summary: "Scan a branch, unless its results are up to date.",
			query:   []parameter{branch},
			gives:   returns(startedWire{}),
			handle:  func(c *call) (*reply, error) { return c.scanBranch() },
		},
		{
			method: http.MethodDelete, path: path, name: "cancelScan",
			needs: reader, scope: "scan",
			summary: "Cancel a waiting or running scan. The person who asked for it may do so, and everyone who may write to the repository.",
			query:   []parameter{{"scanKey", "which scan", true}},
			gives:   nothingBack(),
			handle: func(c *call) (*reply, error) {
				if c.query("scanKey") == "" {
					return nil, badRequest("scanKey: say which scan")
				}
				return c.cancelScan(c.query("scanKey"))
			},
		},
		{
			method: http.MethodGet, path: path, name: "getResult",
			needs: reader, scope: "read",
			summary: "Get the state of a branch's scans and its findings. Callers who may not write to the repository, and tokens without the scope plaintext, get masked text.",
			query: []parameter{
				branch, {"scanKey", "a scan that is not the newest: its state, and its findings as long as they are kept", false},
				{"rule", "findings of this rule only", false}, {"engine", resultEngines(), false},
				{"includeAllowlisted", "true adds what the repository's own files allow", false}, {"includeReviewed", "true adds what people have reviewed", false},
			},
			gives:  returns(resultAnswer{}),
			handle: func(c *call) (*reply, error) { return c.result() },
		},
	}
}

type startedWire struct {
	Scheduled bool   `json:"scheduled"`
	ScanKey   string `json:"scanKey,omitempty" doc:"The scan, when one was scheduled."`
}

func (c *call) scanBranch() (*reply, error) {
	b, err := c.branch("branch")
	if err != nil {
		return nil, err
	}
	name := c.project.Name + " / " + c.repository.Name + " : " + b.Name
	done, err := c.s.store.Queue.Enqueue(c.context(), queue.Request{
		Scope: queue.Scope{RepositoryID: c.repository.ID, BranchID: b.ID}, Name: name, Outdated: true, Priority: queue.PriorityInteractive, By: c.account.Name,
	})
	if err != nil {
		return nil, err
	}
	if done.Scan == 0 {
		return ok(startedWire{})
	}
	key := db.Key(done.Scan)
	if done.Scheduled+done.Merged > 0 {
		c.s.options.Work.Wake()
		err = c.record("scan.requested", name, "scan "+key)
	}
	return &reply{status: http.StatusOK, body: startedWire{true, key}}, err
}

// scanOf finds a scan by its key and makes its repository the one that the call speaks of.
func (c *call) scanOf(key string) (*queue.Item, error) {
	unknown := notFound("there is no scan %q", key)
	id, isKey := db.ParseKey(key)
	if !isKey {
		return nil, unknown
	}
	q, err := c.s.store.Queue.Scan(c.context(), c.visible, id)
	if errors.Is(err, db.ErrNotFound) || err == nil && c.repository != nil && c.repository.ID != q.RepositoryID {
		return nil, unknown
	}
	if err != nil || c.repository != nil {
		return q, err
	}
	return q, c.at(q.ProjectKey, q.Slug)
}

// at makes a repository the one that the call speaks of.
func (c *call) at(key, slug string) (err error) {
	if c.project, err = c.s.store.Catalog.Project(c.context(), c.visible, key); err == nil {
		c.repository, err = c.s.store.Catalog.Repository(c.context(), c.visible, key, slug)
	}
	if errors.Is(err, db.ErrNotFound) {
		return notFound("there is no repository %s/%s", key, slug)
	}
	return err
}

// cancelScan cancels one scan. One that has ended stays as it is, which is no error: the caller has what he wants.
func (c *call) cancelScan(key string) (*reply, error) {
	q, err := c.scanOf(key)
	if err != nil {
		return nil, err
	}
	if q.RequestedBy != c.account.Name && !c.may(scanner) {
		return nil, forbidden("%s may not cancel this scan: it needs who asked for it, or %s", c.account.Name, needsWords[writer])
	}
	was, err := c.s.store.Queue.Cancel(c.context(), q.ID)
	if err != nil {
		return nil, err
	}
	if was <= queue.Running {
		c.s.options.Work.Cancel(q.ID)
		if err := c.record("scan.cancelled", q.String(), "scan "+key); err != nil {
			return nil, err
		}
	}
	return nothing()
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

// result tells the state of a branch, or of one scan of it.
func (c *call) result() (*reply, error) {
	filter, err := c.occurrenceFilter(c.query("rule"))
	if err != nil {
		return nil, err
	}
	var q *queue.Item
	var b *catalog.Branch
	if key := c.query("scanKey"); key != "" {
		if q, err = c.scanOf(key); err == nil {
			b, err = c.s.store.Catalog.Branch(c.context(), c.repository.ID, q.Branch)
		}
		if errors.Is(err, db.ErrNotFound) {
			err = notFound("the branch of the scan %s is gone", key)
		}
	} else {
		b, err = c.branch("branch")
	}
	if err != nil {
		return nil, err
	}
	body := stateOf(b)
	read := texts{location: c.repository.Location, commit: b.Success.Commit}
	if q != nil && q.ID != b.Success.ID {
		body = stateOfScan(q, b)
		if body.Superseded {
			return ok(body)
		}
		filter.Result, read.commit = q.Result, q.Commit
	}
	if !body.Scanned {
		return ok(body)
	}
	if c.may(writer) && c.mayReveal() {
		read.lines = c.s.options.Lines
	}
	return &reply{status: http.StatusOK, contentType: "application/json; charset=utf-8", stream: func(w io.Writer) error {
		return c.writeResult(w, &body, b.ID, filter, &read)
	}}, nil
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

// stateOfScan tells of a scan that is not the one whose findings the branch has.
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

// looked says whether a result is of everything.
func (w *resultWire) looked(incomplete, warnings []string) {
	complete := len(incomplete) == 0
	w.Complete, w.IncompleteReasons, w.Warnings = &complete, incomplete, warnings
}

// resultEngines says which engines findings can be asked of.
func resultEngines() string {
	words := append(scan.EngineNames(), "all")
	for i, word := range words {
		if word == string(scan.EngineOfSecrets()) {
			words[i] += " (the default)"
		}
	}
	return scan.Listed(words, "or")
}

// occurrenceFilter reads which findings are wanted.
func (c *call) occurrenceFilter(rule string) (f findings.OccurrenceFilter, err error) {
	f.Rule = rule
	if f.Allowed, err = c.flag("includeAllowlisted"); err != nil {
		return f, err
	}
	if f.Reviewed, err = c.flag("includeReviewed"); err != nil {
		return f, err
	}
	switch engine := c.query("engine"); engine {
	case "":
		f.Engine = scan.EngineOfSecrets()
	case "all":
	default:
		if f.Engine.UnmarshalText([]byte(engine)) != nil {
			return f, badRequest("engine: %q is none of %s", engine, scan.Listed(append(scan.EngineNames(), "all"), "and"))
		}
	}
	if rule == "" || c.repository == nil {
		return f, nil
	}
	f.Rule, err = c.ruleNamed(rule)
	return f, err
}

// ruleNamed gives the id under which findings of a rule are kept: a built-in rule by any of its names that means one only, one
// that was added by its name or its id, and whatever else has findings in the repository.
func (c *call) ruleNamed(name string) (id string, err error) {
	id, err = c.s.store.Findings.RuleSeen(c.context(), c.repository.ID, name)
	if !errors.Is(err, db.ErrNotFound) {
		return id, err
	}
	rules, err := c.s.store.Policy.Rules(c.context())
	if err != nil {
		return "", err
	}
	for _, r := range rules {
		if strings.EqualFold(r.Name, name) || r.DetectorID == name {
			return r.DetectorID, nil
		}
	}
	own, err := c.repositoryRules()
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(own, func(r secret.Rule) bool { return r.ID == name || strings.EqualFold(r.Custom.Name, name) }); i >= 0 {
		return own[i].ID, nil
	}
	switch ids := ruleset.BuiltinRules(name); len(ids) {
	case 0:
		return "", notFound("there is no rule %q for %s/%s", name, c.project.Key, c.repository.Slug)
	case 1:
		return ids[0], nil
	default:
		return "", badRequest("%q stands for several rules; name one of %s", name, strings.Join(ids, ", "))
	}
}
