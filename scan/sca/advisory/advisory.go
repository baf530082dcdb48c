package advisory

import (
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// Advisory is the part of one record about one package. It is also the format of the file's blocks: changing the meaning
// of a field requires a new version of the file.
type Advisory struct {
	ID string `json:"id"`
	// Aliases are other ids of the same vulnerability, in the record's order.
	Aliases []string `json:"aliases,omitempty"`
	Summary string   `json:"summary,omitempty"`
	// Severity is never SeverityNone. Score is the CVSS base score behind it, or 0 if there is none.
	Severity scan.Severity `json:"severity"`
	Score    float64       `json:"score,omitempty"`
	// Rated is the source of Severity: "CVSS 4.0", "CVSS 3.1", "database", or "GHSA-..." for an alias. It is empty if
	// nobody has rated the vulnerability; then MEDIUM means "not known".
	Rated string `json:"rated,omitempty"`
	// Link is an https address with details, or empty.
	Link     string    `json:"link,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	// Versions are affected regardless of Ranges.
	Versions []string `json:"versions,omitempty"`
	Ranges   []Range  `json:"ranges,omitempty"`
	// Imports are the affected Go packages; empty if the record does not name them.
	Imports []string `json:"imports,omitempty"`
}

// Range is an OSV range: its events, in the order of the record.
type Range struct {
	// Semver is true if versions compare by SemVer 2.0.0 in any ecosystem.
	Semver bool    `json:"semver,omitempty"`
	Events []Event `json:"events"`
}

// Event is one event of a range; exactly one of its fields is set.
type Event struct {
	// Introduced is the first affected version; "0" comes before all versions.
	Introduced string `json:"introduced,omitempty"`
	// Fixed is the first version that is no longer affected.
	Fixed string `json:"fixed,omitempty"`
	// LastAffected is the last version that is known to be affected.
	LastAffected string `json:"last_affected,omitempty"`
	// Limit is a version from which on nothing is affected, regardless of the other events; "*" means no limit.
	Limit string `json:"limit,omitempty"`
}

// Malicious reports whether the package itself is malware (https://github.com/ossf/malicious-packages).
func (a *Advisory) Malicious() bool { return strings.HasPrefix(a.ID, "MAL-") }

// ids returns the id and the aliases.
func (a *Advisory) ids() []string { return append([]string{a.ID}, a.Aliases...) }
