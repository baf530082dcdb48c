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

// ErrSilent is why nothing is asked of a PostgreSQL that has not answered for a while; see link.
var ErrSilent = errors.New("the database does not answer; look at its server and at the network between")

// Unavailable reports whether an error says that the database cannot be reached, or does not answer in time: what was asked for may be
// asked again, and may have been done.
func Unavailable(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return unavailableState(refused.Code)
	}
	var locked *sqlite.Error
	if errors.As(err, &locked) {
		// The lower byte is the kind of the error (https://sqlite.org/rescode.html).
		return locked.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	var lost *lostError
	return errors.As(err, &lost) || errors.Is(err, ErrSilent) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, context.DeadlineExceeded)
}

// unavailableState reports whether PostgreSQL's code for an error speaks of the server and not of what was asked (its manual, appendix A):
// a connection that broke, no place for another one, a server that starts or stops, a session that it ended, a lock that did not come.
func unavailableState(code string) bool {
	switch code {
	case pgTooManyConnections, "57P01", "57P02", "57P03", "57P05", "25P03", "55P03":
		return true
	}
	return strings.HasPrefix(code, "08")
}

// Full reports whether an error says that the disk of the database is full: nothing can be changed until there is space again, and
// nothing of the change was made.
func Full(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code == "53100"
	}
	var broken *sqlite.Error
	if errors.As(err, &broken) {
		switch broken.Code() {
		// A quota and a limit on the size of files are no ENOSPC: SQLite calls those an error of the write.
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE:
			return true
		}
	}
	return errors.Is(err, syscall.ENOSPC)
}
