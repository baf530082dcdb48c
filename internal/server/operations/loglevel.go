package operations

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
)

// logSetting is the key of the setting that holds the override for all nodes.
const logSetting = "logLevelOverride"

// Texts are settings by key; "" if a setting does not exist.
type Texts interface {
	Setting(ctx context.Context, key string) (string, error)
	Set(ctx context.Context, key, value string) error
}

// LogLevel returns and changes the log level of all nodes.
type LogLevel struct {
	Settings Texts
	// Override may be nil; then only the setting changes.
	Override *LogOverride
	Log      *slog.Logger
}

// Sync applies the override that another node has set. Call it every few seconds.
func (s *LogLevel) Sync(ctx context.Context) error {
	if s.Override == nil {
		return nil
	}
	name, err := s.Settings.Setting(ctx, logSetting)
	if err == nil {
		s.Override.Set(name)
	}
	return err
}

type logWire struct {
	LogLevelOverride *string `json:"logLevelOverride"`
	Effective        string  `json:"effective" doc:"The lowest level that is logged."`
}

// Routes returns the routes of the resource.
func (s *LogLevel) Routes() []api.Route {
	answer := func(c *api.Call) (*api.Reply, error) {
		if err := s.Sync(c.Context()); err != nil {
			return nil, err
		}
		name, err := s.Settings.Setting(c.Context(), logSetting)
		if err != nil {
			return nil, err
		}
		if name == "" {
			return api.OK(logWire{nil, s.leastLevel(c.Context())})
		}
		return api.OK(logWire{&name, name})
	}
	set := func(c *api.Call, name string) (*api.Reply, error) {
		if err := s.Settings.Set(c.Context(), logSetting, name); err != nil {
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
				name := strings.ToUpper(c.Query("logLevelOverride"))
				if !slices.Contains(logLevels, name) {
					return nil, api.BadRequest("logLevelOverride: it must be one of %s", strings.Join(logLevels, ", "))
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

// leastLevel returns the lowest level that is logged.
func (s *LogLevel) leastLevel(ctx context.Context) string {
	for _, name := range logLevels {
		if s.Log.Enabled(ctx, slogLevels[name]) {
			return name
		}
	}
	return "ERROR"
}
