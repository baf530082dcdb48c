package triage_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/triage"
)

// only knows one account.
type only string

func (o only) Get(_ context.Context, name string) (*accounts.Account, error) {
	if name != string(o) {
		return nil, db.ErrNotFound
	}
	return &accounts.Account{Name: name}, nil
}

// TestRulesOfDecisions: what a change makes of an accepted finding, or why it is refused.
func TestRulesOfDecisions(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	later := now.AddDate(0, 1, 0)
	text := func(s string) *string { return &s }
	until := func(at time.Time, err error) func() (time.Time, error) {
		return func() (time.Time, error) { return at, err }
	}
	before := findings.Finding{ID: 36, State: findings.Accepted, Reason: "old", Comment: "note", Assignee: "ada", Expires: later, ChangedBy: "bob"}
	for name, c := range map[string]struct {
		change triage.Change
		want   func(f *findings.Finding)
		wrong  string
	}{
		"nothing":                        {triage.Change{}, func(*findings.Finding) {}, ""},
		"open again":                     {triage.Change{State: text("open")}, func(f *findings.Finding) { f.State, f.Expires = findings.Open, time.Time{} }, ""},
		"accepted again":                 {triage.Change{State: text("ACCEPTED")}, func(*findings.Finding) {}, ""},
		"accepted for ever":              {triage.Change{Expires: until(time.Time{}, nil)}, func(f *findings.Finding) { f.Expires = time.Time{} }, ""},
		"accepted for longer":            {triage.Change{Expires: until(later.AddDate(1, 0, 0), nil)}, func(f *findings.Finding) { f.Expires = later.AddDate(1, 0, 0) }, ""},
		"texts":                          {triage.Change{Reason: text(strings.Repeat("ü", 200)), Comment: text("")}, func(f *findings.Finding) { f.Reason, f.Comment = strings.Repeat("ü", 200), "" }, ""},
		"assigned":                       {triage.Change{Assignee: text("Eve")}, func(f *findings.Finding) { f.Assignee = "eve" }, ""},
		"assigned to nobody":             {triage.Change{Assignee: text("")}, func(f *findings.Finding) { f.Assignee = "" }, ""},
		"fixed by hand":                  {triage.Change{State: text("FIXED")}, nil, "state: use OPEN"},
		"an unknown state":               {triage.Change{State: text("")}, nil, "state: use OPEN"},
		"a reason that is too long":      {triage.Change{Reason: text(strings.Repeat("ü", 201))}, nil, "reason: at most 200 characters"},
		"a comment that is too long":     {triage.Change{Comment: text(strings.Repeat("x", 4001))}, nil, "comment: at most 4000 characters"},
		"an end in the past":             {triage.Change{Expires: until(now, nil)}, nil, "expiresDate: it is in the past"},
		"an end of what is not accepted": {triage.Change{State: text("FALSE_POSITIVE"), Expires: until(later, nil)}, nil, "expiresDate: only an ACCEPTED finding expires"},
		"an end that cannot be read":     {triage.Change{Expires: until(time.Time{}, errors.New("write it otherwise"))}, nil, "expiresDate: write it otherwise"},
		"an unknown account":             {triage.Change{Assignee: text("mallory")}, nil, "assignee: there is no such account"},
	} {
		f := before
		err := (&triage.Rules{Accounts: only("eve"), Now: func() time.Time { return now }}).Apply(t.Context(), &f, &c.change, "carol")
		if c.wrong != "" {
			var invalid *triage.InvalidError
			require.ErrorAs(t, err, &invalid, name)
			require.ErrorContains(t, invalid, c.wrong, name)
			continue
		}
		require.NoError(t, err, name)
		want := before
		c.want(&want)
		want.ChangedBy = "carol"
		require.Equal(t, want, f, name)
	}
	f := before
	f.State = findings.Open
	require.Equal(t, `finding 10: ACCEPTED to OPEN, assignee "ada"`, triage.Detail(&f, findings.Accepted))
}
