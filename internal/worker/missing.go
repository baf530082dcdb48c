package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// remove removes what a listing lacks. If suspiciously much is missing, it holds that back until a second listing after
// a delay, or a person, confirms it.
func (s *Syncer) remove(ctx context.Context, list *connection.Listing) error {
	missing, err := s.Store.Catalog.Sync(s.ID).Missing(ctx, list.Projects, list.Whole)
	if err != nil {
		return err
	}
	share, err := s.Store.Settings.Int(ctx, settings.SuspiciousShare)
	if err != nil {
		return err
	}
	if missing, err = s.proven(ctx, missing); err != nil {
		return err
	}
	switch {
	case missing.Suspicious(list.Projects, share):
		if missing, err = s.hold(ctx, list, missing); err != nil {
			return err
		}
		s.holding = true
	case s.holding:
		s.holding = false
		s.Log.Info("listings are complete enough again; nothing is held back any more")
	}
	gone, err := s.Store.Catalog.Sync(s.ID).Remove(ctx, missing)
	return errors.Join(err, s.tell(ctx, "gone", gone))
}

// hold holds back what is missing, and returns the part that is confirmed by now.
func (s *Syncer) hold(ctx context.Context, list *connection.Listing, missing *catalog.Missing) (*catalog.Missing, error) {
	minutes, err := s.Store.Settings.Int(ctx, settings.SuspiciousMinutes)
	if err != nil {
		return nil, err
	}
	now, err := s.Store.Now(ctx)
	if err != nil {
		return nil, err
	}
	fresh, err := s.Store.Catalog.Sync(s.ID).Hold(ctx, missing)
	if err != nil {
		return nil, err
	}
	if n := len(fresh); n > 0 {
		first := fresh[0].ProjectKey + "/" + fresh[0].Slug
		detail := fmt.Sprintf("%s of %d missing, the first one: %s; kept until a listing in %d minutes or a person confirms it", scan.Plural(len(missing.Repositories), "repository is", "repositories are"), missing.Live, first, minutes)
		if len(list.Projects) == 0 {
			detail = fmt.Sprintf("all %d repositories are missing; kept until a person confirms it", missing.Live)
		}
		s.Log.Error("a listing lacks so much that it is held back", "missing", len(missing.Repositories), "repositories", missing.Live, "first", first)
		if err := s.Store.Audit.Add(ctx, &audit.Event{Actor: "sluice", Action: "listing.held", Object: first, Detail: detail}); err != nil {
			return nil, err
		}
	}
	return missing.Due(list.Projects, time.Duration(minutes)*time.Minute, now), nil
}

// tell logs and audits what was deleted or has returned.
func (s *Syncer) tell(ctx context.Context, action string, places []catalog.Place) error {
	events := make([]audit.Event, len(places))
	for i, p := range places {
		events[i] = audit.Event{Actor: "sluice", Action: action, Object: p.Name}
		if p.Repositories > 0 {
			events[i].Detail = "with " + scan.Plural(p.Repositories, "repository", "repositories")
		}
		s.Log.Warn(action, "place", p.Name, "repositories", p.Repositories)
	}
	if len(events) == 0 {
		return nil
	}
	return s.Store.Audit.AddAll(ctx, events)
}

// maxAsked limits how many repositories one listing asks a server about. The next listing asks about the others.
const maxAsked = 500

// proven keeps of what is missing what the server itself says is gone. A listing may lack a repository because a right was
// taken away; that is told, and nothing is deleted. A folder has no second proof.
func (s *Syncer) proven(ctx context.Context, missing *catalog.Missing) (*catalog.Missing, error) {
	s.kept = nil
	remote, ok := s.Connection.(connection.Remote)
	if !ok || len(missing.Repositories) == 0 {
		return missing, nil
	}
	proven := *missing
	proven.Repositories = nil
	var unknown []connection.Skipped
	for i, r := range missing.Repositories {
		at, ok := connection.ParseLocation(r.Location)
		if !ok || i >= maxAsked {
			continue
		}
		gone, err := remote.Gone(ctx, at)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case gone:
			proven.Repositories = append(proven.Repositories, r)
		case err != nil:
			unknown = append(unknown, connection.Skipped{Name: r.ProjectKey + "/" + r.Slug, Reason: "the listing lacks it, and it can no longer be read; what is known of it is kept: " + err.Error()})
		default:
			unknown = append(unknown, connection.Skipped{Name: r.ProjectKey + "/" + r.Slug, Reason: "the listing lacks it, and the server still has it; what is known of it is kept"})
		}
	}
	if s.kept = unknown; len(unknown) > 0 {
		s.setState(func(state *SyncState) { state.Skipped = append(state.Skipped, unknown...) })
	}
	return &proven, nil
}
