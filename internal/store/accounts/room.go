// Package accounts keeps who may sign in and what they may do: accounts, groups, roles, tokens.
package accounts

import "github.com/sluice-scan/sluice/internal/store/db"

// Accounts keeps accounts, groups, roles and tokens. It is safe for concurrent use.
type Accounts struct {
	db *db.DB
}

// New gives the room over a database.
func New(d *db.DB) *Accounts { return &Accounts{db: d} }
