package scanqueue

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/sluice-scan/sluice/internal/store/queue"
)

const (
	// stillEvery is how often a stream sends something, so that proxies keep it open and the server notices a lost client.
	stillEvery = 15 * time.Second
	// streamFor is how long a stream lasts. Then the client reconnects, and the server resolves its rights again.
	streamFor = 10 * time.Minute
	// writeWithin is how long a client may take to read what it was sent.
	writeWithin = 30 * time.Second
)

// Stream is one client that follows the queue by server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
type Stream struct {
	W io.Writer
	// Flush sends what was written. It returns an error if the client has disconnected.
	Flush func() error
	// Deadline bounds the next write.
	Deadline func(time.Time) error
	// Event makes the data of the event "queue" from the queue: one line. It is called every second; what equals the data before is not sent
	// again. After an error the stream ends with it.
	Event func(context.Context, []queue.Activity) ([]byte, error)
	// Still is sent when there is nothing to say for a while: a comment, or an event.
	Still string
}

// Follow streams the changes of the queue until the client disconnects, the hub is closed, or ten minutes are over.
func (h *Hub) Follow(ctx context.Context, s *Stream) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	begun, spoken := time.Now(), time.Time{}
	var last []byte
	for {
		activities, err := h.Activities(ctx)
		if err != nil {
			return err
		}
		event, err := s.Event(ctx, activities)
		if err != nil {
			return err
		}
		text := ""
		switch {
		case last == nil:
			text = fmt.Sprintf("retry: 3000\nevent: queue\ndata: %s\n\n", event)
		case !bytes.Equal(event, last):
			text = fmt.Sprintf("event: queue\ndata: %s\n\n", event)
		case time.Since(spoken) >= stillEvery:
			text = s.Still
		}
		if last = event; text != "" {
			if err := s.send(text); err != nil {
				return err
			}
			spoken = time.Now()
		}
		if time.Since(begun) > streamFor {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.closed:
			return nil
		case <-tick.C:
		}
	}
}

func (s *Stream) send(text string) error {
	// A connection without deadlines cannot be bounded.
	_ = s.Deadline(time.Now().Add(writeWithin))
	if _, err := io.WriteString(s.W, text); err != nil {
		return err
	}
	return s.Flush()
}
