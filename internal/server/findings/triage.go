package findings

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
)

// maxReason and maxComment are in characters.
const (
	maxReason  = 200
	maxComment = 4000
)

// triageBody is a change of a finding. A nil field stays.
type triageBody struct {
	State    *string         `json:"state,omitempty"`
	Reason   *string         `json:"reason,omitempty"`
	Comment  *string         `json:"comment,omitempty"`
	Assignee *string         `json:"assignee,omitempty"`
	Expires  json.RawMessage `json:"expiresDate,omitempty"`
}

func (s *Resource) triage(c *api.Call) (*api.Reply, error) {
	f, err := s.finding(c)
	if err != nil {
		return nil, err
	}
	if err := c.Need(access.Writer); err != nil {
		return nil, err
	}
	var body triageBody
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	before := f.State
	if err := s.change(c, &f.Finding, &body); err != nil {
		return nil, err
	}
	f.ChangedBy = c.Account.Name
	if err := s.Findings.Triage(c.Context(), &f.Finding); err != nil {
		return nil, err
	}
	detail := fmt.Sprintf("finding %s: %s to %s, assignee %s", db.Key(f.ID), before, f.State, strconv.Quote(f.Assignee))
	if err := c.Record("finding.triaged", f.ProjectKey+"/"+f.Slug, detail); err != nil {
		return nil, err
	}
	if f, err = s.Findings.Get(c.Context(), c.Visible, f.ID); err != nil {
		return nil, err
	}
	return api.OK(findingBody(f))
}

// change applies a decision. Only a scan can tell that a finding is fixed. Set by hand, that state would hide a secret
// that is still there.
func (s *Resource) change(c *api.Call, f *findings.Finding, body *triageBody) error {
	if body.State != nil {
		var state findings.State
		if err := state.UnmarshalText([]byte(*body.State)); err != nil || state == findings.Fixed {
			return api.BadRequest("state: use OPEN, IN_REVIEW, ACCEPTED or FALSE_POSITIVE; only a scan that no longer finds it marks it as fixed")
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
			return api.BadRequest("%s: at most %d characters", text.name, text.max)
		}
		*text.to = *text.from
	}
	if err := s.changeExpiry(c, f, body.Expires); err != nil {
		return err
	}
	if body.Assignee == nil {
		return nil
	}
	if f.Assignee = strings.ToLower(*body.Assignee); f.Assignee == "" {
		return nil
	}
	_, err := s.Accounts.Get(c.Context(), f.Assignee)
	if errors.Is(err, db.ErrNotFound) {
		return api.BadRequest("assignee: there is no such account")
	}
	return err
}

func (s *Resource) changeExpiry(c *api.Call, f *findings.Finding, raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	var text *string
	if json.Unmarshal(raw, &text) != nil {
		return api.BadRequest("expiresDate: send a date such as 2027-01-31T00:00:00Z, or null")
	}
	if text == nil {
		f.Expires = time.Time{}
		return nil
	}
	when, err := db.ParseDate(*text)
	switch {
	case err != nil:
		return api.BadRequest("expiresDate: send a date such as 2027-01-31T00:00:00Z, or null")
	case f.State != findings.Accepted:
		return api.BadRequest("expiresDate: only an ACCEPTED finding expires")
	case !when.After(s.Now()):
		return api.BadRequest("expiresDate: it is in the past")
	}
	f.Expires = when
	return nil
}
