package status

import "fmt"

// Status is what is known of the security of a branch, a repository or a project.
type Status int

// The statuses. A branch is partially scanned when its last scan did not look at everything, a repository or a project when some of its
// branches or repositories are, or were never scanned.
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

// String gives the upper-case name.
func (s Status) String() string {
	if s < 0 || int(s) >= len(statusNames) {
		return fmt.Sprintf("STATUS(%d)", int(s))
	}
	return statusNames[s]
}

// MarshalText gives the upper-case name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Counts are numbers by status.
type Counts struct {
	Secure, Vulnerable, NotScanned, PartiallyScanned, Outdated int
}

// Total adds them up.
func (c Counts) Total() int {
	return c.Secure + c.Vulnerable + c.NotScanned + c.PartiallyScanned + c.Outdated
}

// RepositoryStatus is the first that holds, of the counts of a repository's live branches: a vulnerable branch; none scanned;
// some not or partially scanned; one outdated; secure.
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

// ProjectStatus is the same of a project, by the counts of its repositories that have branches, and of the instance by
// those of its projects.
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

// OpenCounts is open findings by severity.
type OpenCounts struct{ Critical, High, Medium, Low int }

// Total adds them up.
func (o OpenCounts) Total() int { return o.Critical + o.High + o.Medium + o.Low }
