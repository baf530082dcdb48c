package findings

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/isodate"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/triage"
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
	rules := triage.Rules{Accounts: s.Accounts, Now: s.Now}
	err = rules.Apply(c.Context(), &f.Finding, body.change(), c.Account.Name)
	var invalid *triage.InvalidError
	if errors.As(err, &invalid) {
		return nil, api.BadRequest("%s", invalid)
	}
	if err != nil {
		return nil, err
	}
	if err := s.Findings.Triage(c.Context(), &f.Finding); err != nil {
		return nil, err
	}
	if err := c.Record(triage.Action, f.ProjectKey+"/"+f.Slug, triage.Detail(&f.Finding, before)); err != nil {
		return nil, err
	}
	if f, err = s.Findings.Get(c.Context(), c.Visible, f.ID); err != nil {
		return nil, err
	}
	return api.OK(findingBody(f))
}

func (b *triageBody) change() *triage.Change {
	c := &triage.Change{State: b.State, Reason: b.Reason, Comment: b.Comment, Assignee: b.Assignee}
	if len(b.Expires) > 0 {
		c.Expires = func() (time.Time, error) { return expiry(b.Expires) }
	}
	return c
}

// errExpiry says how an expiry is written.
var errExpiry = errors.New("send a date such as 2027-01-31T00:00:00Z, or null")

// expiry reads a date; null is the zero time.
func expiry(raw json.RawMessage) (time.Time, error) {
	var text *string
	if json.Unmarshal(raw, &text) != nil {
		return time.Time{}, errExpiry
	}
	if text == nil {
		return time.Time{}, nil
	}
	when, err := isodate.Parse(*text)
	if err != nil || when.IsZero() {
		return time.Time{}, errExpiry
	}
	return when, nil
}
