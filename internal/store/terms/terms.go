// Package terms defines names for the numbers in the database, for use in SQL: ":queued" is the state of a queued scan,
// and ":now" the database's own time.
package terms

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Numbers maps the terms to numbers. The Go types of the rooms have the same numbers; a test of package store compares
// them.
var Numbers = map[string]int{
	// The states of a scan, queue.State. Those up to ":running" have not ended.
	"queued": 0, "running": 1, "succeeded": 2, "failed": 3, "cancelled": 4, "dropped": 5,
	// The states of a finding, findings.State.
	"open": 0, "in_review": 1, "accepted": 2, "false_positive": 3, "fixed": 4,
	// The statuses of a branch, a repository and a project, status.Status, and the place of a repository without branches.
	"not_scanned": 0, "secure": 1, "vulnerable": 2, "partially_scanned": 3, "outdated": 4, "empty": 5,
	// The severities, scan.Severity.
	"low": 1, "medium": 2, "high": 3, "critical": 4,
}

// Runs is the condition that a scan x runs. A running scan always has a heartbeat; naming it makes SQLite find the few that
// run by an index, instead of reading all scans.
const Runs = "x.state = :running and x.heartbeat_at > 0"

// SQL replaces the terms of a text with numbers and with the database's time. It panics on an unknown term.
func SQL(d *db.DB, text string) string { return put(text, d.Clock) }

// Numbered is SQL for a text without ":now", when the database is not known yet.
func Numbered(text string) string { return put(text, "") }

func put(text, now string) string {
	var b strings.Builder
	b.Grow(len(text) + 64)
	for {
		before, rest, found := strings.Cut(text, ":")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n := 0
		for n < len(rest) && (rest[n] >= 'a' && rest[n] <= 'z' || rest[n] == '_') {
			n++
		}
		number, known := Numbers[rest[:n]]
		switch {
		case rest[:n] == "now" && now != "":
			b.WriteString(now)
		case known:
			b.WriteString(strconv.Itoa(number))
		case n == 0:
			// A colon of the text itself.
			b.WriteByte(':')
		default:
			panic(fmt.Sprintf("SQL names %q, which is not a term", rest[:n]))
		}
		text = rest[n:]
	}
}
