package catalog

import (
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// StaleReason is one reason why the last result of a branch no longer speaks of its head.
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

// Knowledge is what the two axes of status follow from.
type Knowledge struct {
	// Scanned is true once a scan has succeeded; Commit, Config and Behind are its.
	Scanned       bool
	Commit        string
	Head          string
	Rewritten     bool
	ConfigChanged bool
	// Incomplete is true when the last success did not look at everything.
	Incomplete bool
	// Behind is how many commits the head has that the scanned one has not; nil when that is not known.
	Behind *int
	// Open is the number of open findings of the last success.
	Open int
	// Unread is true when the branch could not be read when its repository was listed last: whether Head is its head is not known.
	Unread bool
	// Queued and Running say what is in the queue.
	Queued, Running bool
	// Attempt is the state of the newest attempt that ended, nil for none, and AttemptIsNewer whether it came after the last
	// success. Dropped attempts are none.
	Attempt        *queue.State
	AttemptIsNewer bool
}

// Stale lists the reasons why the last result no longer speaks of the head, in a fixed order; nil when it does.
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

// Status is the security status: the first that holds of not scanned, vulnerable, partially scanned, outdated, secure: what is
// called secure was looked at in full.
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

// ScanStatus is the first that holds of scanning, queued, unread (an internal error), cancelled, internal error, not scanned, commits ago, incomplete,
// up to date.
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

// ScanStatusText is the scan status for people: "Scanned 3 Commits Ago".
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

// ScanStatus is what happens, or happened last, with the scans of a branch.
type ScanStatus string
