package testdashboard

import (
	"context"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
)

// Postman delivers only to admin@example.com, and to every channel.
type Postman struct{}

// TestChannel is the sending of a test message to a channel.
func (Postman) TestChannel(context.Context, int64) error { return nil }

// Test is the sending of a test mail.
func (Postman) Test(_ context.Context, address string) error {
	if address == "admin@example.com" {
		return nil
	}
	return errors.New("550 not this one")
}

// Sources are the connections of a server; nothing behind them lists anything.
type Sources struct {
	List []connection.Live
	// Asked are the ids of those that were asked to list again.
	Asked []string
}

// Connections gives the list.
func (s *Sources) Connections() []connection.Live { return s.List }

// Sync notes who was asked.
func (s *Sources) Sync(id string) bool {
	s.Asked = append(s.Asked, id)
	return true
}

// Around gives a server what stands around it: a postman, and two sources of repositories, of which the second cannot be read.
func (o *Options) Around() {
	o.Mail, o.News = Postman{}, Postman{}
	o.Connections = &Sources{List: []connection.Live{
		{ID: "directory", Type: connection.TypeDirectory, Name: "/var/git", Synced: time.Now().Add(-time.Minute)},
		{ID: "more", Type: connection.TypeDirectory, Name: "/srv/more", Problem: "the folder cannot be read", Syncing: true, Skipped: []connection.Skipped{{Name: "PAY/link", Reason: "a link"}}},
	}}
}
