package operations

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
)

// Database is checked for health.
type Database interface {
	Ping(ctx context.Context) error
}

// Paused tells people why this process starts no scan; "" if it does. It must be safe for concurrent use.
type Paused interface {
	Paused() string
}

// Health reports whether this process is in service.
type Health struct {
	Database Database
	Work     Paused
	Log      *slog.Logger
}

// Routes returns the routes of the resource.
func (s *Health) Routes() []api.Route {
	fine := func(text string) *api.Reply {
		return api.Stream(api.PlainType, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
	}
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/healthz", Rooted: true, Name: "getHealth",
			Needs:   access.Anyone,
			Summary: "Answer 200 while the process runs.",
			Gives:   api.ReturnsFile(api.PlainType),
			Handle:  func(*api.Call) (*api.Reply, error) { return fine("ok\n"), nil },
		},
		{
			Method: http.MethodGet, Path: "/readyz", Rooted: true, Name: "getReadiness",
			Needs:   access.Anyone,
			Summary: "Answer 200 while the database answers, and 503 otherwise. The text says why scans wait, if they do.",
			Gives:   api.ReturnsFile(api.PlainType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				ctx, cancel := context.WithTimeout(c.Context(), 2*time.Second)
				defer cancel()
				if err := s.Database.Ping(ctx); err != nil {
					s.Log.Error("not ready", "request", c.ID(), "error", err)
					return nil, c.Silent()
				}
				// Callers can still read results and request scans, so the node stays in service.
				if why := s.Work.Paused(); why != "" {
					return fine("ok, but scans wait: " + why + "\n"), nil
				}
				return fine("ok\n"), nil
			},
		},
	}
}
