// Package dependencies stores which packages branches depend on, and answers which repositories use a package.
package dependencies

import "github.com/sluice-scan/sluice/internal/store/db"

// Dependencies stores the packages of branches. It is safe for concurrent use.
type Dependencies struct {
	db *db.DB
}

// New returns the dependencies of a database.
func New(d *db.DB) *Dependencies { return &Dependencies{db: d} }
