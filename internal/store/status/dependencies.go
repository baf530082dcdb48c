package status

import "time"

// Dependencies are a result's counts of the packages that a branch depends on.
type Dependencies struct {
	// Packages is the number of packages, Unchecked the number of those for which no advisories are available.
	Packages, Unchecked int
	// Advisories is the time of the advisories; zero if not known.
	Advisories time.Time
}
