package access

import (
	"context"
	"net/netip"
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
	// signInRate and signInBurst limit the attempts of one address to sign in elsewhere: the people of an office share an address, and each
	// attempt makes the server call the provider.
	signInRate  = 5
	signInBurst = 50
	// maxLimiters is how many callers are kept. Beyond it, those that have not called for a while are dropped.
	maxLimiters = 1000
)

// limits limits how often each caller calls, on this node. Its zero value is ready.
type limits[K comparable] struct {
	mu      sync.Mutex
	callers map[K]*rate.Limiter
}

// wait returns how long a caller must wait; zero if it may call now. A wait of up to longestHold counts as a call,
// because the caller makes the call after it.
func (l *limits[K]) wait(caller K, perSecond float64, burst int, now time.Time) time.Duration {
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
	if l.callers == nil {
		l.callers = map[K]*rate.Limiter{}
	}
	limiter, ok := l.callers[caller]
	if !ok {
		for id, idle := range l.callers {
			// A full bucket equals a new one.
			if len(l.callers) >= maxLimiters && idle.TokensAt(now) >= float64(burst) {
				delete(l.callers, id)
			}
		}
		limiter = rate.NewLimiter(rate.Limit(perSecond), burst)
		l.callers[caller] = limiter
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

// ThrottleAddress is Throttle for somebody who has not signed in yet, by the address.
func (c *Control) ThrottleAddress(ctx context.Context, address string) error {
	o := &c.options
	if o.Rate < 0 {
		return nil
	}
	wait := c.addresses.wait(network(address), signInRate, signInBurst, o.Now())
	switch {
	case wait == 0:
		return nil
	case wait <= longestHold:
		return o.Sleep(ctx, wait)
	}
	return &WaitError{Wait: wait}
}

// network is the address itself, or the network of an IPv6 address: one customer has a whole one (RFC 6177).
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Is4() {
		return address
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}
