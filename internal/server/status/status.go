package status

import (
	"net/http"
	"net/url"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// statusRoutes return the status of projects, repositories and branches. Reading never schedules a scan.
func (s *Resource) statusRoutes() []api.Route {
	named := append([]api.Parameter{api.Optional("name", "a part of the display name, in any case")}, api.PageParameters()...)
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/status/projects", Name: "listProjects",
			Needs: access.SignedIn, Scope: "read",
			Summary: "List the status of the projects that you may read, by name.",
			Query:   append([]api.Parameter{api.Optional("type", "normal, personal or all (the default)")}, named...),
			Gives:   api.ReturnsPage(projectWire{}),
			Handle:  s.projects,
		},
		{
			Method: http.MethodGet, Path: "/status/projects/{projectKey}", Name: "getProject",
			Needs: access.Reader, Scope: "read",
			Summary: "Get the status of a project.",
			Gives:   api.Returns(projectWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return api.OK(projectBody(c.Project)) },
		},
		{
			Method: http.MethodGet, Path: "/status/projects/{projectKey}/repos", Name: "listRepositories",
			Needs: access.Reader, Scope: "read",
			Summary: "List the status of a project's repositories, by name.",
			Query:   named,
			Gives:   api.ReturnsPage(repositoryWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return api.Paged(c, func(page db.Page) ([]catalog.Repository, error) {
					return s.Catalog.Repositories(c.Context(), c.Visible, c.Project.ID, catalog.Filter{Name: c.Query("name")}, page)
				}, repositoryBody)
			},
		},
		{
			Method: http.MethodGet, Path: "/status/projects/{projectKey}/repos/{repoSlug}", Name: "getRepository",
			Needs: access.Reader, Scope: "read",
			Summary: "Get the status of a repository.",
			Gives:   api.Returns(repositoryWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return api.OK(repositoryBody(c.Repository)) },
		},
		{
			Method: http.MethodGet, Path: "/status/projects/{projectKey}/repos/{repoSlug}/branches", Name: "listBranches",
			Needs: access.Reader, Scope: "read",
			Summary: "List the status of a repository's branches.",
			Query:   named,
			Gives:   api.ReturnsPage(branchWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return api.Paged(c, func(page db.Page) ([]catalog.Branch, error) {
					return s.Catalog.Branches(c.Context(), c.Repository.ID, catalog.Filter{Name: c.Query("name")}, page)
				}, branchBody)
			},
		},
	}
}

func (s *Resource) projects(c *api.Call) (*api.Reply, error) {
	var personal *bool
	switch kind := c.Query("type"); kind {
	case "", "all":
	case "normal":
		personal = new(bool)
	case "personal":
		yes := true
		personal = &yes
	default:
		return nil, api.BadRequest("type: %q is not normal, personal or all", kind)
	}
	return api.Paged(c, func(page db.Page) ([]catalog.Project, error) {
		return s.Catalog.Projects(c.Context(), c.Visible, personal, c.Query("name"), page)
	}, projectBody)
}

type countsWire struct {
	Secure           int  `json:"secure"`
	Vulnerable       int  `json:"vulnerable"`
	NotScanned       int  `json:"notScanned"`
	PartiallyScanned *int `json:"partiallyScanned,omitempty"`
	Outdated         int  `json:"outdated"`
	Empty            *int `json:"empty,omitempty"`
}

type openWire struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
}

type projectWire struct {
	Key             string        `json:"key"`
	Name            string        `json:"name"`
	Type            string        `json:"type"`
	Status          status.Status `json:"status"`
	Counts          countsWire    `json:"counts"`
	RepositoryCount int           `json:"repositoryCount"`
	OpenFindings    openWire      `json:"openFindings"`
	Queued          int           `json:"queued"`
	Running         int           `json:"running"`
	LastScanDate    *string       `json:"lastScanDate"`
	Link            string        `json:"link"`
}

func projectBody(p *catalog.Project) projectWire {
	kind := "NORMAL"
	if p.Personal {
		kind = "PERSONAL"
	}
	partially, empty := p.Repositories.PartiallyScanned, p.Empty
	return projectWire{
		Key: p.Key, Name: p.Name, Type: kind, Status: status.ProjectStatus(p.Repositories),
		Counts:          countsWire{p.Repositories.Secure, p.Repositories.Vulnerable, p.Repositories.NotScanned, &partially, p.Repositories.Outdated, &empty},
		RepositoryCount: p.Repositories.Total() + p.Empty, OpenFindings: openWire(p.Open), Queued: p.Queued, Running: p.Running, LastScanDate: api.Date(p.LastScan),
		Link: "/projects/" + url.PathEscape(p.Key),
	}
}

type repositoryWire struct {
	Slug          string             `json:"slug"`
	Name          string             `json:"name"`
	Project       api.ProjectRef     `json:"project"`
	Status        status.Status      `json:"status"`
	Counts        countsWire         `json:"counts"`
	BranchCount   int                `json:"branchCount"`
	Empty         bool               `json:"empty"`
	DefaultBranch *defaultBranch     `json:"defaultBranch"`
	OpenFindings  openWire           `json:"openFindings"`
	Queued        int                `json:"queued"`
	Running       int                `json:"running"`
	LastScanDate  *string            `json:"lastScanDate"`
	ScanStatus    catalog.ScanStatus `json:"scanStatus,omitempty" doc:"INTERNAL_ERROR when the server cannot read the repository or some of its references."`
	Problem       string             `json:"problem,omitempty"`
	MissingSince  *string            `json:"missingSince,omitempty" doc:"Since when listings lack the repository that the server still keeps."`
}

type defaultBranch struct {
	DisplayID string        `json:"displayId"`
	Status    status.Status `json:"status"`
}

func repositoryBody(r *catalog.Repository) repositoryWire {
	w := repositoryWire{
		Slug: r.Slug, Name: r.Name, Project: api.ProjectRef{Key: r.ProjectKey, Name: r.ProjectName}, Status: r.Status,
		Counts:      countsWire{Secure: r.Branches.Secure, Vulnerable: r.Branches.Vulnerable, NotScanned: r.Branches.NotScanned, PartiallyScanned: &r.Branches.PartiallyScanned, Outdated: r.Branches.Outdated},
		BranchCount: r.Branches.Total(), Empty: r.Branches.Total() == 0 && r.Problem == "", OpenFindings: openWire(r.Open), Queued: r.Queued, Running: r.Running, LastScanDate: api.Date(r.LastScan),
		Problem: r.Problem, MissingSince: api.Date(r.Missing),
	}
	if r.Problem != "" {
		w.ScanStatus = catalog.ScanInternalError
	}
	if r.DefaultBranch != "" {
		w.DefaultBranch = &defaultBranch{r.DefaultBranch, r.DefaultStatus}
	}
	return w
}

type branchWire struct {
	ID                string                `json:"id"`
	DisplayID         string                `json:"displayId"`
	IsDefault         bool                  `json:"isDefault"`
	Status            status.Status         `json:"status"`
	ScanStatus        catalog.ScanStatus    `json:"scanStatus"`
	ScanStatusText    string                `json:"scanStatusText"`
	CommitsBehind     *int                  `json:"commitsBehind"`
	StaleReasons      []catalog.StaleReason `json:"staleReasons"`
	LatestCommit      string                `json:"latestCommit"`
	LatestCommitDate  *string               `json:"latestCommitDate"`
	LastScan          *attemptWire          `json:"lastScan"`
	Progress          *int                  `json:"progress"`
	QueuedAgain       bool                  `json:"queuedAgain"`
	Packages          int                   `json:"packages" doc:"The dependencies in the last result."`
	UncheckedPackages int                   `json:"uncheckedPackages" doc:"Dependencies whose advisories are not known."`
	AdvisoriesDate    *string               `json:"advisoriesDate"`
	OpenFindings      openWire              `json:"openFindings"`
	// Incomplete is true if the last scan did not cover everything; IncompleteReasons lists what it missed. Warnings are
	// mistakes in the repository's own rules.
	Incomplete        bool     `json:"incomplete"`
	IncompleteReasons []string `json:"incompleteReasons"`
	Warnings          []string `json:"warnings"`
	// Problem is why the branch could not be read at the last listing of its repository.
	Problem string `json:"problem,omitempty"`
}

type attemptWire struct {
	ScanKey        string      `json:"scanKey"`
	Commit         string      `json:"commit"`
	StartedDate    *string     `json:"startedDate"`
	FinishedDate   *string     `json:"finishedDate"`
	DurationMillis *int64      `json:"durationMillis"`
	Node           string      `json:"node"`
	Outcome        queue.State `json:"outcome"`
	Error          string      `json:"error,omitempty"`
}

func branchBody(b *catalog.Branch) branchWire {
	w := branchWire{
		ID: "refs/heads/" + b.Name, DisplayID: b.Name, IsDefault: b.IsDefault, Status: b.Status, ScanStatus: b.Knowledge.ScanStatus(), ScanStatusText: b.Knowledge.ScanStatusText(),
		CommitsBehind: b.Knowledge.Behind, StaleReasons: append([]catalog.StaleReason{}, b.Knowledge.Stale()...), LatestCommit: b.Head, LatestCommitDate: api.Date(b.HeadAt),
		QueuedAgain: b.Running != 0 && b.Waiting != 0, OpenFindings: openWire(b.Open), Packages: b.Dependencies.Packages, UncheckedPackages: b.Dependencies.Unchecked,
		AdvisoriesDate: api.Date(b.Dependencies.Advisories), Problem: b.Problem,
		Incomplete: b.Knowledge.Incomplete, IncompleteReasons: append([]string{}, b.Incomplete...), Warnings: append([]string{}, b.Warnings...),
	}
	if b.Last.ID != 0 {
		w.LastScan = attemptBody(&b.Last)
	}
	if b.Running != 0 {
		w.Progress = &b.Progress
	}
	return w
}

func attemptBody(a *catalog.Attempt) *attemptWire {
	w := &attemptWire{
		ScanKey: db.Key(a.ID), Commit: a.Commit, StartedDate: api.Date(a.Started), FinishedDate: api.Date(a.Ended), Node: a.Owner, Outcome: a.State, Error: a.Error,
	}
	if !a.Ended.IsZero() && !a.Started.IsZero() {
		millis := a.Ended.Sub(a.Started).Milliseconds()
		w.DurationMillis = &millis
	}
	return w
}
