package connected

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// Detail is what people have set up for a connection. It holds no secret.
type Detail struct {
	Name     string
	Settings Settings
	// HasCredential is true if people gave a credential, or the Forge app gives them. It is false for a connection whose credential is gone. User is the user whose password or token the
	// credential is; empty for a token by itself.
	HasCredential bool
	User          string
	// Consumer is the key of the OAuth consumer whose secret the credential is; empty for another kind.
	Consumer string
	// Budgets are the calls of the last hour; nil for Data Center, and in a list of all connections.
	Budgets []Budget
	// Hook is about its webhooks, without their secrets.
	Hook Hook
}

// Hook is what a connection knows of its webhooks.
type Hook struct {
	// Heard and Refused are when the last delivery with a right and with a wrong signature came; zero for never.
	Heard, Refused time.Time
	// Problem tells people what is wrong; empty for nothing.
	Problem string
}

// Said is what a server said about the credential of a connection.
type Said struct {
	// Asked is false if nobody asked the server.
	Asked bool
	connection.Who
	// Created is true for a connection that did not exist before.
	Created bool
}

// Words say it to people, as a sentence without its end; empty if nobody asked the server.
func (s *Said) Words() string {
	if !s.Asked {
		return ""
	}
	user := "a token of a project or repository"
	switch {
	case s.User != "":
		user = "the user " + s.User
	case s.Version == "":
		user = "an access token or OAuth consumer"
	}
	if s.Version == "" {
		// Cloud tells no version.
		return "Bitbucket Cloud accepts the credential of " + user
	}
	return "Bitbucket Data Center " + s.Version + " accepts the credential of " + user
}

// InvalidError says what is wrong with what people want of a connection. It holds no secret.
type InvalidError struct{ Err error }

func (e *InvalidError) Error() string { return e.Err.Error() }

func (e *InvalidError) Unwrap() error { return e.Err }

// AskedError says that a server, asked about a credential, did not accept it or did not answer. Nothing is stored then.
type AskedError struct{ Err error }

func (e *AskedError) Error() string {
	text := e.Err.Error()
	// Advice that names variables of the pipe is left out.
	if hint := bitbucket.Hint(e.Err); hint != "" && !strings.Contains(hint, "BITBUCKET_") && !strings.Contains(hint, "PROXY_URL") {
		text += " (" + hint + ")"
	}
	return text
}

func (e *AskedError) Unwrap() error { return e.Err }

// Detail describes a connection by its name; db.ErrNotFound if there is none.
func (a *Admin) Detail(ctx context.Context, name string) (*Detail, error) {
	row, err := a.Store.Connections.Remote(ctx, name)
	if err != nil {
		return nil, err
	}
	d := a.detail(row)
	if d.Settings.Cloud() {
		spent, err := a.Store.Connections.Spent(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		d.Budgets = d.Settings.Budgets(spent)
	}
	return d, nil
}

// Details describes all connections, by their names.
func (a *Admin) Details(ctx context.Context) (map[string]*Detail, error) {
	rows, err := a.Store.Connections.Remotes(ctx)
	if err != nil {
		return nil, err
	}
	list := map[string]*Detail{}
	for i := range rows {
		list[rows[i].Name] = a.detail(&rows[i])
	}
	return list, nil
}

func (a *Admin) detail(row *connections.Remote) *Detail {
	s, c, err := a.opened(row) // a connection of the Forge app has no credential here
	return &Detail{Name: row.Name, Settings: s, HasCredential: err == nil || s.App != "", User: c.User, Consumer: c.Consumer, Hook: Hook{Heard: row.Hook.Heard, Refused: row.Hook.Refused, Problem: row.Hook.Problem}}
}

// Add adds a connection. With check, it asks the server first. The error is db.ErrExists for a name that is taken, an
// [InvalidError], or an [AskedError].
func (a *Admin) Add(ctx context.Context, name string, s *Settings, c *Credential, check bool) (Said, error) {
	if c == nil {
		c = &Credential{}
	}
	said := Said{Created: true}
	if err := errors.Join(CheckName(name), s.Check(), c.Check(), s.fits(c)); err != nil {
		return said, &InvalidError{err}
	}
	switch _, err := a.Store.Connections.Remote(ctx, name); {
	case err == nil:
		return said, fmt.Errorf("a connection %s: %w", name, db.ErrExists)
	case !errors.Is(err, db.ErrNotFound):
		return said, err
	}
	if check {
		who, err := a.Try(ctx, s, *c)
		if err != nil {
			return said, &AskedError{err}
		}
		said.Asked, said.Who = true, who
	}
	_, err := a.Put(ctx, name, s, c)
	return said, err
}

// Change changes the settings of a connection by a function, and its credential; a nil one stays. With check, it asks the
// server first. The error is db.ErrNotFound if there is no such connection, an [InvalidError], or an [AskedError].
func (a *Admin) Change(ctx context.Context, name string, change func(s *Settings), c *Credential, check bool) (Said, error) {
	var said Said
	row, err := a.Store.Connections.Remote(ctx, name)
	if err != nil {
		return said, err
	}
	s, err := ParseSettings(row.Settings)
	if err != nil {
		return said, err
	}
	old := s
	change(&s)
	problems := s.Check()
	if c != nil {
		problems = errors.Join(problems, c.Check(), s.fits(c))
	} else if problems == nil {
		problems = keeps(&old, &s)
	}
	if problems != nil {
		return said, &InvalidError{problems}
	}
	if check {
		var who connection.Who
		if c != nil {
			who, err = a.Try(ctx, &s, *c)
		} else {
			who, err = a.TryKept(ctx, row, &s)
		}
		if err != nil {
			return said, &AskedError{err}
		}
		said.Asked, said.Who = true, who
	}
	_, err = a.Put(ctx, name, &s, c)
	return said, err
}

// Probe asks the server of a connection whether it accepts the credential. The error is db.ErrNotFound if there is no such
// connection, or an [AskedError].
func (a *Admin) Probe(ctx context.Context, name string) (Said, error) {
	row, err := a.Store.Connections.Remote(ctx, name)
	if err != nil {
		return Said{}, err
	}
	who, err := a.Check(ctx, row)
	if err != nil {
		return Said{}, &AskedError{err}
	}
	return Said{Asked: true, Who: who}, nil
}

// ErrNoHooks means that a connection has no webhooks.
var ErrNoHooks = errors.New("the connection has no webhooks: switch them on first")

// Rotate gives the webhooks of a connection another secret. The error is db.ErrNotFound if there is no such connection, or
// ErrNoHooks.
func (a *Admin) Rotate(ctx context.Context, name string) error {
	row, err := a.Store.Connections.Remote(ctx, name)
	if err != nil {
		return err
	}
	if row.Hook.Path == "" {
		return ErrNoHooks
	}
	return a.NewSecret(ctx, row.ID)
}

// Removed is what became of a removed connection.
type Removed struct {
	// Repositories is how many it had.
	Repositories int
	// Left tells people which webhooks may be left in Bitbucket, where they do nothing; empty for none.
	Left string
}

// Words say it to people, for the audit log too.
func (r *Removed) Words() string {
	return "with " + scan.Plural(r.Repositories, "repository", "repositories")
}

// Disconnect removes a connection by its name; see Remove. The error is db.ErrNotFound if there is none.
func (a *Admin) Disconnect(ctx context.Context, name string) (Removed, error) {
	row, err := a.Store.Connections.Remote(ctx, name)
	if err != nil {
		return Removed{}, err
	}
	n, hooks, err := a.Remove(ctx, row)
	done := Removed{Repositories: n}
	if hooks != nil {
		done.Left = fmt.Sprintf("webhooks may be left in Bitbucket, and do nothing there; delete those whose names begin with \"Sluice %s\": %v", row.Name, hooks)
	}
	return done, err
}

// Changed names what differs between the settings of a connection, and whether the credential does, for the audit log. It
// is empty if nothing differs.
func Changed(before, after *Settings, credential bool) string {
	var words []string
	for _, x := range []struct {
		name   string
		differ bool
	}{
		{"url", before.URL != after.URL}, {"include", !slices.Equal(before.Include, after.Include)}, {"exclude", !slices.Equal(before.Exclude, after.Exclude)},
		{"archived", before.Archived != after.Archived}, {"forks", before.Forks != after.Forks}, {"personal", before.Personal != after.Personal}, {"every", before.Every != after.Every},
		{"authorities", before.Authorities != after.Authorities}, {"calls", before.Rate != after.Rate || before.Burst != after.Burst || before.Hourly != after.Hourly}, {"webhooks", before.Webhooks != after.Webhooks},
		{"reports", before.Reports != after.Reports}, {"buildStatus", before.BuildStatus != after.BuildStatus}, {"comment", before.Comment != after.Comment}, {"signIn", before.SignIn != after.SignIn}, {"credential", credential},
	} {
		if x.differ {
			words = append(words, x.name)
		}
	}
	return strings.Join(words, " ")
}
