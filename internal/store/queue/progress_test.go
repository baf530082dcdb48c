package queue

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// counter counts a batch: it takes a while, and finds one more scan done each time.
type counter struct {
	takes time.Duration
	n     int
	fails error
}

func (c *counter) count(context.Context, int64) (map[State]int, error) {
	time.Sleep(c.takes) // the clock of the bubble
	c.n++
	return map[State]int{Succeeded: c.n, Queued: largeBatch}, c.fails
}

// TestALargeBatchIsCountedForAllWhoLook once, and then seldom.
func TestALargeBatchIsCountedForAllWhoLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p progress
		c := &counter{takes: 2 * time.Second}
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				states, err := p.of(t.Context(), 1, c.count)
				require.NoError(t, err)
				require.Equal(t, map[State]int{Succeeded: 1, Queued: largeBatch}, states)
			})
		}
		wait.Wait()
		require.Equal(t, 1, c.n)

		time.Sleep(19 * time.Second)
		began := time.Now()
		_, err := p.of(t.Context(), 1, c.count)
		require.NoError(t, err)
		require.Zero(t, time.Since(began), "they are still good")

		time.Sleep(2 * time.Second)
		wait.Go(func() {
			states, err := p.of(t.Context(), 1, c.count)
			require.NoError(t, err)
			require.Equal(t, map[State]int{Succeeded: 2, Queued: largeBatch}, states)
		})
		synctest.Wait()
		began = time.Now()
		states, err := p.of(t.Context(), 1, c.count)
		require.NoError(t, err)
		require.Equal(t, map[State]int{Succeeded: 1, Queued: largeBatch}, states, "who comes while somebody counts does not wait")
		require.Zero(t, time.Since(began))
		wait.Wait()
		require.Equal(t, 2, c.n)
	})
}

// TestASmallBatchIsCountedAtEachLook, apart from others.
func TestASmallBatchIsCountedAtEachLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p progress
		one, other := &counter{}, &counter{}
		for n := range 3 {
			states, err := p.of(t.Context(), 1, one.count)
			require.NoError(t, err)
			require.Equal(t, map[State]int{Succeeded: n + 1, Queued: largeBatch}, states)
		}
		states, err := p.of(t.Context(), 2, other.count)
		require.NoError(t, err)
		require.Equal(t, map[State]int{Succeeded: 1, Queued: largeBatch}, states)
	})
}

// TestAFailureIsNotRemembered, and neither are batches without end.
func TestAFailureIsNotRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p progress
		c := &counter{takes: time.Second, fails: errors.New("the database does not answer")}
		_, err := p.of(t.Context(), 1, c.count)
		require.ErrorIs(t, err, c.fails)
		c.fails = nil
		states, err := p.of(t.Context(), 1, c.count)
		require.NoError(t, err)
		require.Equal(t, map[State]int{Succeeded: 2, Queued: largeBatch}, states)
		for id := range int64(3 * maxBatches) {
			_, err := p.of(t.Context(), id, (&counter{}).count)
			require.NoError(t, err)
		}
		require.LessOrEqual(t, len(p.batches), maxBatches)
	})
}
