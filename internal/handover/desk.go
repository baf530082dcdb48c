package handover

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/exchanges"
	"github.com/sluice-scan/sluice/scan/pace"
)

// Options configure a desk.
type Options struct {
	Store *exchanges.Exchanges
	// Box wraps what is sealed already, so that the database alone is worth nothing even to somebody who breaks the rest.
	Box seal.Box
	// Poll is the time between looks for an answer that another node received; 0 means a quarter of a second.
	Poll time.Duration
	Log  *slog.Logger
}

// Desk is where the credentials of one node are asked for and handed over. It is safe for concurrent use.
type Desk struct {
	o Options

	mu sync.Mutex
	// waiting are the requests of this node, by id.
	waiting map[string]chan struct{}
	// used is true after something was picked up here.
	used bool
}

// New returns a desk. It does nothing before Run.
func New(o Options) *Desk {
	if o.Poll == 0 {
		o.Poll = 250 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{o: o, waiting: map[string]chan struct{}{}}
}

// Request is a request for a credential.
type Request struct {
	// ID names it to the one who gives the credential. It is random.
	ID string

	desk  *Desk
	owner string
	key   key
	wake  chan struct{}
}

// ErrNobody means that nobody gave a credential in time.
var ErrNobody = errors.New("nobody handed over a credential in time")

// ErrNoRequest means that there is no request to answer: it was answered already, or its minute is over.
var ErrNoRequest = errors.New("there is no such request, or it has been answered or has expired")

// place binds an answer to its request, so that a row which is moved does not open.
func place(id, owner string) string { return "exchange " + id + " of " + owner }

// Ask makes a request that an owner may answer. person is for whom it is asked; empty for the server itself. The caller
// must call Close. The error is exchanges.ErrTooMany if there are too many requests.
func (d *Desk) Ask(ctx context.Context, owner, person string) (*Request, error) {
	k, public, err := newKey()
	if err != nil {
		return nil, err
	}
	r := &Request{ID: strings.ToLower(rand.Text()), desk: d, owner: owner, key: k, wake: make(chan struct{}, 1)}
	if err := d.o.Store.Ask(ctx, &exchanges.Request{ID: r.ID, Owner: owner, PublicKey: public}, person); err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.waiting[r.ID] = r.wake
	d.mu.Unlock()
	return r, nil
}

// Fill answers a request of an owner with a credential, which it does not keep. The error is ErrNoRequest if that is not
// possible any more.
func (d *Desk) Fill(ctx context.Context, id, owner string, secret []byte) error {
	r, err := d.o.Store.Waiting(ctx, id, owner)
	if errors.Is(err, db.ErrNotFound) {
		return ErrNoRequest
	}
	if err != nil {
		return err
	}
	at := place(id, owner)
	sealed, err := sealFor(r.PublicKey, at, secret)
	if err != nil {
		return err
	}
	err = d.o.Store.Fill(ctx, id, owner, d.o.Box.Seal(base64.RawStdEncoding.EncodeToString(sealed), at))
	if errors.Is(err, db.ErrNotFound) {
		return ErrNoRequest
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	wake := d.waiting[id]
	d.mu.Unlock()
	if wake != nil {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// Wait waits for the credential and picks it up. It succeeds once. The caller overwrites the bytes when they are no longer
// needed. The error is ErrNobody when ctx ends before.
func (r *Request) Wait(ctx context.Context) ([]byte, error) {
	every := time.NewTicker(r.desk.o.Poll)
	defer every.Stop()
	for {
		filled, err := r.desk.o.Store.Filled(ctx, r.ID)
		if err == nil && filled {
			return r.take(ctx)
		}
		if err != nil && ctx.Err() == nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ErrNobody
		case <-r.wake:
		case <-every.C:
		}
	}
}

func (r *Request) take(ctx context.Context) ([]byte, error) {
	wrapped, err := r.desk.o.Store.Take(ctx, r.ID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrNoRequest
	}
	if err != nil {
		return nil, err
	}
	r.desk.mu.Lock()
	r.desk.used = true
	r.desk.mu.Unlock()
	at := place(r.ID, r.owner)
	text, err := r.desk.o.Box.Open(wrapped, at)
	if err != nil {
		return nil, errSealed
	}
	sealed, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, errSealed
	}
	return r.key.open(sealed, at)
}

// Close deletes the request, if it is still there, and forgets its key.
func (r *Request) Close(ctx context.Context) {
	r.desk.mu.Lock()
	delete(r.desk.waiting, r.ID)
	r.desk.mu.Unlock()
	r.key = key{}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
	defer cancel()
	if err := r.desk.o.Store.Drop(ctx, r.ID); err != nil {
		r.desk.o.Log.Warn("a request for a credential could not be deleted; it expires within a minute", "error", err)
	}
}

const (
	// dropTime limits the deletion of a request.
	dropTime = 5 * time.Second
	// sweepEvery is the time between looks for expired requests.
	sweepEvery = 5 * time.Second
)

// Run deletes what has expired, until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	pace.Loop{Every: sweepEvery, Do: d.Sweep, Problem: func(err error) {
		d.o.Log.Error("expired requests for credentials could not be deleted", "error", err)
	}}.Run(ctx)
}

// Sweep deletes what has expired, and what is left in SQLite's log.
func (d *Desk) Sweep(ctx context.Context) error {
	n, err := d.o.Store.Sweep(ctx)
	if err != nil {
		return err
	}
	d.mu.Lock()
	used := d.used
	d.used = false
	d.mu.Unlock()
	if n == 0 && !used {
		return nil
	}
	return d.o.Store.Scrub(ctx)
}
