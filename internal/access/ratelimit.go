package access

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// A script's loop makes some dozens of calls a second. It is slowed down if it makes more.
	defaultRate  = 100
	defaultBurst = 200
	// longestHold is how long a call is delayed instead of refused.
	longestHold = 2 * time.Second
	// maxLimiters is how many accounts are kept. Beyond it, accounts that have not called for a while are dropped.
	maxLimiters = 1000
)

// limits limits how often each account calls, on this node. Its zero value is ready.
type limits struct {
	mu       sync.Mutex
	accounts map[int64]*rate.Limiter
}

// wait returns how long an account must wait; zero if it may call now. A wait of up to longestHold counts as a call,
// because the caller makes the call after it.
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

// Throttle delays a call of an account that calls too often. It returns a [WaitError] if the wait would be long, and the
// cause if ctx ends first.
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
