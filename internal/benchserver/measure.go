package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// rescan queues the branches of a project, and then all branches. While those wait, it lets users click. Then it removes the scans again.
func (b *bench) rescan(ctx context.Context, out io.Writer, s *store.Store) error {
	p, err := s.Catalog.Project(ctx, &scope.Visible{All: true}, "P007")
	if err != nil {
		return err
	}
	for _, of := range []queue.Scope{{ProjectID: p.ID}, {}} {
		started := time.Now()
		done, err := s.Queue.Enqueue(ctx, queue.Request{Scope: of, Force: true, Priority: queue.PriorityRescan})
		if err != nil {
			return err
		}
		took := time.Since(started)
		started = time.Now()
		if _, err := s.Queue.Claim(ctx, "bench", true); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "\nqueued %d branches in %.2f s; the next one is claimed in %.1f ms\n", done.Scheduled, took.Seconds(), ms(time.Since(started)))
		if of.ProjectID == 0 {
			if _, _, err := b.measure(ctx, out, s, "All branches wait"); err != nil {
				return err
			}
		}
		if _, err := s.Queue.CancelQueued(ctx, &scope.Visible{All: true}); err != nil {
			return err
		}
		if err := s.Queue.Release(ctx, "bench"); err != nil {
			return err
		}
		if _, err := s.Queue.CancelQueued(ctx, &scope.Visible{All: true}); err != nil {
			return err
		}
	}
	return nil
}

// firstByte records when the first byte came, and counts bytes.
type firstByte struct {
	started time.Time
	first   time.Duration
	bytes   int64
}

func (f *firstByte) Write(p []byte) (int, error) {
	if f.bytes == 0 {
		f.first = time.Since(f.started)
	}
	f.bytes += int64(len(p))
	return len(p), nil
}

// read copies the answer to a call of the API.
func (b *bench) read(ctx context.Context, path string, to io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+path, nil)
	if err != nil {
		return err
	}
	request.SetBasicAuth(admin, password)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	_, err = io.Copy(to, response.Body)
	return err
}

// export reads the report of everything.
func (b *bench) export(ctx context.Context, out io.Writer) error {
	// Reset the peak memory, so that it is the export's alone, if the kernel allows that (proc(5), clear_refs).
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", b.server), []byte("5"), 0)
	before := b.residentMB("VmRSS:")
	counter := &firstByte{started: time.Now()}
	if err := b.read(ctx, api+"/export-report?confirmExpensiveOperation=true", counter); err != nil {
		return err
	}
	took := time.Since(counter.started)
	_, err := fmt.Fprintf(out, "\nexported everything (%.1f MB) in %.1f s, first byte after %.0f ms; memory %.0f MB before, at most %.0f MB\n",
		float64(counter.bytes)/1e6, took.Seconds(), ms(counter.first), before, b.residentMB("VmHWM:"))
	return err
}

// residentMB returns a line of the server's status on Linux, and 0 elsewhere.
func (b *bench) residentMB(name string) float64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", b.server))
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), name); ok {
			var kb float64
			_, _ = fmt.Sscanf(strings.TrimSpace(rest), "%f", &kb)
			return kb / 1024
		}
	}
	return 0
}
