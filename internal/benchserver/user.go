package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// user is a browser with its own session and cache. It belongs to one goroutine.
type user struct {
	url    string
	client map[string]*http.Client
}

// newUser signs in as each account.
func newUser(ctx context.Context, address string) (*user, error) {
	u := &user{address, map[string]*http.Client{}}
	for _, as := range []string{admin, developer} {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		u.client[as] = &http.Client{Jar: jar}
		form := url.Values{"name": {as}, "password": {password}}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/sign-in", strings.NewReader(form.Encode()))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := u.client[as].Do(r)
		if err != nil {
			return nil, err
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("sign in as %s: %s", as, response.Status)
		}
	}
	return u, nil
}

// seen is what one click has shown.
type seen struct {
	took time.Duration
	// bytes is the size of the answer, unpacked. requests counts the page and the files that it needs.
	bytes, requests int
}

// files are what a page makes a browser load.
var files = regexp.MustCompile(`(?:<link[^>]* href|<script[^>]* src|<img[^>]* src)="([^"]+)"`)

// open opens a page or makes a call, and reads it whole.
func (u *user) open(ctx context.Context, c click) (seen, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.url+c.path, nil)
	if err != nil {
		return seen{}, err
	}
	if strings.HasPrefix(c.path, "/rest/") {
		r.SetBasicAuth(c.as, password)
	}
	started := time.Now()
	response, err := u.client[c.as].Do(r)
	if err != nil {
		return seen{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	s := seen{took: time.Since(started), bytes: len(text), requests: 1}
	if want := c.status(); response.StatusCode != want {
		return s, fmt.Errorf("%s: %s instead of %d", c.path, response.Status, want)
	}
	distinct := map[string]bool{}
	for _, found := range files.FindAllSubmatch(text, -1) {
		distinct[string(found[1])] = true
	}
	s.requests += len(distinct)
	return s, err
}

// status is the status that a click has.
func (c *click) status() int {
	if c.name == "not found" {
		return http.StatusNotFound
	}
	return http.StatusOK
}

// measure lets users click for a while, and writes what they saw. title says what the server does meanwhile.
func (b *bench) measure(ctx context.Context, out io.Writer, title string) error {
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
		return fmt.Errorf("%d users gave up, the first one: %w", len(problems), problems[0])
	}
	_, _ = fmt.Fprintf(out, "\n%s, %d users:\n\n| Page | Clicks | Median, ms | 95 %%, ms | Largest, ms | KB | Requests |\n|---|---|---|---|---|---|---|\n", title, b.users)
	for i, c := range clicks {
		if len(saw[i]) == 0 {
			continue
		}
		slices.SortFunc(saw[i], func(a, b seen) int { return int(a.took - b.took) })
		n, last := len(saw[i]), saw[i][len(saw[i])-1]
		_, _ = fmt.Fprintf(out, "| %s | %d | %.1f | %.1f | %.1f | %d | %d |\n", c.name, n, ms(saw[i][n/2].took), ms(saw[i][n*95/100].took), ms(last.took), last.bytes/1000, last.requests)
	}
	return nil
}

// views is how often a page is opened alone.
const views = 30

// cost lets one user open each page, one after the other, and writes what that costs: the fastest view, and the mean time of the processors for
// server, client and an embedded database together. Other work on the machine hardly changes these.
func (b *bench) cost(ctx context.Context, out io.Writer, title string) error {
	u, err := newUser(ctx, b.url)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "\n%s, one user, %d views:\n\n| Page | Fastest, ms | Processors, ms |\n|---|---|---|\n", title, views)
	for _, c := range clicks {
		if _, err := u.open(ctx, c); err != nil {
			return err
		}
		fastest, before := time.Hour, processors()
		for range views {
			s, err := u.open(ctx, c)
			if err != nil {
				return err
			}
			fastest = min(fastest, s.took)
		}
		_, _ = fmt.Fprintf(out, "| %s | %.1f | %.1f |\n", c.name, ms(fastest), ms(processors()-before)/views)
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
