package settings

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// Mails are the mails that wait or were given up. They are called by many requests at once. The error is db.ErrNotFound if there is no such
// mail.
type Mails interface {
	List(ctx context.Context, page db.Page) ([]mails.Mail, error)
	Drop(ctx context.Context, batch int64, address string) (int, error)
	Renew(ctx context.Context, batch int64, address string) (int, error)
}

// Sender sends mail. It is called by many requests at once.
type Sender interface {
	// Test sends a mail to an address at once. The error tells people why it could not be sent.
	Test(ctx context.Context, address string) error
}

const notificationsPath = "/settings/notifications"

// mailRow is an undelivered mail.
type mailRow struct {
	// Channel is the name of the channel to which it goes; empty for a mail address.
	Address, Channel, Scope, Error string
	// State says whether it waits or was given up; Failed is true for the latter.
	State    string
	Failed   bool
	Attempts string
	Finished figure.Moment
	// Batch is its key, for the form that sends it again.
	Batch string
	Drop  *page.Ask
}

// notificationsBody is the page of the mails.
type notificationsBody struct {
	sectioned

	Form formBody
	// Administers is true for those who may see undelivered mails and send a test.
	Administers bool
	// Sends is false when this server sends no mail.
	Sends  bool
	Rows   []mailRow
	List   page.List
	Test   page.Input
	Action string
	// Sent is where a test mail went.
	Sent     string
	Channels channelsPart
}

// Pager is the list's, for the shared template.
func (b *notificationsBody) Pager() page.Pager { return b.List.Pager }

func (s *Pages) notifications(v *page.Visit) error {
	form, err := s.form(v, mailParts)
	if err != nil {
		return err
	}
	return s.showNotifications(v, http.StatusOK, &notificationsBody{Form: form})
}

func (s *Pages) saveNotifications(v *page.Visit) error {
	form, saved, err := s.save(v, mailParts)
	if err != nil || saved {
		return err
	}
	return s.showNotifications(v, http.StatusBadRequest, &notificationsBody{Form: form})
}

func (s *Pages) showNotifications(v *page.Visit, status int, b *notificationsBody) error {
	b.sectioned = newSectioned(v, "Notifications", "News of finished scans: to whom it may go, where it goes by itself, and what could not be delivered.")
	b.Administers, b.Sends, b.Action, b.List = v.Can(access.Admin), s.Sender != nil, v.Core.BasePath+notificationsPath, v.List()
	if b.Test.Name == "" {
		b.Test.Value = v.Account.Email
	}
	b.Test.Name, b.Test.Label, b.Test.Type, b.Test.Fill, b.Test.Required = "email", "To", "email", "email", true
	if b.Administers {
		if b.Channels.Action == "" {
			var err error
			if b.Channels, err = s.channelsOf(v, nil); err != nil {
				return err
			}
		}
		list, err := s.Mails.List(v.Ctx(), b.List.Rows())
		if err != nil {
			return err
		}
		for i := range page.Paged(&b.List, list, 0) {
			b.Rows = append(b.Rows, newMailRow(v, &list[i]))
		}
	}
	return v.Show(status, notificationsPage, "Notifications", b)
}

func newMailRow(v *page.Visit, m *mails.Mail) mailRow {
	batch, to := db.Key(m.Batch), cmp.Or(m.Title, m.Address)
	row := mailRow{
		Address: m.Address, Channel: m.Title, Scope: m.Scope, Error: m.Error, State: "waits", Failed: !m.Failed.IsZero(), Attempts: figure.Count(m.Attempts, "attempt", "attempts"), Finished: figure.Ago(m.Finished, v.Now), Batch: batch,
		Drop: &page.Ask{
			Word: "Drop", Of: to, Question: "Drop what goes to " + to + " about " + m.Scope + "? It is never sent.", Yes: "Drop it", Action: v.Core.BasePath + notificationsPath + "/drop",
			Fields: [][2]string{{"batch", batch}, {"address", m.Address}},
		},
	}
	if row.Failed {
		row.State = "given up"
	}
	return row
}

func (s *Pages) dropMail(v *page.Visit) error {
	return s.changeMail(v, s.Mails.Drop, "DELETE /mails/{batchId}", "mail-dropped")
}

func (s *Pages) retryMail(v *page.Visit) error {
	return s.changeMail(v, s.Mails.Renew, "POST /mails/{batchId}/retry", "mail-retried")
}

func (s *Pages) changeMail(v *page.Visit, change func(ctx context.Context, batch int64, address string) (int, error), action, done string) error {
	form := v.Request.PostForm
	id, ok := db.ParseKey(form.Get("batch"))
	if !ok {
		return page.BadRequest("The form does not say which mail.")
	}
	n, err := change(v.Ctx(), id, form.Get("address"))
	if errors.Is(err, db.ErrNotFound) {
		return v.Done(v.Core.BasePath+notificationsPath, "mail-gone")
	}
	if err != nil {
		return err
	}
	if err := v.Record(action, db.Key(id), scan.Plural(n, "mail", "mails")+" address="+access.Shortened(form.Get("address"))); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+notificationsPath, done)
}

// testMail sends a mail at once, and says why it failed, if it did.
func (s *Pages) testMail(v *page.Visit) error {
	form, err := s.form(v, mailParts)
	if err != nil {
		return err
	}
	to := v.Request.PostForm.Get("email")
	b := &notificationsBody{Form: form, Test: page.Input{Name: "email", Value: to}}
	var domains []string
	for _, f := range form.Groups[0].Fields {
		if f.Name == settings.MailDomains.Name {
			domains = settings.ListOf(f.Value)
		}
	}
	list, err := access.MailTo(v.Account, []string{to}, domains)
	switch {
	case err != nil:
		b.Test.Problem = err.Error()
	case s.Sender == nil:
		b.Test.Problem = "this server sends no mail: set SMTP_URL"
	default:
		if err := s.Sender.Test(v.Ctx(), list[0]); err != nil {
			b.Test.Problem = "the mail could not be sent: " + err.Error()
		} else {
			b.Sent = list[0]
			if err := v.Record("POST /mails/test", "", "email="+access.Shortened(list[0])); err != nil {
				return err
			}
		}
	}
	status := http.StatusOK
	if b.Test.Problem != "" {
		status = http.StatusBadRequest
	}
	return s.showNotifications(v, status, b)
}
