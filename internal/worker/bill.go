package worker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

// billsAtOnce bounds how many bills of materials are made at once: each looks through a whole tree.
const billsAtOnce = 2

// Bills makes bills of materials of branches when somebody asks for one. It is safe for concurrent use.
type Bills struct {
	Scan       *BranchScan
	Connection connection.Connection

	room chan struct{}
}

// NewBills makes it.
func NewBills(s *BranchScan, c connection.Connection) *Bills {
	return &Bills{Scan: s, Connection: c, room: make(chan struct{}, billsAtOnce)}
}

// Bill looks through the head of a branch and gives what writes its dependencies in a format; other requests are waited for.
// store.ErrNotFound means that there is no such branch any more.
func (b *Bills) Bill(ctx context.Context, r *catalog.Repository, branch string, name format.Name) (write func(w io.Writer) error, err error) {
	select {
	case b.room <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-b.room }()
	defer func() {
		if errors.Is(err, ErrBranchGone) || errors.Is(err, connection.ErrGone) {
			err = fmt.Errorf("%w: %w", db.ErrNotFound, err)
		}
	}()
	dir, release, err := b.Connection.Open(ctx, r.Location)
	if err != nil {
		return nil, err
	}
	defer release()
	result, err := b.Scan.dependencies(ctx, dir, r, branch)
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error { return format.Write(w, name, result, format.Options{Version: b.Scan.Version}) }, nil
}

// dependencies looks for nothing but dependencies.
func (b *BranchScan) dependencies(ctx context.Context, dir string, r *catalog.Repository, branch string) (*scan.Result, error) {
	head, err := headOf(dir, branch)
	if err != nil {
		return nil, err
	}
	lookup := b.lookup(&queue.Job{Repository: r.ID, Branch: branch})
	checkout, plan, err := engine.Open(ctx, func(name string) (string, bool) {
		if name == "ENGINES" {
			return engine.WithPackages(), true
		}
		return lookup(name)
	}, engine.Place{Dir: dir, Revision: head}, engine.Means{History: engine.HistoryOff, Dependencies: b.Advisories}, b.Log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = checkout.Close() }()
	result, err := engine.Scan(ctx, checkout, plan, nil)
	if err != nil {
		return nil, fmt.Errorf("list the dependencies: %w", err)
	}
	result.Repository = r.ProjectKey + "/" + r.Slug
	return result, nil
}
