package datacenter

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
)

// wanted are the events of a webhook, the least necessary last. A server refuses a webhook with an event that it does not
// know, so they are dropped one by one.
var wanted = []string{"repo:refs_changed", "repo:modified", "pr:opened", "pr:from_ref_updated", "pr:merged", "pr:declined", "pr:deleted"}

// hookRow is a webhook in the API. A read may contain the secret, so no error or log quotes one.
type hookRow struct {
	ID            int            `json:"id,omitempty"`
	Name          string         `json:"name"`
	URL           string         `json:"url"`
	Events        []string       `json:"events"`
	Active        bool           `json:"active"`
	Configuration map[string]any `json:"configuration"`
	VerifyTLS     *bool          `json:"sslVerificationRequired"`
}

// hookWork is one run over the webhooks.
type hookWork struct {
	c *Connection
	connection.Hook
	events   []string
	problems []error
}

// EnsureHooks creates, repairs and renews the webhooks: one for each project, or for each repository where the server has
// none for projects or does not let the credential administer the project. The error joins the places without one.
func (c *Connection) EnsureHooks(ctx context.Context, h connection.Hook) error {
	w := &hookWork{c: c, Hook: h, events: wanted}
	err := w.each(bitbucket.Background(ctx), w.ensure)
	return errors.Join(append([]error{err}, w.problems...)...)
}

// RemoveHooks deletes the webhooks whose address ends like one.
func (c *Connection) RemoveHooks(ctx context.Context, address string) error {
	w := &hookWork{c: c, Hook: connection.Hook{Address: address}}
	err := w.each(ctx, w.remove)
	return errors.Join(append([]error{err}, w.problems...)...)
}

// each does something with the webhooks of each project, or else of its repositories.
func (w *hookWork) each(ctx context.Context, do func(ctx context.Context, path string, mine []hookRow) error) error {
	rows, err := w.c.repositories(ctx)
	if err != nil {
		return fmt.Errorf("list the repositories: %w", err)
	}
	slices.SortFunc(rows, func(a, b repositoryRow) int {
		return cmp.Or(cmp.Compare(a.Project.Key, b.Project.Key), cmp.Compare(a.Slug, b.Slug))
	})
	for start := 0; start < len(rows); {
		stop := start + 1
		for stop < len(rows) && rows[stop].Project.Key == rows[start].Project.Key {
			stop++
		}
		var kept []repositoryRow
		for _, r := range rows[start:stop] {
			if reason, keep := w.c.reason(&r); reason == "" || keep {
				kept = append(kept, r)
			}
		}
		start = stop
		if len(kept) == 0 {
			continue
		}
		if err := w.project(ctx, kept, do); err != nil {
			return err
		}
	}
	return nil
}

// project handles one project. The error ends the work; what concerns one place goes to problems.
func (w *hookWork) project(ctx context.Context, rows []repositoryRow, do func(ctx context.Context, path string, mine []hookRow) error) error {
	key := rows[0].Project.Key
	path := api + "/projects" + bitbucket.Path(key) + "/webhooks"
	err := w.place(ctx, path, do)
	if !errors.Is(err, bitbucket.ErrNotFound) && !errors.Is(err, bitbucket.ErrNotPermitted) {
		return w.note(ctx, "project "+key, err)
	}
	for i := range rows {
		path := api + "/projects" + bitbucket.Path(key, "repos", rows[i].Slug) + "/webhooks"
		if err := w.note(ctx, "repository "+rows[i].name(), w.place(ctx, path, do)); err != nil {
			return err
		}
	}
	return nil
}

// note keeps the problem of one place. It returns an error that concerns all places.
func (w *hookWork) note(ctx context.Context, name string, err error) error {
	var parked *bitbucket.ParkedError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil || errors.As(err, &parked) || errors.Is(err, bitbucket.ErrCredential) || errors.Is(err, bitbucket.ErrUnreachable):
		return err
	case len(w.problems) < connection.MaxProblems:
		w.problems = append(w.problems, fmt.Errorf("%s: %w", name, err))
	}
	return nil
}

// place reads the webhooks of a place and hands over those that belong to the connection.
func (w *hookWork) place(ctx context.Context, path string, do func(ctx context.Context, path string, mine []hookRow) error) error {
	mine, err := w.mine(ctx, path)
	if err != nil {
		return err
	}
	return do(ctx, path, mine)
}

func (w *hookWork) mine(ctx context.Context, path string) (list []hookRow, err error) {
	err = w.c.o.Client.Pages(ctx, path, url.Values{"limit": {pageSize}}, maxPages, func(raw json.RawMessage) error {
		var h hookRow
		if json.Unmarshal(raw, &h) == nil && h.ID > 0 && w.Owns(h.URL) {
			list = append(list, h)
		}
		return nil
	})
	return list, err
}

// ensure makes one webhook out of those of a place.
func (w *hookWork) ensure(ctx context.Context, path string, mine []hookRow) error {
	// A call whose outcome was unclear may have made a second one.
	for _, h := range mine[min(1, len(mine)):] {
		if err := w.delete(ctx, path, h.ID); err != nil {
			return err
		}
	}
	if len(mine) == 0 {
		return w.create(ctx, path)
	}
	h := mine[0]
	if !w.Renew && h.Active && h.Name == w.Name && h.URL == w.Address && slices.Equal(h.Events, w.events) {
		return w.delivered(ctx, path, h.ID)
	}
	return w.write(ctx, bitbucket.Request{Method: http.MethodPut, Path: fmt.Sprintf("%s/%d", path, h.ID)})
}

// errDelivery means that Bitbucket could not deliver an event.
var errDelivery = errors.New("Bitbucket could not deliver its last event")

// delivered asks what became of the last event of a webhook. Bitbucket stops sending for hours after some failures.
func (w *hookWork) delivered(ctx context.Context, path string, id int) error {
	var last struct {
		Result struct{ Outcome, Description string }
	}
	err := w.c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: fmt.Sprintf("%s/%d/latest", path, id), Out: &last})
	switch {
	case errors.Is(err, bitbucket.ErrNotFound):
		// An older server does not say.
		return nil
	case err == nil && (last.Result.Outcome == "FAILURE" || last.Result.Outcome == "ERROR"):
		return fmt.Errorf("%w to %s: %s", errDelivery, w.Address, shown(last.Result.Description))
	}
	return err
}

func (w *hookWork) create(ctx context.Context, path string) error {
	err := w.write(ctx, bitbucket.Request{Method: http.MethodPost, Path: path, Once: true})
	if !errors.Is(err, bitbucket.ErrUnclear) {
		return err
	}
	mine, again := w.mine(ctx, path)
	if again != nil || len(mine) > 0 {
		return again
	}
	return w.write(ctx, bitbucket.Request{Method: http.MethodPost, Path: path, Once: true})
}

// write sends the webhook, with fewer events if the server does not know them.
func (w *hookWork) write(ctx context.Context, r bitbucket.Request) error {
	yes := true
	for {
		r.Body = hookRow{Name: w.Name, URL: w.Address, Events: w.events, Active: true, Configuration: map[string]any{"secret": w.Secret}, VerifyTLS: &yes}
		err := w.c.o.Client.Do(ctx, r)
		if !errors.Is(err, bitbucket.ErrInvalid) || len(w.events) == 1 {
			return err
		}
		w.events = w.events[:len(w.events)-1]
	}
}

func (w *hookWork) remove(ctx context.Context, path string, mine []hookRow) error {
	for _, h := range mine {
		if err := w.delete(ctx, path, h.ID); err != nil {
			return err
		}
	}
	return nil
}

func (w *hookWork) delete(ctx context.Context, path string, id int) error {
	err := w.c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodDelete, Path: fmt.Sprintf("%s/%d", path, id)})
	if errors.Is(err, bitbucket.ErrNotFound) {
		return nil
	}
	return err
}
