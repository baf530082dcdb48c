package server

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
)

// levelTrace is below slog's own levels.
const levelTrace = slog.LevelDebug - 4

// logLevels are the levels of an override, as scripts write them.
var logLevels = []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR"}

var slogLevels = map[string]slog.Level{
	"TRACE": levelTrace, "DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARN": slog.LevelWarn, "ERROR": slog.LevelError,
}

// LogOverride changes what is logged while the program runs: messages from the level that is set up to WARN become WARN; at
// ERROR those below are dropped; WARN, and no override, change nothing. The zero value is ready and safe for concurrent use.
type LogOverride struct{ name atomic.Pointer[string] }

// Set sets the override, "" for none. Unknown names are none.
func (o *LogOverride) Set(name string) {
	if !slices.Contains(logLevels, name) {
		name = ""
	}
	o.name.Store(&name)
}

// level is the override, if it changes anything.
func (o *LogOverride) level() (level slog.Level, ok bool) {
	name := o.name.Load()
	if name == nil || *name == "" || *name == "WARN" {
		return 0, false
	}
	return slogLevels[*name], true
}

// Handler puts the override before a handler.
func (o *LogOverride) Handler(next slog.Handler) slog.Handler { return &overriding{o, next} }

type overriding struct {
	override *LogOverride
	next     slog.Handler
}

func (h *overriding) Enabled(ctx context.Context, level slog.Level) bool {
	if least, ok := h.override.level(); ok {
		return level >= least && h.next.Enabled(ctx, max(level, slog.LevelWarn))
	}
	return h.next.Enabled(ctx, level)
}

func (h *overriding) Handle(ctx context.Context, r slog.Record) error {
	if least, ok := h.override.level(); ok && r.Level >= least && r.Level < slog.LevelWarn {
		r.Level = slog.LevelWarn
	}
	return h.next.Handle(ctx, r)
}

func (h *overriding) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &overriding{h.override, h.next.WithAttrs(attrs)}
}

func (h *overriding) WithGroup(name string) slog.Handler {
	return &overriding{h.override, h.next.WithGroup(name)}
}

// logSetting is where the nodes find the override.
const logSetting = "logLevelOverride"

// SyncLogLevel takes over the override that another node has set; call it every few seconds.
func (s *Server) SyncLogLevel(ctx context.Context) error {
	if s.options.Level == nil {
		return nil
	}
	name, err := s.store.Settings.Setting(ctx, logSetting)
	if err == nil {
		s.options.Level.Set(name)
	}
	return err
}

type logWire struct {
	LogLevelOverride *string `json:"logLevelOverride"`
	Effective        string  `json:"effective" doc:"The lowest level that is logged."`
}

func (s *Server) logRoutes() []route {
	answer := func(c *call) (*reply, error) {
		if err := s.SyncLogLevel(c.context()); err != nil {
			return nil, err
		}
		name, err := s.store.Settings.Setting(c.context(), logSetting)
		if err != nil {
			return nil, err
		}
		if name == "" {
			return ok(logWire{nil, s.leastLevel(c.context())})
		}
		return ok(logWire{&name, name})
	}
	set := func(c *call, name string) (*reply, error) {
		if err := s.store.Settings.Set(c.context(), logSetting, name); err != nil {
			return nil, err
		}
		return answer(c)
	}
	return []route{
		{
			method: http.MethodGet, path: "/loglevel", name: "getLogLevel",
			needs: grantee, scope: "settings",
			summary: "Get the log level override.",
			gives:   returns(logWire{}),
			handle:  answer,
		},
		{
			method: http.MethodPut, path: "/loglevel", name: "setLogLevel",
			needs: grantee, scope: "settings",
			summary: "Set the log level of all nodes. Entries below WARN are then logged as WARN.",
			query:   []parameter{{"logLevelOverride", "TRACE, DEBUG, INFO, WARN or ERROR", true}},
			gives:   returns(logWire{}),
			handle: func(c *call) (*reply, error) {
				name := strings.ToUpper(c.query("logLevelOverride"))
				if !slices.Contains(logLevels, name) {
					return nil, badRequest("logLevelOverride: it must be one of %s", strings.Join(logLevels, ", "))
				}
				return set(c, name)
			},
		},
		{
			method: http.MethodDelete, path: "/loglevel", name: "resetLogLevel",
			needs: grantee, scope: "settings",
			summary: "Return to the log level that the server was started with.",
			gives:   returns(logWire{}),
			handle:  func(c *call) (*reply, error) { return set(c, "") },
		},
	}
}

// leastLevel is the least level that the log passes on.
func (s *Server) leastLevel(ctx context.Context) string {
	for _, name := range logLevels {
		if s.log.Enabled(ctx, slogLevels[name]) {
			return name
		}
	}
	return "ERROR"
}
