package queue

import (
	"context"
	"sync"
	"time"
)

const (
	// staleFor is how many times as long as it took to count a batch the counts are good. The scans of a large batch take seconds to count and
	// hours to run; those of a small one are counted at each look.
	staleFor = 10
	// largeBatch is how many scans a batch has whose counts are remembered. Smaller ones are counted at each look, however slow the machine is.
	largeBatch = 10_000
	// maxBatches bounds how many batches are remembered.
	maxBatches = 1000
)

// progress remembers how many scans of each batch are in which state. Many people look at the progress of a large batch at once. It is safe for
// concurrent use.
type progress struct {
	mu      sync.Mutex
	batches map[int64]*counted
}

// counted is a batch. The one who counts it has put something into counting; mu protects the rest.
type counted struct {
	counting chan struct{}

	mu     sync.Mutex
	states map[State]int
	at     time.Time
	took   time.Duration
}

// of returns the counts of a batch. They must not be changed. While somebody counts it again, others get the last counts.
func (p *progress) of(ctx context.Context, batch int64, count func(ctx context.Context, batch int64) (map[State]int, error)) (map[State]int, error) {
	c := p.counted(batch)
	states, fresh := c.last()
	if fresh {
		return states, nil
	}
	select {
	case c.counting <- struct{}{}:
	default:
		if states != nil {
			return states, nil
		}
		select {
		case c.counting <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer func() { <-c.counting }()
	if states, fresh := c.last(); fresh {
		return states, nil
	}
	began := time.Now()
	states, err := count(ctx, batch)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.states, c.at = states, time.Now()
	c.took = 0
	if total(states) >= largeBatch {
		c.took = c.at.Sub(began)
	}
	return states, nil
}

func total(states map[State]int) (n int) {
	for _, count := range states {
		n += count
	}
	return n
}

func (c *counted) last() (states map[State]int, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.states, c.states != nil && time.Since(c.at) < staleFor*c.took
}

func (p *progress) counted(batch int64) *counted {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.batches[batch]
	if c == nil {
		if len(p.batches) >= maxBatches || p.batches == nil {
			p.batches = map[int64]*counted{}
		}
		c = &counted{counting: make(chan struct{}, 1)}
		p.batches[batch] = c
	}
	return c
}
