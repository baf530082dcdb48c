package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
)

// views is how often a page is opened alone.
const views = 20

// cost is what a view of a page costs while nobody else looks: the fastest view, and the mean processor time of the server, with an embedded
// database, and of PostgreSQL. Other work on the machine hardly changes these.
type cost struct{ fastest, server, database time.Duration }

// measure writes a table of what each page costs alone, and how long it takes while all users click. title says what the server does meanwhile.
// It returns both, by click; what the users saw is sorted by time.
func (b *bench) measure(ctx context.Context, out io.Writer, s *store.Store, title string) (costs []cost, saw [][]seen, err error) {
	u, err := newUser(ctx, b.url)
	if err != nil {
		return nil, nil, err
	}
	costs = make([]cost, len(clicks))
	for i, c := range clicks {
		if costs[i], err = b.alone(ctx, s, u, c); err != nil {
			return nil, nil, err
		}
	}
	began, err := b.serverTime(ctx)
	if err != nil {
		return nil, nil, err
	}
	saw, err = b.click(ctx)
	if err != nil {
		return nil, nil, err
	}
	ended, err := b.serverTime(ctx)
	if err != nil {
		return nil, nil, err
	}
	_, _ = fmt.Fprintf(out, "\n%s; one user with %d views, and %d users:\n\n| Page | Fastest, ms | Server, ms | Database, ms | Clicks | Median, ms | 95 %%, ms | Largest, ms | KB | Requests |\n|---|---|---|---|---|---|---|---|---|---|\n", title, views, b.users)
	n := 0
	for i, c := range clicks {
		_, _ = fmt.Fprintf(out, "| %s | %.1f | %.1f | %.1f |", c.name, ms(costs[i].fastest), ms(costs[i].server), ms(costs[i].database))
		if len(saw[i]) == 0 {
			_, _ = fmt.Fprintln(out, " 0 | | | | | |")
			continue
		}
		slices.SortFunc(saw[i], func(a, b seen) int { return int(a.took - b.took) })
		k, last := len(saw[i]), saw[i][len(saw[i])-1]
		n += k
		_, _ = fmt.Fprintf(out, " %d | %.1f | %.1f | %.1f | %d | %d |\n", k, ms(saw[i][k/2].took), ms(saw[i][k*95/100].took), ms(last.took), last.bytes/1000, last.requests)
	}
	_, err = fmt.Fprintf(out, "\n%d clicks in %s, %.1f ms of the processors each in the server\n", n, b.during, ms(ended-began)/float64(max(1, n)))
	return costs, saw, err
}

// alone opens a page again and again.
func (b *bench) alone(ctx context.Context, s *store.Store, u *user, c click) (a cost, err error) {
	if _, err := u.open(ctx, c); err != nil {
		return a, err
	}
	began, err := b.serverTime(ctx)
	if err != nil {
		return a, err
	}
	database, err := databaseTime(ctx, s)
	if err != nil {
		return a, err
	}
	a.fastest = time.Hour
	n := 0
	// A page that takes seconds has been seen often enough sooner.
	for started := time.Now(); n < views && time.Since(started) < 20*time.Second; n++ {
		seen, err := u.open(ctx, c)
		if err != nil {
			return a, err
		}
		a.fastest = min(a.fastest, seen.took)
	}
	ended, err := b.serverTime(ctx)
	if err != nil {
		return a, err
	}
	after, err := databaseTime(ctx, s)
	a.server, a.database = (ended-began)/time.Duration(n), since(database, after)/time.Duration(n)
	return a, err
}

// click lets all users click for a while, and returns what they saw of each page.
func (b *bench) click(ctx context.Context) ([][]seen, error) {
	var mu sync.Mutex
	saw := make([][]seen, len(clicks))
	var problems []error
	var wait sync.WaitGroup
	deadline := time.Now().Add(b.during)
	for n := range b.users {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 14)) //nolint:gosec // it only mixes pages
			u, err := newUser(ctx, b.url)
			for err == nil && time.Now().Before(deadline) && ctx.Err() == nil {
				// Between half and one and a half of the pause, so that users do not click in step.
				time.Sleep(b.pause/2 + time.Duration(random.Int64N(int64(b.pause))))
				i := random.IntN(len(clicks))
				var s seen
				if s, err = u.open(ctx, clicks[i]); err == nil {
					mu.Lock()
					saw[i] = append(saw[i], s)
					mu.Unlock()
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				problems = append(problems, err)
			}
		})
	}
	wait.Wait()
	if len(problems) > 0 {
		return nil, fmt.Errorf("%d users gave up, the first one: %w", len(problems), problems[0])
	}
	return saw, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
