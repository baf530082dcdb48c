package queue

import "fmt"

// State is the state of a scan.
type State int

// The states, with the functions that lead to each.
const (
	// Queued: Enqueue; also Reap and Retry after a worker was lost.
	Queued State = iota
	// Running: Claim.
	Running
	// Succeeded: Finish, with a result.
	Succeeded
	// Failed: Finish, with an error and no attempt left.
	Failed
	// Cancelled: Finish, after Cancel of a running scan.
	Cancelled
	// Dropped: Cancel of a queued scan, or Finish of a scan that had nothing to do. It never counts as an attempt.
	Dropped
)

var stateNames = [...]string{"QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "DROPPED"}

// String returns the upper-case name.
func (s State) String() string {
	if s < 0 || int(s) >= len(stateNames) {
		return fmt.Sprintf("STATE(%d)", int(s))
	}
	return stateNames[s]
}

// MarshalText returns the upper-case name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Priority orders the queue. Lower values go first.
type Priority int

// The priorities.
const (
	PriorityInteractive Priority = iota
	PriorityPush
	PriorityOutdated
	PriorityRescan
	PrioritySchedule
)
