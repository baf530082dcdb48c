package access

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// A loop of a script makes some dozens of calls a second, and is held up when it makes more.
	defaultRate  = 100
	defaultBurst = 200
	// longestHold is how long a call is held up instead of being refused.
	longestHold = 2 * time.Second
	// maxLimiters is how many accounts are kept; beyond it those that have not called for a while are forgotten.
	maxLimiters = 1000
)

// limits bounds how often each account calls, on this node. Its zero value is ready.
type limits struct {
	mu       sync.Mutex
	accounts map[int64]*rate.Limiter
}

// wait tells how long an account must wait; zero when it may call now. A wait of up to longestHold counts as a call, because the caller
// makes it after the wait.
func (l *limits) wait(account int64, perSecond float64, burst int, now time.Time) time.Duration {
	if perSecond < 0 {
		return 0
	}
	if perSecond == 0 {
		perSecond = defaultRate
	}
	if burst <= 0 {
		burst = defaultBurst
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.accounts == nil {
		l.accounts = map[int64]*rate.Limiter{}
	}
	limiter, ok := l.accounts[account]
	if !ok {
		for id, idle := range l.accounts {
			// A full bucket equals a new one.
			if len(l.accounts) >= maxLimiters && idle.TokensAt(now) >= float64(burst) {
				delete(l.accounts, id)
			}
		}
		limiter = rate.NewLimiter(rate.Limit(perSecond), burst)
		l.accounts[account] = limiter
	}
	r := limiter.ReserveN(now, 1)
	delay := r.DelayFrom(now)
	if delay > longestHold {
		r.CancelAt(now)
	}
	return delay
}

// Throttle holds up a call of an account that calls too often. It returns a [WaitError] when the wait would be long, and the reason when
// ctx ends before.
func (c *Control) Throttle(ctx context.Context, caller *Caller) error {
	o := &c.options
	wait := c.limits.wait(caller.Account.ID, o.Rate, o.Burst, o.Now())
	switch {
	case wait == 0:
		return nil
	case wait <= longestHold:
		return o.Sleep(ctx, wait)
	}
	return &WaitError{Wait: wait, Account: caller.Account.Name}
}
