package server

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// Mail sends mail. It is called by many requests at once.
type Mail interface {
	// Test sends a mail to an address at once; the error says, for people, why it could not be sent.
	Test(ctx context.Context, address string) error
}

// mailRoutes show the mails that are not sent.
func (s *Server) mailRoutes() []route {
	address := parameter{"address", "to this address only", false}
	return []route{
		{
			method: http.MethodGet, path: "/mails", name: "listMails",
			needs: admin, scope: "settings",
			summary: "List undelivered mails about finished scans: those that wait for another try, and those given up, with the reason.",
			query:   pageParameters,
			gives:   page(letterWire{}),
			handle: func(c *call) (*reply, error) {
				return paged(c, func(page db.Page) ([]mails.Letter, error) { return s.store.Mails.List(c.context(), page) }, letterBody)
			},
		},
		{
			method: http.MethodDelete, path: "/mails/{batchId}", name: "dropMails",
			needs: admin, scope: "settings",
			summary: "Delete the undelivered mails of a batch.",
			query:   []parameter{address},
			gives:   returns(mailsWire{}),
			handle:  func(c *call) (*reply, error) { return c.changeLetters(s.store.Mails.Drop) },
		},
		{
			method: http.MethodPost, path: "/mails/{batchId}/retry", name: "retryMails",
			needs: admin, scope: "settings",
			summary: "Send the undelivered mails of a batch again now.",
			query:   []parameter{address},
			gives:   returns(mailsWire{}),
			handle:  func(c *call) (*reply, error) { return c.changeLetters(s.store.Mails.Renew) },
		},
		{
			method: http.MethodPost, path: "/mails/test", name: "testMail",
			needs: admin, scope: "settings",
			summary: "Send a test mail and report why it failed, if it did.",
			query:   []parameter{{"email", "the address; your own when it is left out", false}},
			gives:   returns(sentWire{}),
			handle:  (*call).testMail,
		},
	}
}

// mailsWire counts the mails that a call changed.
type mailsWire struct {
	Mails int `json:"mails"`
}

// sentWire names the address that a test mail went to.
type sentWire struct {
	SentTo string `json:"sentTo"`
}

type letterWire struct {
	BatchID      string  `json:"batchId"`
	Scope        string  `json:"scope"`
	Address      string  `json:"address"`
	State        string  `json:"state" doc:"WAITING or FAILED."`
	Attempts     int     `json:"attempts"`
	FinishedDate *string `json:"finishedDate"`
	NextDate     *string `json:"nextAttemptDate"`
	FailedDate   *string `json:"failedDate"`
	Error        string  `json:"error"`
}

func letterBody(l *mails.Letter) letterWire {
	w := letterWire{BatchID: db.Key(l.Batch), Scope: l.Scope, Address: l.Address, State: "FAILED", Attempts: l.Attempts, FinishedDate: date(l.Finished), FailedDate: date(l.Failed), Error: l.Error}
	if l.Failed.IsZero() {
		w.State = "WAITING"
		if l.Next.UnixMilli() > 0 {
			w.NextDate = date(l.Next)
		}
	}
	return w
}

func (c *call) changeLetters(change func(ctx context.Context, batch int64, address string) (int, error)) (*reply, error) {
	id, valid := db.ParseKey(c.r.PathValue("batchId"))
	n, err := 0, db.ErrNotFound
	if valid {
		n, err = change(c.context(), id, c.query("address"))
	}
	if errors.Is(err, db.ErrNotFound) {
		return nil, notFound("there is no such mail that is not sent: GET /mails lists them")
	}
	if err != nil {
		return nil, err
	}
	c.note(scan.Plural(n, "mail", "mails"))
	return ok(mailsWire{n})
}

func (c *call) testMail() (*reply, error) {
	list, err := c.addresses()
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && c.account.Email != "" {
		list = []string{c.account.Email}
	}
	if len(list) != 1 {
		return nil, badRequest("email: name one address; your account has none")
	}
	if c.s.options.Mail == nil {
		return nil, conflict("no mail is sent by this server: set SMTP_URL")
	}
	if err := c.s.options.Mail.Test(c.context(), list[0]); err != nil {
		return nil, &httpError{http.StatusBadGateway, "the mail could not be sent: " + err.Error(), "MailException"}
	}
	return ok(sentWire{list[0]})
}

const (
	maxAddresses = 50
	maxAddress   = 254
)

// addresses reads the parameters "email": whom to tell when all is done, each once. Mail goes to the domains of
// store.MailDomains; as long as there are none, administrators may name any address, and others their own.
func (c *call) addresses() ([]string, error) {
	given := c.r.URL.Query()["email"]
	if len(given) == 0 {
		return nil, nil
	}
	if len(given) > maxAddresses {
		return nil, badRequest("email: at most %d addresses", maxAddresses)
	}
	domains, err := c.s.store.Settings.List(c.context(), settings.MailDomains)
	if err != nil {
		return nil, err
	}
	for i, domain := range domains {
		domains[i] = strings.ToLower(domain)
	}
	var list []string
	seen := map[string]bool{}
	for _, text := range given {
		domain, ok := mailDomain(text)
		if !ok {
			return nil, badRequest("email: one of the values is not a plain address such as jane@example.com")
		}
		switch {
		case strings.EqualFold(text, c.account.Email):
		case slices.Contains(domains, domain):
		case len(domains) > 0:
			return nil, badRequest("email: mail may go to %s only", strings.Join(domains, ", "))
		case !c.account.Admin:
			return nil, badRequest("email: only administrators may name addresses other than their own, as long as no domains are allowed in the settings")
		}
		if key := strings.ToLower(text); !seen[key] {
			seen[key] = true
			list = append(list, text)
		}
	}
	return list, nil
}

// mailDomain gives the domain of a bare address in lower case; ok is false for whatever else a header could be made of.
func mailDomain(text string) (domain string, ok bool) {
	if len(text) > maxAddress {
		return "", false
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f || strings.IndexByte(`"\,;:<>()[]`, text[i]) >= 0 {
			return "", false
		}
	}
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text {
		return "", false
	}
	_, domain, _ = strings.Cut(text, "@")
	return strings.ToLower(domain), domain != ""
}
