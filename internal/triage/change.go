package triage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
)

// MaxReason and MaxComment are in characters.
const (
	MaxReason  = 200
	MaxComment = 4000
)

// Action is the name of a decision in the audit log.
const Action = "finding.triaged"

// Change is a change of a finding as a person sends it. A nil field stays as it is.
type Change struct {
	// State is the name of a state, in any case.
	State, Reason, Comment *string
	// Assignee is the name of an account, in any case; empty for nobody.
	Assignee *string
	// Expires returns when an acceptance ends; the zero time means never. Its error says what is wrong with the text that was
	// sent. It is called after State was read.
	Expires func() (time.Time, error)
}

// InvalidError says which field of a change is wrong, and why. The fields have the names that the API gives them.
type InvalidError struct{ Field, Problem string }

func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// Accounts looks up the accounts to which findings are assigned. It must be safe for concurrent use.
type Accounts interface {
	// Get returns an account by its name; db.ErrNotFound if there is none.
	Get(ctx context.Context, name string) (*accounts.Account, error)
}

// Rules apply changes. They are safe for concurrent use.
type Rules struct {
	Accounts Accounts
	// Now returns the time.
	Now func() time.Time
}

// Apply changes a finding in memory, and notes who did it. The error is an [InvalidError] for a change that the rules
// forbid; then the finding may be changed in part and must not be stored.
//
// Only a scan can tell that a finding is fixed. Set by hand, that state would hide a secret that is still there.
func (r *Rules) Apply(ctx context.Context, f *findings.Finding, c *Change, by string) error {
	if c.State != nil {
		var state findings.State
		if err := state.UnmarshalText([]byte(*c.State)); err != nil || state == findings.Fixed {
			return &InvalidError{"state", "use OPEN, IN_REVIEW, ACCEPTED or FALSE_POSITIVE; only a scan that no longer finds it marks it as fixed"}
		}
		if f.State = state; state != findings.Accepted {
			f.Expires = time.Time{}
		}
	}
	if err := errors.Join(setText("reason", &f.Reason, c.Reason, MaxReason), setText("comment", &f.Comment, c.Comment, MaxComment)); err != nil {
		return err
	}
	if err := r.expire(f, c); err != nil {
		return err
	}
	f.ChangedBy = by
	if c.Assignee == nil {
		return nil
	}
	if f.Assignee = strings.ToLower(*c.Assignee); f.Assignee == "" {
		return nil
	}
	_, err := r.Accounts.Get(ctx, f.Assignee)
	if errors.Is(err, db.ErrNotFound) {
		return &InvalidError{"assignee", "there is no such account"}
	}
	return err
}

func setText(field string, to, from *string, most int) error {
	switch {
	case from == nil:
		return nil
	case utf8.RuneCountInString(*from) > most:
		return &InvalidError{field, fmt.Sprintf("at most %d characters", most)}
	}
	*to = *from
	return nil
}

func (r *Rules) expire(f *findings.Finding, c *Change) error {
	if c.Expires == nil {
		return nil
	}
	when, err := c.Expires()
	switch {
	case err != nil:
		return &InvalidError{"expiresDate", err.Error()}
	case when.IsZero():
	case f.State != findings.Accepted:
		return &InvalidError{"expiresDate", "only an ACCEPTED finding expires"}
	case !when.After(r.Now()):
		return &InvalidError{"expiresDate", "it is in the past"}
	}
	f.Expires = when
	return nil
}

// Detail describes a decision in the audit log: the finding, the state before and after, and the assignee.
func Detail(f *findings.Finding, before findings.State) string {
	return fmt.Sprintf("finding %s: %s to %s, assignee %s", db.Key(f.ID), before, f.State, strconv.Quote(f.Assignee))
}
