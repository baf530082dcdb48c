package access

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/store/audit"
)

const (
	// AuditTime limits how long an entry of the audit log may take. The entry is written even if the caller is gone.
	AuditTime = 10 * time.Second
	// refusedEvery is the shortest interval between two log entries about the same refusal.
	refusedEvery = time.Minute
	// maxShown limits outside text in messages and entries, in bytes.
	maxShown = 200
)

// refusals remembers when an account was last refused something. Its zero value is ready.
type refusals struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// fresh reports whether a refusal must be recorded.
func (r *refusals) fresh(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, at := range r.last {
		if now.Sub(at) >= refusedEvery {
			delete(r.last, k)
		}
	}
	if _, ok := r.last[key]; ok {
		return false
	}
	if r.last == nil {
		r.last = map[string]time.Time{}
	}
	r.last[key] = now
	return true
}

// Refused records in the audit log that an account was refused something. It records the same action of the same actor
// at most once a minute, so that nobody can fill the log. If the entry cannot be written, it goes to the program's log.
func (c *Control) Refused(ctx context.Context, e *audit.Event) {
	if !c.refusals.fresh(e.Actor+"\x00"+e.Action, c.options.Now()) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), AuditTime)
	defer cancel()
	if err := c.audit.Add(ctx, e); err != nil {
		c.options.Log.Error("audit entry lost", "actor", e.Actor, "action", e.Action, "object", e.Object, "error", err)
	}
}

// Shortened limits a text from a caller for messages and entries of the audit log.
func Shortened(text string) string {
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}
