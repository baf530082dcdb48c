package findings

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan"
)

// findingRoutes list and triage findings.
func (s *Resource) findingRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/findings", Name: "listFindings",
			Needs: access.SignedIn, Scope: "read",
			Summary: "List the findings in all repositories that you may read, newest first, masked.",
			Query: []api.Parameter{
				api.Optional("engine", scan.Listed(scan.EngineNames(), "or")), api.Optional("severity", "critical, high, medium or low; may be repeated"), api.Optional("rule", "the name of a rule"),
				api.Optional("state", "open (the default) for findings that count, all, or one of the states"), api.Optional("repo", "KEY/slug"), api.Optional("project", "KEY"), api.Optional("assignee", "an account"),
				api.Optional("cursor", "nextCursor of the page before"), api.Optional("limit", "the number of entries; default 25, at most 1000"),
			},
			Gives:  api.Returns(cursorBody{}),
			Handle: s.findings,
		},
		{
			Method: http.MethodGet, Path: "/findings/{findingId}", Name: "getFinding",
			Needs: access.SignedIn, Scope: "read",
			Summary: "Get one finding, masked.",
			Gives:   api.Returns(findingWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				f, err := s.finding(c)
				if err != nil {
					return nil, err
				}
				return api.OK(findingBody(f))
			},
		},
		{
			Method: http.MethodPatch, Path: "/findings/{findingId}", Name: "triageFinding",
			Needs: access.SignedIn, Scope: "triage",
			Summary: "Triage a finding. This needs the right to write to its repository, and applies to all branches and later scans.",
			Takes:   triageBody{}, Body: "state (OPEN, IN_REVIEW, ACCEPTED, FALSE_POSITIVE), reason, comment, assignee, expiresDate (only with ACCEPTED; null for none). Missing fields stay unchanged.",
			Gives:  api.Returns(findingWire{}),
			Handle: s.triage,
		},
	}
}

type findingWire struct {
	ID           string         `json:"id"`
	Fingerprint  string         `json:"fingerprint"`
	Engine       scan.Engine    `json:"engine"`
	Rule         string         `json:"rule" doc:"The name of the rule."`
	RuleID       string         `json:"ruleId" doc:"The id of the rule, as reports have it."`
	Title        string         `json:"title"`
	Severity     scan.Severity  `json:"severity"`
	Project      api.ProjectRef `json:"project"`
	Repository   api.SlugRef    `json:"repository"`
	Branch       string         `json:"branch"`
	BranchCount  int            `json:"branchCount"`
	Path         string         `json:"path"`
	Line         int            `json:"line"`
	MatchMasked  string         `json:"matchMasked"`
	Flow         []stepWire     `json:"flow,omitempty" doc:"The flow of the data from its source to this finding in code. It is missing when the finding has no flow, and when its branch was last scanned before flows were kept."`
	Package      string         `json:"package,omitempty"`
	Version      string         `json:"version,omitempty"`
	FixedVersion string         `json:"fixedVersion,omitempty"`
	AdvisoryIDs  []string       `json:"advisoryIds"`
	Link         string         `json:"link,omitempty"`
	FirstSeen    *string        `json:"firstSeenDate"`
	LastSeen     *string        `json:"lastSeenDate"`
	State        findings.State `json:"state"`
	Counts       bool           `json:"counts" doc:"Whether it makes its branches vulnerable."`
	Allowlisted  bool           `json:"allowlisted"`
	Reason       string         `json:"reason"`
	Comment      string         `json:"comment"`
	Assignee     string         `json:"assignee"`
	Expires      *string        `json:"expiresDate"`
	ChangedBy    string         `json:"changedBy"`
	Changed      *string        `json:"changedDate"`
}

func findingBody(f *findings.Listed) findingWire {
	return findingWire{
		ID: db.Key(f.ID), Fingerprint: f.Fingerprint, Engine: f.Engine, Rule: f.RuleName, RuleID: f.Rule, Title: f.Title, Severity: f.Severity, Project: api.ProjectRef{Key: f.ProjectKey, Name: f.ProjectName},
		Repository: api.SlugRef{Slug: f.Slug, Name: f.RepositoryName}, Branch: f.Branch, BranchCount: f.Branches, Path: f.Path, Line: f.Line, MatchMasked: f.Excerpt, Flow: stepsBody(f.Flow), Package: f.Package, Version: f.Version,
		FixedVersion: f.FixedVersion, AdvisoryIDs: append([]string{}, strings.Fields(f.Advisories)...), Link: f.Link, FirstSeen: api.Date(f.FirstSeen), LastSeen: api.Date(f.LastSeen), State: f.State,
		Counts: f.Branches > 0 && !f.Decided && !f.Allowed && !f.Low, Allowlisted: f.Allowed, Reason: f.Reason, Comment: f.Comment, Assignee: f.Assignee, Expires: api.Date(f.Expires), ChangedBy: f.ChangedBy,
		Changed: api.Date(f.Changed),
	}
}

type cursorBody struct {
	Size       int           `json:"size"`
	Limit      int           `json:"limit"`
	IsLastPage bool          `json:"isLastPage"`
	Values     []findingWire `json:"values"`
	NextCursor *string       `json:"nextCursor"`
}

func (s *Resource) findings(c *api.Call) (*api.Reply, error) {
	filter, err := s.findingFilter(c)
	if err != nil {
		return nil, err
	}
	page, err := c.Page()
	if err != nil {
		return nil, err
	}
	rows, err := s.Findings.List(c.Context(), c.Visible, filter, page.Limit+1)
	if err != nil {
		return nil, err
	}
	body := cursorBody{Limit: page.Limit, IsLastPage: len(rows) <= page.Limit, Values: []findingWire{}}
	if !body.IsLastPage {
		rows = rows[:page.Limit]
		next := db.Key(rows[len(rows)-1].ID)
		body.NextCursor = &next
	}
	for i := range rows {
		body.Values = append(body.Values, findingBody(&rows[i]))
	}
	body.Size = len(rows)
	return api.OK(body)
}

func (s *Resource) findingFilter(c *api.Call) (f findings.Filter, err error) {
	f.Rule, f.Assignee = c.Query("rule"), strings.ToLower(c.Query("assignee"))
	if engine := c.Query("engine"); engine != "" && f.Engine.UnmarshalText([]byte(engine)) != nil {
		return f, api.BadRequest("engine: %q is not %s", engine, scan.Listed(scan.EngineNames(), "or"))
	}
	for _, text := range c.QueryAll("severity") {
		var severity scan.Severity
		if severity.UnmarshalText([]byte(text)) != nil {
			return f, api.BadRequest("severity: %q is not critical, high, medium or low", text)
		}
		f.Severities = append(f.Severities, severity)
	}
	switch state := c.Query("state"); strings.ToLower(state) {
	case "", "open":
		f.Counted = true
	case "all":
	default:
		f.State = new(findings.State)
		if err := f.State.UnmarshalText([]byte(state)); err != nil {
			return f, api.BadRequest("state: %q is not open, all, in_review, accepted, false_positive or fixed", state)
		}
	}
	if cursor := c.Query("cursor"); cursor != "" {
		id, isKey := db.ParseKey(cursor)
		if !isKey {
			return f, api.BadRequest("cursor: send nextCursor of the page before")
		}
		f.After.ID = id
	}
	if key := c.Query("project"); key != "" {
		at, err := c.Find(key, "")
		if err != nil {
			return f, err
		}
		f.Project = at.Project.ID
	}
	if name := c.Query("repo"); name != "" {
		key, slug, _ := strings.Cut(name, "/")
		if slug == "" {
			return f, api.NotFound("there is no repository %s", name)
		}
		at, err := c.Find(key, slug)
		if err != nil {
			return f, err
		}
		f.Repository = at.Repository.ID
	}
	return f, nil
}

// finding finds the finding that the path names, and makes its repository the place of the call.
func (s *Resource) finding(c *api.Call) (*findings.Listed, error) {
	key := c.PathValue("findingId")
	id, isKey := db.ParseKey(key)
	if !isKey {
		return nil, api.NotFound("there is no finding %q", key)
	}
	f, err := s.Findings.Get(c.Context(), c.Visible, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, api.NotFound("there is no finding %q", key)
	}
	if err != nil {
		return nil, err
	}
	return f, c.Move(f.ProjectKey, f.Slug)
}
