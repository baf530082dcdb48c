package loglevel

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
)

// levelTrace is below slog's own levels.
const levelTrace = slog.LevelDebug - 4

// Names are the levels of an override, as scripts write them, from the lowest.
var Names = []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR"}

var levels = map[string]slog.Level{
	"TRACE": levelTrace, "DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARN": slog.LevelWarn, "ERROR": slog.LevelError,
}

// Override changes the log level at run time. Messages from its level up to WARN are logged as WARN. ERROR drops the
// messages below it. WARN and no override change nothing. The zero value is ready and safe for concurrent use.
type Override struct{ name atomic.Pointer[string] }

// Set sets the override; "" and unknown names remove it.
func (o *Override) Set(name string) {
	if !slices.Contains(Names, name) {
		name = ""
	}
	o.name.Store(&name)
}

// level returns the override; ok is false if it changes nothing.
func (o *Override) level() (level slog.Level, ok bool) {
	name := o.name.Load()
	if name == nil || *name == "" || *name == "WARN" {
		return 0, false
	}
	return levels[*name], true
}

// Handler wraps a handler with the override.
func (o *Override) Handler(next slog.Handler) slog.Handler { return &overriding{o, next} }

type overriding struct {
	override *Override
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
