// Package cutwire is a connection that tests can cut: a TCP proxy on the loopback interface, between a program and a
// server.
package cutwire

import (
	"context"
	"errors"
	"net"
	"sync"
)

// Wire forwards bytes between its clients and a server. It is safe for concurrent use.
type Wire struct {
	listener net.Listener
	target   string
	copies   sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond
	// frozen forwards nothing, cut refuses every connection, closed is final.
	frozen, cut, closed bool
	open                map[net.Conn]struct{}
}

// New returns a wire to the server at an address, host:port. Close ends it.
func Start(ctx context.Context, target string) (*Wire, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &Wire{listener: listener, target: target, open: map[net.Conn]struct{}{}}
	w.changed = sync.NewCond(&w.mu)
	ctx = context.WithoutCancel(ctx)
	w.copies.Go(func() { w.accept(ctx) })
	return w, nil
}

// Address returns the address for clients, host:port.
func (w *Wire) Address() string { return w.listener.Addr().String() }

// Cut breaks all connections and refuses new ones.
func (w *Wire) Cut() {
	w.set(func() {
		w.cut = true
		w.breakAll()
	})
}

// Freeze stops forwarding silently, also for new connections, which are still accepted. Bytes that were on the way
// arrive after Heal, because TCP sends unacknowledged bytes again.
func (w *Wire) Freeze() { w.set(func() { w.frozen = true }) }

// Heal ends Cut and Freeze.
func (w *Wire) Heal() { w.set(func() { w.cut, w.frozen = false, false }) }

// Close breaks all connections and ends the wire.
func (w *Wire) Close() error {
	err := w.listener.Close()
	w.set(func() {
		w.closed = true
		w.breakAll()
	})
	w.copies.Wait()
	return err
}

func (w *Wire) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
	w.changed.Broadcast()
}

// breakAll resets the connections: clients get an error and not the end of a stream.
func (w *Wire) breakAll() {
	for c := range w.open {
		drop(c)
	}
	clear(w.open)
}

func drop(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

func (w *Wire) accept(ctx context.Context) {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.copies.Go(func() { w.connect(ctx, client) })
	}
}

// connect connects a client to the server, unless the wire is cut.
func (w *Wire) connect(ctx context.Context, client net.Conn) {
	if !w.pass(client) {
		drop(client)
		return
	}
	server, err := new(net.Dialer).DialContext(ctx, "tcp", w.target)
	if err != nil {
		drop(client)
		return
	}
	if !w.pass(server) {
		drop(client)
		drop(server)
		return
	}
	var both sync.WaitGroup
	both.Go(func() { w.copy(server, client) })
	both.Go(func() { w.copy(client, server) })
	both.Wait()
	w.set(func() {
		delete(w.open, client)
		delete(w.open, server)
	})
	_ = client.Close()
	_ = server.Close()
}

// pass registers a connection and waits while the wire is frozen. It returns false if the wire is cut.
func (w *Wire) pass(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.cut && !w.closed {
		w.open[c] = struct{}{}
	}
	for w.frozen && !w.cut && !w.closed {
		w.changed.Wait()
	}
	_, open := w.open[c]
	return open
}

// copy forwards bytes from one side to the other, until either ends.
func (w *Wire) copy(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if !w.pass(from) {
			return
		}
		if n > 0 {
			if _, writeErr := to.Write(buffer[:n]); writeErr != nil {
				err = errors.Join(err, writeErr)
			}
		}
		if err != nil {
			// The end of one direction is the end of both: PostgreSQL has no half-open connections.
			_ = to.Close()
			_ = from.Close()
			return
		}
	}
}
