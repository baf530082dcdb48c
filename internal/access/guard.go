package access

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// The guard counts wrong passwords by account and address together, by address, and by account. After some of them, the
// next attempt must wait, longer each time. Attempts for one account from one address run one at a time, so that many at
// once wait for each other. Nothing is ever locked: the right password works after the wait, and at once from an address
// without wrong ones, whatever others do elsewhere. Tokens are too long to guess and are not counted.
const (
	// freeTries and freeOfAddress are how many wrong passwords in a row cost no wait. freeOfAccount is the same for an
	// account over all addresses.
	freeTries     = 5
	freeOfAddress = 20
	freeOfAccount = 50
	// firstDelay doubles with each wrong password, up to longestDelay. accountDelay applies to an account that many
	// addresses try.
	firstDelay   = 250 * time.Millisecond
	longestDelay = 5 * time.Second
	accountDelay = time.Second
	// maxHeld is how long a call is held. A caller who would wait longer learns when to retry.
	maxHeld = 10 * time.Second
	// maxWaiting limits how many calls wait for each other.
	maxWaiting = 32
	// forgetAfter is how long after the last wrong password the count is forgotten.
	forgetAfter = 15 * time.Minute
	// knownFor is how long an account is known at an address after a sign-in there. Attempts of others do not slow a known
	// account down.
	knownFor = 24 * time.Hour
	// maxTallies is how many tallies are kept. Beyond it the oldest are dropped.
	maxTallies = 10_000
)

// tally counts consecutive wrong passwords of one key.
type tally struct {
	// turn is held by the current attempt.
	turn    chan struct{}
	waiting int
	wrong   int
	last    time.Time
	// next is when the next attempt is allowed.
	next time.Time
}

// guard holds the tallies of this node. Its zero value is ready.
type guard struct {
	mu      sync.Mutex
	tallies map[string]*tally
	// good is when an account last signed in from an address, by account and address.
	good map[string]time.Time
}

// guardKeys are the keys of the tallies of an attempt.
func guardKeys(account, address string) (pair, ofAddress, ofAccount string) {
	account = Shortened(strings.ToLower(account))
	return "p" + address + "\x00" + account, "a" + address, "n" + account
}

// tally returns the tally of a key. The caller holds the lock.
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

// forget drops the old tallies, and the oldest half if too many remain.
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

// clean reports whether there were no wrong passwords for an account from an address. Then a cached password needs no
// guarding.
func (g *guard) clean(account, address string, now time.Time) bool {
	pair, _, _ := guardKeys(account, address)
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.tallies[pair]
	return t == nil || t.wrong == 0 || now.Sub(t.last) >= forgetAfter
}

// try checks one password when its turn comes, and counts the result. wrong is how many passwords in a row were wrong
// for the account from this address: including this one, or before a right one.
func (g *guard) try(ctx context.Context, account, address string, now func() time.Time, sleep func(ctx context.Context, d time.Duration) error, check func() bool) (right bool, wrong int, err error) {
	pair, ofAddress, ofAccount := guardKeys(account, address)
	g.mu.Lock()
	at := now()
	t := g.tally(pair, at)
	if t.waiting >= maxWaiting {
		g.mu.Unlock()
		return false, 0, &WaitError{Wait: maxHeld, Guesses: true}
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
		return false, 0, &WaitError{Wait: maxHeld, Guesses: true}
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
		return false, 0, &WaitError{Wait: wait, Guesses: true}
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

// count counts a wrong password.
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
