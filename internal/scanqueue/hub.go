package scanqueue

import (
	"context"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/store/queue"
)

const (
	// pollEvery is how often the queue is read while somebody looks at it.
	pollEvery = time.Second
	// maxStreams and maxOfAccount bound the streams of a node, and those of one account.
	maxStreams   = 500
	maxOfAccount = 20
)

// Activities gives the queue of all repositories.
type Activities interface {
	Activities(ctx context.Context) ([]queue.Activity, error)
}

// Hub reads the queue for all callers and streams of this node: at most once per pollEvery, and only when somebody asks. It is safe for
// concurrent use.
type Hub struct {
	activities Activities
	closed     chan struct{}
	closing    sync.Once

	mu        sync.Mutex
	streams   int
	ofAccount map[int64]int
	asked     time.Time
	seen      []queue.Activity
}

// NewHub returns a Hub. It starts no goroutine.
func NewHub(a Activities) *Hub {
	return &Hub{activities: a, closed: make(chan struct{}), ofAccount: map[int64]int{}}
}

// Enter takes one of the places for streams for an account. Call leave at the end. ok is false when there is no place.
func (h *Hub) Enter(account int64) (leave func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams >= maxStreams || h.ofAccount[account] >= maxOfAccount {
		return nil, false
	}
	h.streams++
	h.ofAccount[account]++
	return sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.streams--
		if h.ofAccount[account]--; h.ofAccount[account] == 0 {
			delete(h.ofAccount, account)
		}
	}), true
}

// Activities returns the queue, at most pollEvery old. Concurrent callers share one query. The list must not be changed.
func (h *Hub) Activities(ctx context.Context) ([]queue.Activity, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) < pollEvery*9/10 {
		return h.seen, nil
	}
	activities, err := h.activities.Activities(ctx)
	if err == nil {
		h.asked, h.seen = time.Now(), activities
	}
	return activities, err
}

// Forget lets the next caller see a change of the queue at once.
func (h *Hub) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = time.Time{}
}

// Close ends all streams, so that the server can stop. Later streams end after their first event.
func (h *Hub) Close() { h.closing.Do(func() { close(h.closed) }) }
