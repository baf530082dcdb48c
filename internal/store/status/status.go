package status

import "fmt"

// Status is the security status of a branch, a repository or a project.
type Status int

// The statuses. A branch is partially scanned if its last scan did not cover everything. A repository or a project is
// partially scanned if some of its branches or repositories are partially scanned or not scanned.
const (
	NotScanned Status = iota
	Secure
	Vulnerable
	PartiallyScanned
	Outdated
)

var statusNames = [...]string{"NOT_SCANNED", "SECURE", "VULNERABLE", "PARTIALLY_SCANNED", "OUTDATED"}

// Statuses lists all, in the order in which bars show them.
var Statuses = [...]Status{Secure, Vulnerable, NotScanned, PartiallyScanned, Outdated}

// String returns the upper-case name.
func (s Status) String() string {
	if s < 0 || int(s) >= len(statusNames) {
		return fmt.Sprintf("STATUS(%d)", int(s))
	}
	return statusNames[s]
}

// MarshalText returns the upper-case name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Counts are numbers by status.
type Counts struct {
	Secure, Vulnerable, NotScanned, PartiallyScanned, Outdated int
}

// Total returns their sum.
func (c Counts) Total() int {
	return c.Secure + c.Vulnerable + c.NotScanned + c.PartiallyScanned + c.Outdated
}

// RepositoryStatus returns the first that applies to the counts of a repository's live branches: vulnerable if one is;
// not scanned if none is scanned; partially scanned if some are not or only partially scanned; outdated if one is;
// secure.
func RepositoryStatus(branches Counts) Status {
	switch {
	case branches.Vulnerable > 0:
		return Vulnerable
	case branches.NotScanned == branches.Total():
		return NotScanned
	case branches.NotScanned > 0 || branches.PartiallyScanned > 0:
		return PartiallyScanned
	case branches.Outdated > 0:
		return Outdated
	}
	return Secure
}

// ProjectStatus does the same for a project, by the counts of its repositories that have branches, and for the instance,
// by the counts of its projects.
func ProjectStatus(repositories Counts) Status {
	switch {
	case repositories.Vulnerable > 0:
		return Vulnerable
	case repositories.NotScanned == repositories.Total():
		return NotScanned
	case repositories.NotScanned > 0 || repositories.PartiallyScanned > 0:
		return PartiallyScanned
	case repositories.Outdated > 0:
		return Outdated
	}
	return Secure
}

// OpenCounts are the numbers of open findings by severity.
type OpenCounts struct{ Critical, High, Medium, Low int }

// Total returns their sum.
func (o OpenCounts) Total() int { return o.Critical + o.High + o.Medium + o.Low }
