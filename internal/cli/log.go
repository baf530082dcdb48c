package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan/display"
)

// logHandler writes log lines in the style of pipes: the level, the message, and the attributes.
type logHandler struct {
	mu    *sync.Mutex
	out   io.Writer
	level slog.Level
	color bool
	attrs string
}

func newLogHandler(out io.Writer, level slog.Level, color bool) *logHandler {
	return &logHandler{mu: new(sync.Mutex), out: out, level: level, color: color}
}

// Enabled implements slog.Handler.
func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// Handle implements slog.Handler.
func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	var b bytes.Buffer
	word, color := "DEBUG", "90"
	switch {
	case r.Level >= slog.LevelError:
		word, color = "ERROR", "31"
	case r.Level >= slog.LevelWarn:
		word, color = "WARN", "33"
	case r.Level >= slog.LevelInfo:
		word, color = "INFO", "36"
	}
	if h.color {
		fmt.Fprintf(&b, "\x1b[%sm%s\x1b[0m: ", color, word)
	} else {
		fmt.Fprintf(&b, "%s: ", word)
	}
	b.WriteString(display.Line(r.Message))
	b.WriteString(h.attrs)
	r.Attrs(func(a slog.Attr) bool {
		b.WriteString(attrText(a))
		return true
	})
	b.WriteByte('\n')
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := h.out.Write(b.Bytes())
	return err
}

func attrText(a slog.Attr) string {
	value := display.Line(strings.ReplaceAll(a.Value.Resolve().String(), "\n", "; "))
	if value == "" {
		return ""
	}
	if strings.ContainsAny(value, " ,") {
		value = `"` + value + `"`
	}
	return " " + a.Key + "=" + value
}

// WithAttrs implements slog.Handler.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	more := *h
	for _, a := range attrs {
		more.attrs += attrText(a)
	}
	return &more
}

// WithGroup implements slog.Handler. This program has no groups.
func (h *logHandler) WithGroup(string) slog.Handler { return h }
