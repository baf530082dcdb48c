package operations

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/loglevel"
	"github.com/sluice-scan/sluice/internal/server/api"
)

// LogLevel returns and changes the log level of all nodes.
type LogLevel struct{ Level *loglevel.Level }

type logWire struct {
	LogLevelOverride *string `json:"logLevelOverride"`
	Effective        string  `json:"effective" doc:"The lowest level that is logged."`
}

// Routes returns the routes of the resource.
func (s *LogLevel) Routes() []api.Route {
	answer := func(c *api.Call) (*api.Reply, error) {
		name, effective, err := s.Level.State(c.Context())
		if err != nil {
			return nil, err
		}
		if name == "" {
			return api.OK(logWire{nil, effective})
		}
		return api.OK(logWire{&name, effective})
	}
	set := func(c *api.Call, name string) (*api.Reply, error) {
		if err := s.Level.Set(c.Context(), name); err != nil {
			return nil, err
		}
		return answer(c)
	}
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/loglevel", Name: "getLogLevel",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Get the log level override.",
			Gives:   api.Returns(logWire{}),
			Handle:  answer,
		},
		{
			Method: http.MethodPut, Path: "/loglevel", Name: "setLogLevel",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Set the log level of all nodes. Entries below WARN are then logged as WARN.",
			Query:   []api.Parameter{api.Required("logLevelOverride", "TRACE, DEBUG, INFO, WARN or ERROR")},
			Gives:   api.Returns(logWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				name, err := loglevel.Parse(c.Query("logLevelOverride"))
				if err != nil {
					return nil, api.BadRequest("logLevelOverride: %v", err)
				}
				return set(c, name)
			},
		},
		{
			Method: http.MethodDelete, Path: "/loglevel", Name: "resetLogLevel",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Return to the log level that the server was started with.",
			Gives:   api.Returns(logWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return set(c, "") },
		},
	}
}
