package mails

import (
	"context"
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/scan"
)

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	return append(s.mailRoutes(), s.channelRoutes()...)
}

func (s *Resource) mailRoutes() []api.Route {
	address := api.Optional("address", "only to this address")
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/mails", Name: "listMails",
			Needs: access.Admin, Scope: "settings",
			Summary: "List undelivered mails about finished scans with the reason: those that will be retried, and those given up.",
			Query:   api.PageParameters(),
			Gives:   api.ReturnsPage(mailWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return api.Paged(c, func(page db.Page) ([]mails.Mail, error) { return s.Mails.List(c.Context(), page) }, mailBody)
			},
		},
		{
			Method: http.MethodDelete, Path: "/mails/{batchId}", Name: "dropMails",
			Needs: access.Admin, Scope: "settings",
			Summary: "Delete the undelivered mails of a batch.",
			Query:   []api.Parameter{address},
			Gives:   api.Returns(mailsWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.changeMails(c, s.Mails.Drop) },
		},
		{
			Method: http.MethodPost, Path: "/mails/{batchId}/retry", Name: "retryMails",
			Needs: access.Admin, Scope: "settings",
			Summary: "Send the undelivered mails of a batch again now.",
			Query:   []api.Parameter{address},
			Gives:   api.Returns(mailsWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.changeMails(c, s.Mails.Renew) },
		},
		{
			Method: http.MethodPost, Path: "/mails/test", Name: "testMail",
			Needs: access.Admin, Scope: "settings",
			Summary: "Send a test mail and report why it failed, if it did.",
			Query:   []api.Parameter{api.Optional("email", "the address; default: your own")},
			Gives:   api.Returns(sentWire{}),
			Handle:  s.testMail,
		},
	}
}

// mailsWire is the number of mails that a call changed.
type mailsWire struct {
	Mails int `json:"mails"`
}

// sentWire is the address that a test mail went to.
type sentWire struct {
	SentTo string `json:"sentTo"`
}

type mailWire struct {
	BatchID      string  `json:"batchId"`
	Scope        string  `json:"scope"`
	Address      string  `json:"address" doc:"A mail address, or channel:ID."`
	Channel      string  `json:"channel,omitempty" doc:"The name of the channel to which it goes."`
	State        string  `json:"state" doc:"WAITING or FAILED."`
	Attempts     int     `json:"attempts"`
	FinishedDate *string `json:"finishedDate"`
	NextDate     *string `json:"nextAttemptDate"`
	FailedDate   *string `json:"failedDate"`
	Error        string  `json:"error"`
}

func mailBody(m *mails.Mail) mailWire {
	w := mailWire{BatchID: db.Key(m.Batch), Scope: m.Scope, Address: m.Address, Channel: m.Title, State: "FAILED", Attempts: m.Attempts, FinishedDate: api.Date(m.Finished), FailedDate: api.Date(m.Failed), Error: m.Error}
	if m.Failed.IsZero() {
		w.State = "WAITING"
		if m.Next.UnixMilli() > 0 {
			w.NextDate = api.Date(m.Next)
		}
	}
	return w
}

func (s *Resource) changeMails(c *api.Call, change func(ctx context.Context, batch int64, address string) (int, error)) (*api.Reply, error) {
	id, valid := db.ParseKey(c.PathValue("batchId"))
	n, err := 0, db.ErrNotFound
	if valid {
		n, err = change(c.Context(), id, c.Query("address"))
	}
	if errors.Is(err, db.ErrNotFound) {
		return nil, api.NotFound("there is no such undelivered mail: GET /mails lists them")
	}
	if err != nil {
		return nil, err
	}
	c.Note(scan.Plural(n, "mail", "mails"))
	return api.OK(mailsWire{n})
}

func (s *Resource) testMail(c *api.Call) (*api.Reply, error) {
	list, err := s.Addresses.Read(c)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && c.Account.Email != "" {
		list = []string{c.Account.Email}
	}
	if len(list) != 1 {
		return nil, api.BadRequest("email: name one address; your account has none")
	}
	if s.Sender == nil {
		return nil, api.Conflict("this server sends no mail: set SMTP_URL")
	}
	if err := s.Sender.Test(c.Context(), list[0]); err != nil {
		return nil, api.Failure(http.StatusBadGateway, "MailException", "the mail could not be sent: %v", err)
	}
	return api.OK(sentWire{list[0]})
}
