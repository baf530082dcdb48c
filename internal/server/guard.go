package server

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Wrong passwords are counted by account and address together, by address, and by account. After some of them the next try is made to
// wait, longer each time; tries of one account from one address go one by one, so that many at once wait for each other. Nothing is
// locked: who has the right password gets in after the wait, and from an address without wrong ones at once, whatever strangers do
// elsewhere. Tokens are too long to be guessed and are not counted.
const (
	// freeTries and freeOfAddress are how many wrong passwords in a row cost no waiting; freeOfAccount is the same over all addresses.
	freeTries     = 5
	freeOfAddress = 20
	freeOfAccount = 50
	// firstDelay doubles with each wrong password up to longestDelay. accountDelay is the one of an account that many addresses try.
	firstDelay   = 250 * time.Millisecond
	longestDelay = 5 * time.Second
	accountDelay = time.Second
	// maxHeld is how long a call is held; who would wait longer is told when to come again.
	maxHeld = 10 * time.Second
	// maxWaiting bounds how many calls wait for one another.
	maxWaiting = 32
	// forgetAfter is how long after the last wrong password they are forgotten.
	forgetAfter = 15 * time.Minute
	// knownFor is how long an account is known at an address where it has signed in: what others do there does not slow it down.
	knownFor = 24 * time.Hour
	// maxTallies is from how many on the oldest are forgotten.
	maxTallies = 10_000
)

// tally counts wrong passwords of one kind in a row.
type tally struct {
	// turn holds the one try that is being made.
	turn    chan struct{}
	waiting int
	wrong   int
	last    time.Time
	// next is when the next try may be made.
	next time.Time
}

// guard keeps the tallies of this node. Its zero value is ready.
type guard struct {
	mu      sync.Mutex
	tallies map[string]*tally
	// good is when an account has signed in last from an address, by both.
	good map[string]time.Time
}

// tooManyError is why a try is not made: there were too many wrong ones.
type tooManyError struct{ wait time.Duration }

func (e *tooManyError) Error() string { return "too many wrong passwords" }

// keys are those of the tallies of a try.
func guardKeys(account, address string) (pair, ofAddress, ofAccount string) {
	account = shortened(strings.ToLower(account))
	return "p" + address + "\x00" + account, "a" + address, "n" + account
}

// tally gives the tally of a key. The caller holds the lock.
func (g *guard) tally(key string, now time.Time) *tally {
	t := g.tallies[key]
	if t == nil {
		if g.tallies == nil {
			g.tallies, g.good = map[string]*tally{}, map[string]time.Time{}
		}
		if len(g.tallies) >= maxTallies {
			g.forget(now)
		}
		t = &tally{turn: make(chan struct{}, 1)}
		g.tallies[key] = t
	}
	if t.wrong > 0 && now.Sub(t.last) >= forgetAfter {
		t.wrong, t.next = 0, time.Time{}
	}
	return t
}

// forget drops what is old, and when that is too little the half that is oldest.
func (g *guard) forget(now time.Time) {
	maps.DeleteFunc(g.good, func(_ string, at time.Time) bool { return now.Sub(at) >= knownFor })
	maps.DeleteFunc(g.tallies, func(_ string, t *tally) bool { return t.waiting == 0 && now.Sub(t.last) >= forgetAfter })
	if len(g.tallies) < maxTallies {
		return
	}
	keys := slices.SortedFunc(maps.Keys(g.tallies), func(a, b string) int { return g.tallies[a].last.Compare(g.tallies[b].last) })
	for _, key := range keys[:len(keys)/2] {
		if g.tallies[key].waiting == 0 {
			delete(g.tallies, key)
		}
	}
}

// clean reports whether there were no wrong passwords for an account from an address: then a password that is known to be right needs
// no guarding.
func (g *guard) clean(account, address string, now time.Time) bool {
	pair, _, _ := guardKeys(account, address)
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.tallies[pair]
	return t == nil || t.wrong == 0 || now.Sub(t.last) >= forgetAfter
}

// try lets one password be checked when its turn comes, and notes how that went. wrong is how many were wrong in a row for the account
// from this address, this one among them, or before a right one.
func (g *guard) try(ctx context.Context, account, address string, now func() time.Time, sleep func(ctx context.Context, d time.Duration) error, check func() bool) (right bool, wrong int, err error) {
	pair, ofAddress, ofAccount := guardKeys(account, address)
	g.mu.Lock()
	at := now()
	t := g.tally(pair, at)
	if t.waiting >= maxWaiting {
		g.mu.Unlock()
		return false, 0, &tooManyError{maxHeld}
	}
	t.waiting++
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		t.waiting--
		g.mu.Unlock()
	}()
	held, cancel := context.WithTimeout(ctx, maxHeld)
	defer cancel()
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-held.Done():
		if ctx.Err() != nil {
			return false, 0, ctx.Err()
		}
		return false, 0, &tooManyError{maxHeld}
	}

	g.mu.Lock()
	at = now()
	a, n := g.tally(ofAddress, at), g.tally(ofAccount, at)
	wait := t.next.Sub(at)
	if seen, ok := g.good[pair]; !ok || at.Sub(seen) >= knownFor {
		wait = max(wait, a.next.Sub(at))
		if n.wrong >= freeOfAccount {
			wait = max(wait, accountDelay)
		}
	}
	g.mu.Unlock()
	if wait > maxHeld {
		return false, 0, &tooManyError{wait}
	}
	if wait > 0 {
		if err := sleep(ctx, wait); err != nil {
			return false, 0, err
		}
	}
	right = check()

	g.mu.Lock()
	defer g.mu.Unlock()
	at = now()
	if right {
		wrong = t.wrong
		t.wrong, t.next, n.wrong = 0, time.Time{}, 0
		g.good[pair] = at
		return true, wrong, nil
	}
	t.count(freeTries, at)
	a.count(freeOfAddress, at)
	n.count(math.MaxInt, at)
	return false, t.wrong, nil
}

// count notes a wrong password.
func (t *tally) count(free int, now time.Time) {
	t.wrong++
	t.last = now
	if over := t.wrong - free; over >= 0 {
		delay := longestDelay
		if over < 5 {
			delay = min(firstDelay<<over, longestDelay)
		}
		t.next = now.Add(delay)
	}
}

// address is where a call comes from: the connection's other end, or, behind a proxy that is trusted, what that says.
func (s *Server) address(r *http.Request) string {
	host := r.RemoteAddr
	if from, err := netip.ParseAddrPort(host); err == nil {
		host = from.Addr().Unmap().String()
	}
	// The last ones were added by the proxies nearest to us.
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		here, err := netip.ParseAddr(host)
		if err != nil || !slices.ContainsFunc(s.options.Proxies, func(p netip.Prefix) bool { return p.Contains(here) }) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		host = next.Unmap().WithZone("").String()
	}
	return host
}

// checkPassword reports whether a password is that of a hash, in its turn.
func (c *call) checkPassword(name, password, hash string) (right bool, err error) {
	now, from := c.s.options.Now, c.s.address(c.r)
	if c.s.guard.clean(name, from, now()) && c.s.known.remembers(password, hash, now()) {
		return true, nil
	}
	right, wrong, err := c.s.guard.try(c.context(), name, from, now, c.s.options.Sleep, func() bool { return c.s.known.check(password, hash, now()) })
	// Somebody who has mistyped it is not worth a word.
	if !right && wrong > 0 || wrong >= freeTries {
		c.tried = fmt.Sprintf("%d wrong in a row from %s", wrong, from)
	}
	return right, err
}

// slowDown answers who is to wait.
func (c *call) slowDown(wait time.Duration, message, exception string) error {
	c.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	return &httpError{http.StatusTooManyRequests, message, exception}
}
