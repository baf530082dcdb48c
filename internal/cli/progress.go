package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

const (
	// progressAfter is the time after which a scan shows a progress bar. A short scan shows none.
	progressAfter = 400 * time.Millisecond
	progressEvery = 80 * time.Millisecond
	progressWidth = 30
)

// progress draws a progress bar on a terminal.
type progress struct {
	mu      sync.Mutex
	out     io.Writer
	started time.Time
	drawn   time.Time
	active  bool
}

func newProgress(out io.Writer) *progress { return &progress{out: out, started: time.Now()} }

// step sets the progress. It is safe for concurrent use.
func (p *progress) step(done, total int) {
	now := time.Now()
	if now.Sub(p.started) < progressAfter || !p.mu.TryLock() {
		return
	}
	defer p.mu.Unlock()
	if now.Sub(p.drawn) < progressEvery || total == 0 {
		return
	}
	p.drawn, p.active = now, true
	full := min(progressWidth, progressWidth*done/total)
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K  scanning %s%s %3d %%  %d of %d files",
		strings.Repeat("█", full), strings.Repeat("░", progressWidth-full), 100*done/total, done, total)
}

// end removes the bar.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.active {
		_, _ = io.WriteString(p.out, "\r\x1b[K")
	}
}
