// Package accounts stores accounts, groups, roles and tokens: who may sign in, and what they may do.
package accounts

import "github.com/sluice-scan/sluice/internal/store/db"

// Accounts stores accounts, groups, roles and tokens. It is safe for concurrent use.
type Accounts struct {
	db *db.DB
}

// New returns the accounts of a database.
func New(d *db.DB) *Accounts { return &Accounts{db: d} }
