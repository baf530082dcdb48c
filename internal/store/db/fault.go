package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrSilent is returned at once while PostgreSQL has not answered for some time; see link.
var ErrSilent = errors.New("the database does not answer; check its server and the network path to it")

// Unavailable reports whether an error means that the database cannot be reached or did not answer in time. The
// statement may have taken effect; callers may retry.
func Unavailable(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return unavailableState(refused.Code)
	}
	var locked *sqlite.Error
	if errors.As(err, &locked) {
		// The low byte is the class of the error (https://sqlite.org/rescode.html).
		return locked.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	var lost *lostError
	return errors.As(err, &lost) || errors.Is(err, ErrSilent) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, context.DeadlineExceeded)
}

// unavailableState reports whether a PostgreSQL error code is about the server and not about the statement (PostgreSQL
// manual, appendix A): a broken connection, no free connection slot, a server that starts or stops, a terminated
// session, a lock timeout.
func unavailableState(code string) bool {
	switch code {
	case pgTooManyConnections, "57P01", "57P02", "57P03", "57P05", "25P03", "55P03":
		return true
	}
	return strings.HasPrefix(code, "08")
}

// Full reports whether an error means that the database's disk is full. The change had no effect, and no change is
// possible until there is space again.
func Full(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code == "53100"
	}
	var broken *sqlite.Error
	if errors.As(err, &broken) {
		switch broken.Code() {
		// SQLite reports an exceeded quota or file size limit as a write error, not as a full disk.
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE:
			return true
		}
	}
	return errors.Is(err, syscall.ENOSPC)
}
