package cloud

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
)

const (
	// hooksAtOnce is how many repositories one check asks for their webhooks. The next check asks those that waited longest.
	hooksAtOnce = 200
	// hookedFor is the time until a repository is asked again.
	hookedFor = 24 * time.Hour
)

// The events of a webhook, the least necessary last. Bitbucket refuses a webhook with an event that it does not know, so
// they are dropped one by one. A webhook of a repository has no events of other repositories.
var (
	wanted          = []string{"repo:push", "repo:deleted", "repo:updated", "repo:transfer", "pullrequest:created", "pullrequest:updated", "pullrequest:fulfilled", "pullrequest:rejected", "pullrequest:push"}
	wantedWorkspace = []string{"repo:push", "repo:created", "repo:deleted", "repo:updated", "repo:transfer", "repo:imported", "project:updated", "pullrequest:created", "pullrequest:updated", "pullrequest:fulfilled", "pullrequest:rejected", "pullrequest:push"}
)

// hookRow is a webhook in the API. Its secret is only written, never read.
type hookRow struct {
	UUID        string   `json:"uuid,omitempty"`
	Description string   `json:"description"`
	URL         string   `json:"url"`
	Events      []string `json:"events"`
	Active      bool     `json:"active"`
	Secret      string   `json:"secret,omitempty"`
	SecretSet   bool     `json:"secret_set,omitempty"`
}

// hookWork is one run over the webhooks.
type hookWork struct {
	c *Connection
	connection.Hook
	problems []error
}

// EnsureHooks creates, repairs and renews the webhooks: one for the workspace, or one for each repository if the credential
// does not administer the workspace. The error joins the places without one.
func (c *Connection) EnsureHooks(ctx context.Context, h connection.Hook) error {
	c.listing.Lock()
	defer c.listing.Unlock()
	w := &hookWork{c: c, Hook: h}
	ctx = bitbucket.Background(ctx)
	err := w.ensure(ctx, "/workspaces"+bitbucket.Path(c.workspace(), "hooks"), wantedWorkspace)
	if errors.Is(err, bitbucket.ErrNotPermitted) || errors.Is(err, bitbucket.ErrNotFound) {
		err = w.repositories(ctx)
	}
	return errors.Join(append([]error{err}, w.problems...)...)
}

// repositories ensures the webhooks of repositories, those first that were not asked for longest.
func (w *hookWork) repositories(ctx context.Context) error {
	rows, _, err := w.c.rows(ctx, url.Values{})
	if err != nil {
		return fmt.Errorf("list the repositories: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(r *repositoryRow) bool { return w.c.reason(r) != "" })
	now := w.c.o.Now()
	slices.SortFunc(rows, func(a, b *repositoryRow) int {
		return cmp.Or(w.c.hooked[a.UUID].Compare(w.c.hooked[b.UUID]), cmp.Compare(a.UUID, b.UUID))
	})
	asked := 0
	for _, r := range rows {
		at := w.c.hooked[r.UUID]
		if !w.Renew && now.Sub(at) < hookedFor {
			break
		}
		if asked++; asked > hooksAtOnce {
			w.problems = append(w.problems, fmt.Errorf("%d of %d repositories wait for their webhook; the next check continues. A credential that administers the workspace needs only one webhook", len(rows)-hooksAtOnce, len(rows)))
			break
		}
		err := w.ensure(ctx, w.c.repositoryPath(r.UUID, "hooks"), wanted)
		var parked *bitbucket.ParkedError
		switch {
		case err == nil:
			w.c.hooked[r.UUID] = now
		case ctx.Err() != nil || errors.As(err, &parked) || errors.Is(err, bitbucket.ErrCredential) || errors.Is(err, bitbucket.ErrUnreachable):
			return err
		case len(w.problems) < connection.MaxProblems:
			w.problems = append(w.problems, fmt.Errorf("repository %s: %w", r.fullName(), err))
		}
	}
	return nil
}

// RemoveHooks deletes the webhooks that belong to the connection.
func (c *Connection) RemoveHooks(ctx context.Context, address string) error {
	w := &hookWork{c: c, Hook: connection.Hook{Address: address}}
	err := w.remove(ctx, "/workspaces"+bitbucket.Path(c.workspace(), "hooks"))
	if !errors.Is(err, bitbucket.ErrNotPermitted) && !errors.Is(err, bitbucket.ErrNotFound) {
		return err
	}
	rows, _, err := c.rows(ctx, url.Values{})
	for _, r := range rows {
		if err != nil {
			break
		}
		if one := w.remove(ctx, c.repositoryPath(r.UUID, "hooks")); one != nil && len(w.problems) < connection.MaxProblems {
			w.problems = append(w.problems, fmt.Errorf("repository %s: %w", r.fullName(), one))
		}
	}
	return errors.Join(append([]error{err}, w.problems...)...)
}

// mine lists the webhooks of a place that belong to the connection.
func (w *hookWork) mine(ctx context.Context, path string) (list []hookRow, err error) {
	err = w.c.o.Client.Pages(ctx, path, nil, maxPages, func(raw json.RawMessage) error {
		var h hookRow
		if json.Unmarshal(raw, &h) == nil && isUUID(h.UUID) && w.Owns(h.URL) {
			list = append(list, h)
		}
		return nil
	})
	return list, err
}

// ensure makes one webhook out of those of a place.
func (w *hookWork) ensure(ctx context.Context, path string, events []string) error {
	mine, err := w.mine(ctx, path)
	if err != nil {
		return err
	}
	// A call whose outcome was unclear may have made a second one.
	for _, h := range mine[min(1, len(mine)):] {
		if err := w.delete(ctx, path, h.UUID); err != nil {
			return err
		}
	}
	if len(mine) == 0 {
		return w.create(ctx, path, events)
	}
	h := mine[0]
	if !w.Renew && h.Active && h.SecretSet && h.Description == w.Name && h.URL == w.Address && prefix(events, h.Events) {
		return nil
	}
	return w.write(ctx, bitbucket.Request{Method: http.MethodPut, Path: path + bitbucket.Path(h.UUID)}, events)
}

// prefix reports whether a webhook has the events that are wanted, or those that remained when some were dropped. The
// first one is the push.
func prefix(wanted, have []string) bool {
	n := len(have)
	return n > 0 && n <= len(wanted) && n >= len(wanted)-1 && !slices.ContainsFunc(wanted[:n], func(e string) bool { return !slices.Contains(have, e) })
}

func (w *hookWork) create(ctx context.Context, path string, events []string) error {
	err := w.write(ctx, bitbucket.Request{Method: http.MethodPost, Path: path, Once: true}, events)
	if !errors.Is(err, bitbucket.ErrUnclear) {
		return err
	}
	mine, again := w.mine(ctx, path)
	if again != nil || len(mine) > 0 {
		return again
	}
	return w.write(ctx, bitbucket.Request{Method: http.MethodPost, Path: path, Once: true}, events)
}

// write sends the webhook, with fewer events if Bitbucket does not know them.
func (w *hookWork) write(ctx context.Context, r bitbucket.Request, events []string) error {
	for {
		r.Body = hookRow{Description: w.Name, URL: w.Address, Events: events, Active: true, Secret: w.Secret}
		err := w.c.o.Client.Do(ctx, r)
		if !errors.Is(err, bitbucket.ErrInvalid) || len(events) == 1 {
			return err
		}
		events = events[:len(events)-1]
	}
}

func (w *hookWork) remove(ctx context.Context, path string) error {
	mine, err := w.mine(ctx, path)
	for _, h := range mine {
		if err == nil {
			err = w.delete(ctx, path, h.UUID)
		}
	}
	return err
}

func (w *hookWork) delete(ctx context.Context, path, id string) error {
	err := w.c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodDelete, Path: path + bitbucket.Path(id)})
	if errors.Is(err, bitbucket.ErrNotFound) {
		return nil
	}
	return err
}
