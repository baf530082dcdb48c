// Package mails serves undelivered mails, test mails and the channels of news, and decides to which addresses mail may go.
package mails

import (
	"context"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
)

// Mails stores the mails that wait or were given up. An empty address means all addresses. The error is db.ErrNotFound
// if there is no such mail.
type Mails interface {
	List(ctx context.Context, page db.Page) ([]mails.Mail, error)
	Drop(ctx context.Context, batch int64, address string) (int, error)
	Renew(ctx context.Context, batch int64, address string) (int, error)
}

// Sender sends mail. It must be safe for concurrent use.
type Sender interface {
	// Test sends a mail to an address at once. The error tells people why it could not be sent.
	Test(ctx context.Context, address string) error
}

// News sends to channels. It must be safe for concurrent use.
type News interface {
	// TestChannel sends something to a channel at once; db.ErrNotFound if there is no such channel. Any other error tells people
	// why it could not be sent.
	TestChannel(ctx context.Context, id int64) error
}

// Resource serves the routes of mails.
type Resource struct {
	Mails     Mails
	Addresses *Addresses
	// Sender may be nil; then the server sends no mail.
	Sender   Sender
	Channels Channels
	// News may be nil; then the server sends nothing to channels.
	News News
	// Keys seal the addresses of channels; nil adds none.
	Keys *seal.Keys
}
