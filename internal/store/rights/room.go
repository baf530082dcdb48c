// Package rights stores what people who sign in at a Bitbucket may see there, as it was last told. What is too old does not
// count.
package rights

import "github.com/sluice-scan/sluice/internal/store/db"

// Rights stores rights. It is safe for concurrent use.
type Rights struct{ db *db.DB }

// New returns the rights of a database.
func New(d *db.DB) *Rights { return &Rights{d} }
