package settings

import (
	"context"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/scan"
)

// Missing is what the listings of one connection lack.
type Missing interface {
	// Held lists the repositories that listings lack and that the server keeps.
	Held(ctx context.Context) ([]catalog.MissingRepository, error)
	// Confirm confirms that they are gone, and returns their number.
	Confirm(ctx context.Context) (int, error)
}

const (
	connectionsPath = "/settings/connections"
	// maxNamed bounds how many places of a connection the page names.
	maxNamed = 100
)

// place is a repository that is held back, or a place that was skipped, and why.
type placeNote struct {
	Name, Reason string
	Since        figure.Moment
}

// connectionRow is a connection as its card shows it.
type connectionRow struct {
	ID, Type, Name, State, Class, Problem, Inactive string
	Synced                                          figure.Moment
	Syncing                                         bool
	Held, Skipped                                   []placeNote
	// HeldCount and SkippedCount count all of them.
	HeldCount, SkippedCount string
	Confirm                 *page.Ask
	// Path is the page of its settings, Address that of its server; both are empty for a folder.
	Path, Address string
	// Hooks is true if it has webhooks. Heard is when the last one came, HookProblem what is wrong with them.
	Hooks       bool
	Heard       figure.Moment
	HookProblem string
}

// describe adds what people have set up.
func (row *connectionRow) describe(v *page.Visit, d *connected.Detail) {
	row.Path, row.Address, row.Hooks = toConnection(v, d.Name), d.Settings.URL, d.Settings.Webhooks
	if row.Hooks {
		row.Heard, row.HookProblem = figure.Ago(d.Hook.Heard, v.Now), d.Hook.Problem
	}
}

// connectionsBody is the page of the connections.
type connectionsBody struct {
	sectioned

	Rows []connectionRow
	// Sync is where a listing is asked for, New where a connection is added; empty where none can be.
	Sync, New string
}

// stateLooks are the words and classes of states.
var stateLooks = map[string]figure.Look{
	connection.StateActive: {Word: "Active", Class: ""}, connection.StateSuspicious: {Word: "Suspicious", Class: "old"}, connection.StateFailing: {Word: "Failing", Class: "bad"},
	connection.StateInactive: {Word: "Inactive", Class: "bad"},
}

func (s *Pages) lives() []connection.Live {
	if s.Connections == nil {
		return nil
	}
	return s.Connections.Connections()
}

// live finds a connection by the id that a form names.
func (s *Pages) live(v *page.Visit) (*connection.Live, error) {
	id := v.Request.PostForm.Get("connection")
	for _, x := range s.lives() {
		if x.ID == id {
			return &x, nil
		}
	}
	return nil, page.BadRequest("There is no connection with that name. Load the page again.")
}

func (s *Pages) connections(v *page.Visit) error {
	b := connectionsBody{sectioned: newSectioned(v, "Connections", "Where the projects and repositories come from, as this node sees it."), Sync: v.Core.BasePath + connectionsPath + "/sync"}
	var details map[string]*connected.Detail
	if s.Connecting != nil {
		b.New = v.Core.BasePath + newConnectionPath
		var err error
		if details, err = s.Connecting.Details(v.Ctx()); err != nil {
			return err
		}
	}
	for _, x := range s.lives() {
		held, err := s.Missing(x.Key).Held(v.Ctx())
		if err != nil {
			return err
		}
		row := newConnectionRow(v, &x, held)
		if d := details[x.ID]; d != nil && x.Type != connection.TypeDirectory {
			row.describe(v, d)
		}
		b.Rows = append(b.Rows, row)
	}
	return v.Show(http.StatusOK, connectionsPage, "Connections", b)
}

func newConnectionRow(v *page.Visit, x *connection.Live, held []catalog.MissingRepository) connectionRow {
	look := stateLooks[x.State(len(held))]
	row := connectionRow{
		ID: x.ID, Type: x.Type, Name: x.Name, State: look.Word, Class: look.Class, Problem: x.Problem, Inactive: x.Inactive, Synced: figure.Ago(x.Synced, v.Now), Syncing: x.Syncing,
		HeldCount: figure.Count(len(held), "repository", "repositories"), SkippedCount: figure.Count(len(x.Skipped), "place", "places"),
	}
	waits := false
	for i := range held {
		waits = waits || !held[i].Confirmed
		if i < maxNamed {
			note := placeNote{Name: held[i].ProjectKey + "/" + held[i].Slug, Since: figure.Ago(held[i].Since, v.Now)}
			if held[i].Confirmed {
				note.Reason = "confirmed: the next listing removes it"
			}
			row.Held = append(row.Held, note)
		}
	}
	for _, place := range x.Skipped[:min(len(x.Skipped), maxNamed)] {
		row.Skipped = append(row.Skipped, placeNote{Name: place.Name, Reason: place.Reason})
	}
	if waits {
		row.Confirm = &page.Ask{
			Word: "Confirm that they are gone", Of: x.Name, Question: "Delete " + row.HeldCount + "? Their results stay for keepRemovedDays; one that returns gets them back.", Yes: "They are gone",
			Action: v.Core.BasePath + connectionsPath + "/confirm", Fields: [][2]string{{"connection", x.ID}},
		}
	}
	return row
}

func (s *Pages) syncConnection(v *page.Visit) error {
	x, err := s.live(v)
	if err != nil {
		return err
	}
	s.Connections.Sync(x.ID)
	if err := v.Record("POST /connections/{connectionId}/sync", access.Shortened(x.ID), ""); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+connectionsPath, "connection-sync")
}

func (s *Pages) confirmGone(v *page.Visit) error {
	x, err := s.live(v)
	if err != nil {
		return err
	}
	n, err := s.Missing(x.Key).Confirm(v.Ctx())
	if err != nil {
		return err
	}
	if err := v.Record("POST /connections/{connectionId}/confirm", access.Shortened(x.ID), scan.Plural(n, "repository", "repositories")); err != nil {
		return err
	}
	s.Connections.Sync(x.ID)
	return v.Done(v.Core.BasePath+connectionsPath, "connection-confirmed")
}
