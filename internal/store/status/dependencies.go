package status

import "time"

// Dependencies is what a result says of the packages that a branch depends on.
type Dependencies struct {
	// Packages is how many there are, Unchecked how many of them nobody knows advisories of.
	Packages, Unchecked int
	// Advisories is of when the advisories are, zero when that is not known.
	Advisories time.Time
}
