package advisory

import (
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// Advisory is what one record says of one package. It is the form of the file's blocks: a change of a field's meaning is a
// new version of the file.
type Advisory struct {
	ID string `json:"id"`
	// Aliases are other ids of the same problem, in the record's order.
	Aliases []string `json:"aliases,omitempty"`
	Summary string   `json:"summary,omitempty"`
	// Severity is never SeverityNone. Score is the CVSS base score behind it, 0 without one.
	Severity scan.Severity `json:"severity"`
	Score    float64       `json:"score,omitempty"`
	// Rated says where Severity comes from: "CVSS 4.0", "CVSS 3.1", "database", "GHSA-..." for an alias; empty when nobody rated the
	// problem, and MEDIUM stands for "not known".
	Rated string `json:"rated,omitempty"`
	// Link is an https address with more, or empty.
	Link     string    `json:"link,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	// Versions are affected whatever Ranges say.
	Versions []string `json:"versions,omitempty"`
	Ranges   []Range  `json:"ranges,omitempty"`
	// Imports are the Go packages that the problem is in; empty when the record does not tell.
	Imports []string `json:"imports,omitempty"`
}

// Range is a range of OSV: its events, in the order of the record.
type Range struct {
	// Semver is true when versions compare by SemVer 2.0.0 whatever the ecosystem.
	Semver bool    `json:"semver,omitempty"`
	Events []Event `json:"events"`
}

// Event is one turn of a range; exactly one of its fields is set.
type Event struct {
	// Introduced is the first version that is affected; "0" is before all.
	Introduced string `json:"introduced,omitempty"`
	// Fixed is the first version that is not affected any more.
	Fixed string `json:"fixed,omitempty"`
	// LastAffected is the last version that is known to be affected.
	LastAffected string `json:"last_affected,omitempty"`
	// Limit is a version from which on nothing is affected, whatever the others say; "*" is none.
	Limit string `json:"limit,omitempty"`
}

// Malicious reports whether the package itself is malware (https://github.com/ossf/malicious-packages).
func (a *Advisory) Malicious() bool { return strings.HasPrefix(a.ID, "MAL-") }

// ids gives the id and the aliases.
func (a *Advisory) ids() []string { return append([]string{a.ID}, a.Aliases...) }
