// Package mails answers which mails are not delivered, sends test mails, and says to which addresses mail may go.
package mails

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
)

// Mails are the letters that wait or were given up. An empty address stands for all addresses; db.ErrNotFound when there is no such letter.
type Mails interface {
	List(ctx context.Context, page db.Page) ([]mails.Letter, error)
	Drop(ctx context.Context, batch int64, address string) (int, error)
	Renew(ctx context.Context, batch int64, address string) (int, error)
}

// Sender sends mail. It is called by many requests at once.
type Sender interface {
	// Test sends a mail to an address at once; the error says, for people, why it could not be sent.
	Test(ctx context.Context, address string) error
}

// Resource answers the routes of mails.
type Resource struct {
	Mails     Mails
	Addresses *Addresses
	// Sender may be nil; then the server sends no mail.
	Sender Sender
}
