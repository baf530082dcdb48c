package scanqueue_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// counted counts how often it is asked.
type counted struct{ asked atomic.Int64 }

func (c *counted) Activities(context.Context) ([]queue.Activity, error) {
	return []queue.Activity{{RepositoryID: 1, Queued: int(c.asked.Add(1))}}, nil
}

func TestManyCallersAskTheQueueOnce(t *testing.T) {
	t.Parallel()
	c := &counted{}
	h := scanqueue.NewHub(c)
	for range 100 {
		list, err := h.Activities(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 1)
	}
	require.LessOrEqual(t, c.asked.Load(), int64(2))
	before := c.asked.Load()
	h.Forget()
	_, err := h.Activities(t.Context())
	require.NoError(t, err)
	require.Equal(t, before+1, c.asked.Load(), "a change is seen at once")
}

func TestStreamsOfAnAccountAreBounded(t *testing.T) {
	t.Parallel()
	h := scanqueue.NewHub(&counted{})
	var leave []func()
	for {
		l, ok := h.Enter(1)
		if !ok {
			break
		}
		leave = append(leave, l)
		require.Less(t, len(leave), 100)
	}
	_, ok := h.Enter(2)
	require.True(t, ok, "one account takes no place of another")
	leave[0]()
	leave[0]()
	_, ok = h.Enter(1)
	require.True(t, ok)
	_, ok = h.Enter(1)
	require.False(t, ok, "a place is given back once")
	others := 0
	for account := int64(3); ; account++ {
		if _, ok := h.Enter(account); !ok {
			break
		}
		others++
		require.Less(t, others, 1000)
	}
	require.Greater(t, others, 100, "all streams of a node are bounded too")
}

// TestAStreamEnds with its client, with the server, and with an error; until then it says what changed, and nothing twice.
func TestAStreamEnds(t *testing.T) {
	t.Parallel()
	ended := errors.New("the rights ended")
	h := scanqueue.NewHub(&counted{})
	follow := func(ctx context.Context, event func(n int) (string, error)) (string, error) {
		var text strings.Builder
		n := 0
		err := h.Follow(ctx, &scanqueue.Stream{
			W: &text, Flush: func() error { return nil }, Deadline: func(time.Time) error { return nil }, Still: ": still\n\n",
			Event: func(context.Context, []queue.Activity) ([]byte, error) {
				n++
				text, err := event(n)
				return []byte(text), err
			},
		})
		return text.String(), err
	}
	text, err := follow(t.Context(), func(n int) (string, error) {
		if n == 4 {
			return "", ended
		}
		return fmt.Sprint(n / 2), nil
	})
	require.ErrorIs(t, err, ended)
	require.Equal(t, "retry: 3000\nevent: queue\ndata: 0\n\nevent: queue\ndata: 1\n\n", text)

	ctx, cancel := context.WithCancel(t.Context())
	_, err = follow(ctx, func(int) (string, error) { cancel(); return "x", nil })
	require.ErrorIs(t, err, context.Canceled)

	err = h.Follow(t.Context(), &scanqueue.Stream{W: io.Discard, Flush: func() error { return io.ErrClosedPipe }, Deadline: func(time.Time) error { return nil }, Event: func(context.Context, []queue.Activity) ([]byte, error) { return []byte("x"), nil }})
	require.ErrorIs(t, err, io.ErrClosedPipe, "a client that is gone")

	h.Close()
	h.Close()
	_, err = follow(t.Context(), func(int) (string, error) { return "x", nil })
	require.NoError(t, err, "the server stops")
}
