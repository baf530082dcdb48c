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

// sbomsAtOnce limits how many SBOMs are made at once, because each reads a whole tree.
const sbomsAtOnce = 2

// SBOMs makes SBOMs of branches on request. It is safe for concurrent use.
type SBOMs struct {
	Scan       *BranchScan
	Connection connection.Opener

	room chan struct{}
}

// NewSBOMs returns the SBOMs of a connection's repositories, with the variables and advisories of a scan.
func NewSBOMs(s *BranchScan, c connection.Opener) *SBOMs {
	return &SBOMs{Scan: s, Connection: c, room: make(chan struct{}, sbomsAtOnce)}
}

// SBOM scans the head of a branch and returns a function that writes its dependencies in a format. It waits while too
// many other requests run. It returns db.ErrNotFound if the branch was deleted.
func (s *SBOMs) SBOM(ctx context.Context, r *catalog.Repository, branch string, name format.Name) (write func(w io.Writer) error, err error) {
	select {
	case s.room <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.room }()
	defer func() {
		if errors.Is(err, ErrBranchGone) || errors.Is(err, connection.ErrGone) {
			err = fmt.Errorf("%w: %w", db.ErrNotFound, err)
		}
	}()
	dir, release, err := s.Connection.Open(ctx, r.Location)
	if err != nil {
		return nil, err
	}
	defer release()
	result, err := s.Scan.dependencies(ctx, dir, r, branch)
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error { return format.Write(w, name, result, format.Options{Version: s.Scan.Version}) }, nil
}

// dependencies scans for dependencies only.
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
