package bitbucket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits keep the calls of one client within what Bitbucket allows. All calls of the client share them, so that one 429
// makes all of them wait, once.
type Limits struct {
	// Rate and Burst limit the calls per second and at once; a Rate of 0 limits nothing.
	Rate  float64
	Burst int
	// Park is the longest wait in place. A longer one ends the call with a [*ParkedError]. The caller puts the work aside
	// until then, instead of holding a worker.
	Park time.Duration
	// Ledger counts the calls of the last hour; nil counts none.
	Ledger Ledger
	// Hourly is how many calls of a group may be made within an hour, by group; a group that is not in it has no limit.
	Hourly map[string]int
}

// Ledger counts the calls of one connection within a rolling hour, over all nodes and restarts. It is safe for concurrent
// use.
type Ledger interface {
	// Spend adds calls to a group, if at most most are then within the last hour. ok is false if not; free is then when the
	// oldest of them leaves the hour.
	Spend(ctx context.Context, group string, calls, most int) (ok bool, free time.Time, err error)
}

// The groups of calls that Bitbucket Cloud counts apart ("API request limits", support.atlassian.com).
const (
	GroupRepositories = "repositories"
	GroupHooks        = "hooks"
	GroupOther        = "other"
	// GroupGit is git over https, which only [Client.Spend] counts.
	GroupGit = "git"
)

// groupOf returns the group of a path.
func groupOf(path string) string {
	switch {
	case strings.HasSuffix(path, "/hooks") || strings.Contains(path, "/hooks/"):
		return GroupHooks
	case strings.HasPrefix(path, "/repositories"):
		return GroupRepositories
	}
	return GroupOther
}

// backgroundShare is the part of an hourly limit, in percent, that background work may use. The rest is for people and for
// reports.
const backgroundShare = 80

type backgroundKey struct{}

// Background marks the calls made with a context as background work: they leave a part of the hourly limit to others.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// ParkedError means that no call may be made before a time. It wraps [ErrRateLimited].
type ParkedError struct {
	// Until is when the next call may succeed.
	Until time.Time
	// Reason says in words which limit that is.
	Reason string
}

// Error contains the reason and the time.
func (e *ParkedError) Error() string {
	return fmt.Sprintf("%s; the next call may be made at %s", e.Reason, e.Until.UTC().Format("15:04:05 UTC"))
}

// Unwrap returns ErrRateLimited.
func (e *ParkedError) Unwrap() error { return ErrRateLimited }

const (
	// The pauses after a 429 that names no time: Data Center refills its bucket every second, Cloud's window is an hour.
	firstPauseDataCenter = time.Second
	firstPauseCloud      = time.Minute
	maxPause             = 15 * time.Minute
)

// limiter applies Limits. A nil limiter limits nothing.
type limiter struct {
	Limits
	bucket *rate.Limiter
	first  time.Duration

	mu sync.Mutex
	// until is the end of the pause after a 429; next is how long the next pause is if the server names no time.
	until time.Time
	next  time.Duration
}

func newLimiter(l *Limits, product Product) *limiter {
	if l == nil {
		return nil
	}
	x := &limiter{Limits: *l, first: firstPauseDataCenter}
	if product == Cloud {
		x.first = firstPauseCloud
	}
	if l.Rate > 0 {
		x.bucket = rate.NewLimiter(rate.Limit(l.Rate), max(l.Burst, 1))
	}
	return x
}

// take waits until a call may be made, or returns a ParkedError.
func (l *limiter) take(ctx context.Context, now func() time.Time, wait func(context.Context, time.Duration) error, path string) error {
	if l == nil {
		return nil
	}
	// After a wait, the pause may have become longer.
	for waited := (time.Time{}); ; {
		l.mu.Lock()
		until := l.until
		l.mu.Unlock()
		d := until.Sub(now())
		if d <= 0 || !until.After(waited) {
			break
		}
		if d > l.Park {
			return &ParkedError{Until: until, Reason: "Bitbucket refuses more calls for now (429)"}
		}
		if deadline, ok := ctx.Deadline(); ok && time.Now().Add(d).After(deadline) {
			return &ParkedError{Until: until, Reason: "Bitbucket refuses more calls for longer than the time limit allows (429)"}
		}
		if err := wait(ctx, d); err != nil {
			return err
		}
		waited = until
	}
	if l.bucket != nil {
		r := l.bucket.ReserveN(now(), 1)
		if d := r.DelayFrom(now()); d > 0 {
			if err := wait(ctx, d); err != nil {
				r.Cancel()
				return err
			}
		}
	}
	return l.spend(ctx, groupOf(path), 1)
}

// spend counts calls of a group, or returns a ParkedError.
func (l *limiter) spend(ctx context.Context, group string, calls int) error {
	most := l.Hourly[group]
	if l.Ledger == nil || most == 0 {
		return nil
	}
	reason := fmt.Sprintf("the %d calls an hour of the group %q are used up", most, group)
	if background, _ := ctx.Value(backgroundKey{}).(bool); background {
		reason = fmt.Sprintf("background work has used %d %% of the %d calls an hour of the group %q; the rest is for people and reports", backgroundShare, most, group)
		most = most * backgroundShare / 100
	}
	ok, free, err := l.Ledger.Spend(ctx, group, calls, most)
	if err != nil {
		return errors.Join(errors.New("the calls of the last hour could not be counted"), err)
	}
	if !ok {
		return &ParkedError{Until: free, Reason: reason}
	}
	return nil
}

// Spend counts calls that another program makes with the credential of the client, such as git. It returns a
// [*ParkedError] if they are too many now.
func (c *Client) Spend(ctx context.Context, group string, calls int) error {
	if c.limits == nil {
		return nil
	}
	return c.limits.spend(ctx, group, calls)
}

// refused begins a pause for all calls after a 429. asked is how long the server wants it; 0 if it does not say.
func (l *limiter) refused(now time.Time, asked time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.until) {
		// Calls that were under way together are one refusal.
		return
	}
	l.next = min(max(2*l.next, l.first), maxPause)
	l.until = now.Add(max(asked, l.next))
	if asked > 0 {
		l.until = now.Add(asked)
	}
}

// answered ends the series of refusals.
func (l *limiter) answered() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = 0
}
