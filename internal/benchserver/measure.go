package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

func (b *bench) measure(ctx context.Context, out io.Writer, s *store.Store) error {
	if err := b.lists(ctx, out, s); err != nil {
		return err
	}
	pages := []struct{ name, path string }{
		{"projects", "/status/projects"}, {"projects by name", "/status/projects?name=1&limit=100"}, {"project", "/status/projects/P007"},
		{"repositories", "/status/projects/P007/repos"}, {"repositories by name", "/status/projects/P007/repos?name=00"}, {"repository", "/status/projects/P007/repos/repo-00007"},
		{"branches", "/status/projects/P007/repos/repo-00007/branches?limit=50"}, {"branches by name", "/status/projects/P007/repos/repo-00007/branches?name=feature"},
	}
	_, _ = fmt.Fprintf(out, "\n| Page | Requests | Median, ms | 95 %%, ms | Largest, ms |\n|---|---|---|---|---|\n")
	times := make([][]time.Duration, len(pages))
	var mu sync.Mutex
	var wait sync.WaitGroup
	var problems []error
	ticker := time.NewTicker(time.Second / time.Duration(b.rate))
	defer ticker.Stop()
	deadline := time.Now().Add(b.during)
	for i := 0; time.Now().Before(deadline) && ctx.Err() == nil; i++ {
		<-ticker.C
		wait.Go(func() {
			took, err := b.get(ctx, pages[i%len(pages)].path, io.Discard)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				problems = append(problems, err)
				return
			}
			times[i%len(pages)] = append(times[i%len(pages)], took)
		})
	}
	wait.Wait()
	for i, p := range pages {
		slices.Sort(times[i])
		n := len(times[i])
		if n == 0 {
			continue
		}
		_, _ = fmt.Fprintf(out, "| %s | %d | %.1f | %.1f | %.1f |\n", p.name, n, ms(times[i][n/2]), ms(times[i][n*95/100]), ms(times[i][n-1]))
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d requests failed, the first one: %w", len(problems), problems[0])
	}
	if err := b.export(ctx, out); err != nil {
		return err
	}
	return b.rescan(ctx, out, s)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// get reads a page and returns the time that it took.
func (b *bench) get(ctx context.Context, path string, to io.Writer) (time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+path, nil)
	if err != nil {
		return 0, err
	}
	request.SetBasicAuth(account, password)
	started := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", path, response.Status)
	}
	_, err = io.Copy(to, response.Body)
	return time.Since(started), err
}

// rescan queues the branches of a project, and then all branches, and removes them again.
func (b *bench) rescan(ctx context.Context, out io.Writer, s *store.Store) error {
	var scopes []queue.Scope
	p, err := s.Catalog.Project(ctx, &scope.Visible{All: true}, "P007")
	if err != nil {
		return err
	}
	for _, of := range append(scopes, queue.Scope{ProjectID: p.ID}, queue.Scope{}) {
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

// export reads the report of everything.
func (b *bench) export(ctx context.Context, out io.Writer) error {
	// Reset the peak memory, so that it is the export's alone, if the kernel allows that (proc(5), clear_refs).
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	before := residentMB("VmRSS:")
	counter := &firstByte{started: time.Now()}
	took, err := b.get(ctx, "/export-report?confirmExpensiveOperation=true", counter)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\nexported everything (%.1f MB) in %.1f s, first byte after %.0f ms; memory %.0f MB before, at most %.0f MB\n",
		float64(counter.bytes)/1e6, took.Seconds(), ms(counter.first), before, residentMB("VmHWM:"))
	return err
}

// residentMB returns a line of this process's status on Linux, and 0 elsewhere.
func residentMB(name string) float64 {
	f, err := os.Open("/proc/self/status")
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
