package server

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	defaultRate  = 20
	defaultBurst = 60
	// maxLimiters is from how many accounts on those that have not called for a while are forgotten.
	maxLimiters = 1000
)

// limits bounds how often each account calls, on this node. Its zero value is ready.
type limits struct {
	mu       sync.Mutex
	accounts map[int64]*rate.Limiter
}

// wait tells how long an account has to wait; zero when it may call now.
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
			// A full bucket is what a new one is.
			if len(l.accounts) >= maxLimiters && idle.TokensAt(now) >= float64(burst) {
				delete(l.accounts, id)
			}
		}
		limiter = rate.NewLimiter(rate.Limit(perSecond), burst)
		l.accounts[account] = limiter
	}
	r := limiter.ReserveN(now, 1)
	delay := r.DelayFrom(now)
	if delay > 0 {
		r.CancelAt(now)
	}
	return delay
}

// throttle refuses a call of an account that calls too often.
func (c *call) throttle() error {
	o := &c.s.options
	wait := c.s.limits.wait(c.account.ID, o.Rate, o.Burst, o.Now())
	if wait == 0 {
		return nil
	}
	c.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return &httpError{http.StatusTooManyRequests, c.account.Name + " calls too often: wait as long as Retry-After says", "RateLimitExceededException"}
}
