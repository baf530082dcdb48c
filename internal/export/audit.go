package export

import (
	"context"
	"io"
	"strconv"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// AuditLog is the audit log. It must be safe for concurrent use.
type AuditLog interface {
	// List returns the entries that match a filter, newest first.
	List(ctx context.Context, filter audit.Filter, page db.Page) ([]audit.Event, error)
}

// AuditFile is the name of a file with entries of the audit log.
const AuditFile = "sluice-audit.csv"

// ActionAuditExported is the audit log's action for an export of the audit log.
const ActionAuditExported = "audit.exported"

// WriteAudit writes the entries that match a filter as CSV, newest first. It reads them in pieces, so that memory is bounded,
// and leaves out what is added meanwhile. flush sends what was written so far; its error ends the file.
func WriteAudit(ctx context.Context, log AuditLog, filter audit.Filter, w io.Writer, flush func() error) error {
	s := newSheet(w, flush, []string{"number", "date", "actor", "action", "object", "detail", "hash"})
	for {
		list, err := log.List(ctx, filter, db.Page{Limit: pieceSize})
		if err != nil {
			return err
		}
		for i := range list {
			e := &list[i]
			if err := s.write([]string{strconv.FormatInt(e.Seq, 10), db.DateText(e.At), e.Actor, e.Action, e.Object, e.Detail, e.Hash}); err != nil {
				return err
			}
			filter.Before = e.Seq
		}
		if err := s.send(); err != nil || len(list) < pieceSize {
			return err
		}
	}
}
