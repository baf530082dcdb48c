package catalog

import (
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// StaleReason is one reason why the last result of a branch does not cover its head.
type StaleReason string

// The reasons.
const (
	NewCommits       StaleReason = "NEW_COMMITS"
	HistoryRewritten StaleReason = "HISTORY_REWRITTEN"
	ConfigChanged    StaleReason = "CONFIG_CHANGED"
)

// The scan statuses.
const (
	ScanNotScanned    ScanStatus = "NOT_SCANNED"
	ScanQueued        ScanStatus = "QUEUED"
	ScanScanning      ScanStatus = "SCANNING"
	ScanUpToDate      ScanStatus = "UP_TO_DATE"
	ScanCommitsAgo    ScanStatus = "COMMITS_AGO"
	ScanIncomplete    ScanStatus = "INCOMPLETE"
	ScanCancelled     ScanStatus = "CANCELLED"
	ScanInternalError ScanStatus = "INTERNAL_ERROR"
)

// Knowledge is everything from which the two kinds of status are derived.
type Knowledge struct {
	// Scanned is true once a scan has succeeded. Commit, Config and Behind belong to that scan.
	Scanned       bool
	Commit        string
	Head          string
	Rewritten     bool
	ConfigChanged bool
	// Incomplete is true if the last success did not cover everything.
	Incomplete bool
	// Behind is how many commits the head is ahead of the scanned commit; nil if not known.
	Behind *int
	// Open is the number of open findings in the last success.
	Open int
	// Unread is true if the branch could not be read when its repository was last listed. Then Head may be out of date.
	Unread bool
	// Queued and Running say what is in the queue.
	Queued, Running bool
	// Attempt is the state of the newest attempt that ended, or nil. AttemptIsNewer says whether it came after the last
	// success. Dropped scans do not count as attempts.
	Attempt        *queue.State
	AttemptIsNewer bool
}

// Stale lists the reasons why the last result does not cover the head, in a fixed order; nil if it does.
func (k *Knowledge) Stale() []StaleReason {
	if !k.Scanned {
		return nil
	}
	var reasons []StaleReason
	if k.Commit != k.Head {
		if k.Rewritten {
			reasons = append(reasons, HistoryRewritten)
		} else {
			reasons = append(reasons, NewCommits)
		}
	}
	if k.ConfigChanged {
		reasons = append(reasons, ConfigChanged)
	}
	return reasons
}

// Status returns the security status: the first that applies of not scanned, vulnerable, partially scanned, outdated and
// secure. Only a branch that was scanned in full is secure.
func (k *Knowledge) Status() status.Status {
	switch {
	case !k.Scanned:
		return status.NotScanned
	case k.Open > 0:
		return status.Vulnerable
	case k.Incomplete:
		return status.PartiallyScanned
	case len(k.Stale()) > 0:
		return status.Outdated
	}
	return status.Secure
}

// ScanStatus returns the first that applies of scanning, queued, unread (an internal error), cancelled, internal error,
// not scanned, commits ago, incomplete and up to date.
func (k *Knowledge) ScanStatus() ScanStatus {
	failed := k.Attempt != nil && (k.AttemptIsNewer || !k.Scanned)
	switch {
	case k.Running:
		return ScanScanning
	case k.Queued:
		return ScanQueued
	case k.Unread:
		return ScanInternalError
	case failed && *k.Attempt == queue.Cancelled:
		return ScanCancelled
	case failed && *k.Attempt == queue.Failed:
		return ScanInternalError
	case !k.Scanned:
		return ScanNotScanned
	case len(k.Stale()) > 0:
		return ScanCommitsAgo
	case k.Incomplete:
		return ScanIncomplete
	}
	return ScanUpToDate
}

// ScanStatusText returns the scan status for people: "Scanned 3 Commits Ago".
func (k *Knowledge) ScanStatusText() string {
	switch status := k.ScanStatus(); status {
	case ScanCommitsAgo:
		return k.agoText()
	case ScanScanning:
		return "Scanning"
	case ScanQueued:
		return "Queued"
	case ScanCancelled:
		return "Cancelled"
	case ScanInternalError:
		return "Internal Error"
	case ScanIncomplete:
		return "Scanned In Part"
	case ScanUpToDate:
		return "Up To Date"
	}
	return "Not Scanned"
}

func (k *Knowledge) agoText() string {
	switch {
	case k.Commit == k.Head:
		return "Scanned With Older Rules"
	case k.Behind != nil && *k.Behind == 1:
		return "Scanned 1 Commit Ago"
	case k.Behind != nil && *k.Behind > 1:
		return fmt.Sprintf("Scanned %d Commits Ago", *k.Behind)
	case k.Rewritten:
		return "Scanned Before History Rewrite"
	}
	return "Scanned Older Commits"
}

// ScanStatus is the current or last state of a branch's scans.
type ScanStatus string
