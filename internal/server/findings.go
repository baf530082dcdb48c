package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan"
)

const (
	maxReason  = 200
	maxComment = 4000
)

// findingRoutes list findings and take down what people decide about them.
func (s *Server) findingRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/findings", name: "listFindings",
			needs: signedIn, scope: "read",
			summary: "List the findings in all repositories that you may read, newest first, masked.",
			query: []parameter{
				{"engine", scan.Listed(scan.EngineNames(), "or"), false}, {"severity", "critical, high, medium or low; may be repeated", false}, {"rule", "the name of a rule", false},
				{"state", "open (the default): what counts; all; or one of the states", false}, {"repo", "KEY/slug", false}, {"project", "KEY", false}, {"assignee", "an account", false},
				{"cursor", "nextCursor of the page before", false}, {"limit", "entries of a page: 25, at most 1000", false},
			},
			gives:  returns(cursorBody{}),
			handle: func(c *call) (*reply, error) { return c.findings() },
		},
		{
			method: http.MethodGet, path: "/findings/{findingId}", name: "getFinding",
			needs: signedIn, scope: "read",
			summary: "Get one finding, masked.",
			gives:   returns(findingWire{}),
			handle: func(c *call) (*reply, error) {
				f, err := c.finding()
				if err != nil {
					return nil, err
				}
				return ok(findingBody(f))
			},
		},
		{
			method: http.MethodPatch, path: "/findings/{findingId}", name: "triageFinding",
			needs: signedIn, scope: "triage",
			summary: "Triage a finding. This needs the right to write to its repository, and holds for all branches and later scans.",
			takes:   triageBody{}, body: "state (OPEN, IN_REVIEW, ACCEPTED, FALSE_POSITIVE), reason, comment, assignee, expiresDate (of ACCEPTED; null for none). What is left out stays.",
			gives:  returns(findingWire{}),
			handle: func(c *call) (*reply, error) { return c.triage() },
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
	Project      projectRef     `json:"project"`
	Repository   slugRef        `json:"repository"`
	Branch       string         `json:"branch"`
	BranchCount  int            `json:"branchCount"`
	Path         string         `json:"path"`
	Line         int            `json:"line"`
	MatchMasked  string         `json:"matchMasked"`
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
		ID: db.Key(f.ID), Fingerprint: f.Fingerprint, Engine: f.Engine, Rule: f.RuleName, RuleID: f.Rule, Title: f.Title, Severity: f.Severity, Project: projectRef{f.ProjectKey, f.ProjectName},
		Repository: slugRef{f.Slug, f.RepositoryName}, Branch: f.Branch, BranchCount: f.Branches, Path: f.Path, Line: f.Line, MatchMasked: f.Excerpt, Package: f.Package, Version: f.Version,
		FixedVersion: f.FixedVersion, AdvisoryIDs: append([]string{}, strings.Fields(f.Advisories)...), Link: f.Link, FirstSeen: date(f.FirstSeen), LastSeen: date(f.LastSeen), State: f.State,
		Counts: f.Branches > 0 && !f.Decided && !f.Allowed && !f.Low, Allowlisted: f.Allowed, Reason: f.Reason, Comment: f.Comment, Assignee: f.Assignee, Expires: date(f.Expires), ChangedBy: f.ChangedBy,
		Changed: date(f.Changed),
	}
}

type cursorBody struct {
	Size       int           `json:"size"`
	Limit      int           `json:"limit"`
	IsLastPage bool          `json:"isLastPage"`
	Values     []findingWire `json:"values"`
	NextCursor *string       `json:"nextCursor"`
}

func (c *call) findings() (*reply, error) {
	filter, err := c.findingFilter()
	if err != nil {
		return nil, err
	}
	page, err := c.page()
	if err != nil {
		return nil, err
	}
	rows, err := c.s.store.Findings.List(c.context(), c.visible, filter, page.Limit+1)
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
	return ok(body)
}

func (c *call) findingFilter() (f findings.Filter, err error) {
	f.Rule, f.Assignee = c.query("rule"), strings.ToLower(c.query("assignee"))
	if engine := c.query("engine"); engine != "" && f.Engine.UnmarshalText([]byte(engine)) != nil {
		return f, badRequest("engine: %q is none of %s", engine, scan.Listed(scan.EngineNames(), "and"))
	}
	for _, text := range c.r.URL.Query()["severity"] {
		var severity scan.Severity
		if severity.UnmarshalText([]byte(text)) != nil {
			return f, badRequest("severity: %q is none of critical, high, medium and low", text)
		}
		f.Severities = append(f.Severities, severity)
	}
	switch state := c.query("state"); strings.ToLower(state) {
	case "", "open":
		f.Counted = true
	case "all":
	default:
		f.State = new(findings.State)
		if err := f.State.UnmarshalText([]byte(state)); err != nil {
			return f, badRequest("state: %q is none of open, all, in_review, accepted, false_positive and fixed", state)
		}
	}
	if cursor := c.query("cursor"); cursor != "" {
		id, isKey := db.ParseKey(cursor)
		if !isKey {
			return f, badRequest("cursor: send nextCursor of the page before")
		}
		f.Before = id
	}
	if key := c.query("project"); key != "" {
		p, err := c.s.store.Catalog.Project(c.context(), c.visible, key)
		if errors.Is(err, db.ErrNotFound) {
			return f, notFound("there is no project %s", key)
		}
		if err != nil {
			return f, err
		}
		f.Project = p.ID
	}
	if name := c.query("repo"); name != "" {
		key, slug, _ := strings.Cut(name, "/")
		r, err := c.s.store.Catalog.Repository(c.context(), c.visible, key, slug)
		if errors.Is(err, db.ErrNotFound) {
			return f, notFound("there is no repository %s", name)
		}
		if err != nil {
			return f, err
		}
		f.Repository = r.ID
	}
	return f, nil
}

// finding finds the finding that the path names, and makes its repository the one that the call speaks of.
func (c *call) finding() (*findings.Listed, error) {
	key := c.r.PathValue("findingId")
	id, isKey := db.ParseKey(key)
	if !isKey {
		return nil, notFound("there is no finding %q", key)
	}
	f, err := c.s.store.Findings.Get(c.context(), c.visible, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, notFound("there is no finding %q", key)
	}
	if err != nil {
		return nil, err
	}
	return f, c.at(f.ProjectKey, f.Slug)
}

// triageBody is what may change of a finding; nil stays.
type triageBody struct {
	State    *string         `json:"state,omitempty"`
	Reason   *string         `json:"reason,omitempty"`
	Comment  *string         `json:"comment,omitempty"`
	Assignee *string         `json:"assignee,omitempty"`
	Expires  json.RawMessage `json:"expiresDate,omitempty"`
}

func (c *call) triage() (*reply, error) {
	f, err := c.finding()
	if err != nil {
		return nil, err
	}
	if !c.may(writer) {
		return nil, forbidden("%s may not do this: it needs %s", c.account.Name, needsWords[writer])
	}
	var body triageBody
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	before := f.State
	if err := c.change(&f.Finding, &body); err != nil {
		return nil, err
	}
	f.ChangedBy = c.account.Name
	if err := c.s.store.Findings.Triage(c.context(), &f.Finding); err != nil {
		return nil, err
	}
	detail := fmt.Sprintf("finding %s: %s to %s, assignee %s", db.Key(f.ID), before, f.State, strconv.Quote(f.Assignee))
	if err := c.record("finding.triaged", f.ProjectKey+"/"+f.Slug, detail); err != nil {
		return nil, err
	}
	if f, err = c.s.store.Findings.Get(c.context(), c.visible, f.ID); err != nil {
		return nil, err
	}
	return ok(findingBody(f))
}

// change applies a decision. That a finding is fixed only a scan can tell: said by hand, it would hide a secret that is there.
func (c *call) change(f *findings.Finding, body *triageBody) error {
	if body.State != nil {
		var state findings.State
		if err := state.UnmarshalText([]byte(*body.State)); err != nil || state == findings.Fixed {
			return badRequest("state: use OPEN, IN_REVIEW, ACCEPTED or FALSE_POSITIVE; a finding is fixed when no scan finds it any more")
		}
		if f.State = state; state != findings.Accepted {
			f.Expires = time.Time{}
		}
	}
	for _, text := range []struct {
		name string
		from *string
		to   *string
		max  int
	}{{"reason", body.Reason, &f.Reason, maxReason}, {"comment", body.Comment, &f.Comment, maxComment}} {
		if text.from == nil {
			continue
		}
		if utf8.RuneCountInString(*text.from) > text.max {
			return badRequest("%s: at most %d characters", text.name, text.max)
		}
		*text.to = *text.from
	}
	if err := c.changeExpiry(f, body.Expires); err != nil {
		return err
	}
	if body.Assignee == nil {
		return nil
	}
	if f.Assignee = strings.ToLower(*body.Assignee); f.Assignee == "" {
		return nil
	}
	_, err := c.s.store.Accounts.Get(c.context(), f.Assignee)
	if errors.Is(err, db.ErrNotFound) {
		return badRequest("assignee: there is no such account")
	}
	return err
}

func (c *call) changeExpiry(f *findings.Finding, raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	var text *string
	if json.Unmarshal(raw, &text) != nil {
		return badRequest("expiresDate: send a date such as 2027-01-31T00:00:00Z, or null")
	}
	if text == nil {
		f.Expires = time.Time{}
		return nil
	}
	when, err := parseDate(*text)
	switch {
	case err != nil:
		return badRequest("expiresDate: send a date such as 2027-01-31T00:00:00Z, or null")
	case f.State != findings.Accepted:
		return badRequest("expiresDate: only what is ACCEPTED expires")
	case !when.After(c.s.options.Now()):
		return badRequest("expiresDate: it is in the past")
	}
	f.Expires = when
	return nil
}
