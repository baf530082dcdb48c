package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/scan/pace"
)

// Config says how mail is sent.
type Config struct {
	// Host and Port name the SMTP server; an empty Host means that no mail is sent.
	Host string
	Port int
	// User and Password may be empty: then the sender does not authenticate.
	User, Password string
	From           string
	// Plain sends without TLS if the server offers none; otherwise STARTTLS is required.
	Plain bool
	// Link is the address of this Sluice server for the mails; empty means no link.
	Link string
}

// ParseConfig reads an address such as smtp://user:password@mail.example.com:587?from=sluice@example.com. smtps means
// TLS from the first byte; plain=true allows a server without TLS. An empty address means that no mail is sent. Errors
// do not quote the address.
func ParseConfig(address, link string) (c Config, err error) {
	if address == "" {
		return c, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return c, errors.New("it must look like smtp://user:password@mail.example.com:587?from=sluice@example.com")
	}
	c = Config{Host: u.Hostname(), Port: 587, User: u.User.Username(), From: u.Query().Get("from"), Plain: u.Query().Get("plain") == "true", Link: link}
	c.Password, _ = u.User.Password()
	if u.Scheme == "smtps" {
		c.Port = 465
	}
	if u.Port() != "" {
		if c.Port, err = strconv.Atoi(u.Port()); err != nil {
			return c, errors.New("its port is not a number")
		}
	}
	if !ValidAddress(c.From) {
		return c, errors.New("it names no sender: add ?from=sluice@example.com")
	}
	return c, nil
}

// Sender sends the mails that are due. Set its other fields before Run.
type Sender struct {
	Store  *store.Store
	Config Config
	// Post sends what channels get.
	Post Post
	Log  *slog.Logger
	// Every is the interval between checks for due mails.
	Every time.Duration
	// First is roughly how long a mail waits after its first attempt; each further wait is twice as long, up to Longest. 0
	// means a minute and an hour.
	First, Longest time.Duration

	// silent is true while the database does not answer.
	silent bool
}

const (
	// sendTime limits the sending of one mail.
	sendTime     = 30 * time.Second
	firstPause   = time.Minute
	longestPause = time.Hour
	// noteEvery is the interval between attempts to record that a mail was sent: without the record it would be sent twice.
	noteEvery = time.Second
)

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	pace.Loop{Every: s.Every, Do: func(ctx context.Context) error {
		if n, err := s.Store.Mails.Expire(ctx); err == nil && n > 0 {
			s.Log.Error("mails that could not be sent for a day were given up", "mails", n)
		}
		for s.one(ctx) {
		}
		return nil
	}}.Run(ctx)
}

// one sends one mail and reports whether to go on with the next one. It goes on even after a failed mail, unless the
// SMTP server itself cannot be used.
func (s *Sender) one(ctx context.Context) bool {
	l, err := s.Store.Mails.Take(ctx, s.Config.Host != "")
	if none := errors.Is(err, db.ErrNotFound); err != nil {
		if ctx.Err() == nil && !none && !s.silent {
			s.Log.Error("the due mails cannot be read; none is lost", "error", err)
		}
		s.silent = ctx.Err() == nil && !none
		return false
	}
	s.silent = false
	log := s.Log.With("batch", db.Key(l.Batch))
	done, server := "mail sent", s.Config.Host
	if id, ok := l.ChannelOf(); ok {
		var skip bool
		log, done, server = log.With("channel", db.Key(id)), "news sent", "the channel's"
		if skip, err = s.deliver(ctx, l, id); skip {
			done = ""
		}
	} else {
		err = s.mail(ctx, l)
	}
	var refused *gomail.SendError
	var gone *goneError
	switch {
	case err == nil:
		s.note(ctx, log, done, func(ctx context.Context) error { return s.Store.Mails.Sent(ctx, l) })
		return true
	case errors.As(err, &refused) && refused.ErrorCode() >= 500, errors.As(err, &gone):
		log.Error("a mail was permanently refused and is given up", "server", server, "error", err)
		s.note(ctx, log, "", func(ctx context.Context) error { return s.Store.Mails.Fail(ctx, l, err.Error()) })
		return true
	}
	pause := s.pause(l.Attempts)
	log.Warn("a mail could not be sent; it will be retried", "server", server, "attempt", l.Attempts, "after", pause.Round(time.Second).String(), "error", err)
	s.note(ctx, log, "", func(ctx context.Context) error { return s.Store.Mails.Retry(ctx, l, pause, err.Error()) })
	return !errors.Is(err, errUnusable)
}

// mail sends the report that somebody asked for.
func (s *Sender) mail(ctx context.Context, l *mails.Mail) error {
	report, err := s.Store.Mails.Report(ctx, l.Batch, "")
	if err != nil {
		return err
	}
	return s.send(ctx, l.Address, Subject(report), Text(report, s.Config.Link), func() (string, error) { return HTML(report, s.Config.Link) })
}

// pause returns how long a mail waits after some attempts. It is random, from half of the wait to one and a half times
// as long, so that mails that failed together are not retried together.
func (s *Sender) pause(attempts int) time.Duration {
	pause, longest := cmp.Or(s.First, firstPause), cmp.Or(s.Longest, longestPause)
	for range attempts - 1 {
		if pause = min(2*pause, longest); pause == longest {
			break
		}
	}
	return pause/2 + rand.N(pause) //nolint:gosec // a pause is no secret
}

// note records the outcome of a mail. It tries until the database accepts it or ctx ends.
func (s *Sender) note(ctx context.Context, log *slog.Logger, done string, write func(ctx context.Context) error) {
	for told := false; ; told = true {
		// Even when the program is stopping, try once.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
		err := write(end)
		cancel()
		if err == nil {
			if done != "" {
				log.Info(done)
			}
			return
		}
		if !told {
			log.Warn("the outcome of a mail could not be recorded; retrying", "error", err)
		}
		if pace.Wait(ctx, noteEvery) != nil {
			return
		}
	}
}

// ErrNoServer means that no SMTP server is configured.
var ErrNoServer = errors.New("no mail is sent: SMTP_URL is not set")

// Test sends a mail to an address immediately and returns the error, if any.
func (s *Sender) Test(ctx context.Context, address string) error {
	if s.Config.Host == "" {
		return ErrNoServer
	}
	text := "An administrator asked for this mail, to see whether mail arrives."
	if s.Config.Link != "" {
		text += "\n\n" + s.Config.Link
	}
	return s.send(ctx, address, "[sluice] Test mail", text+"\n", nil)
}

// errUnusable wraps the reason why the SMTP server itself cannot be used; then the mail is not at fault.
var errUnusable = errors.New("the mail server cannot be used")

// send sends a mail; a nil html means plain text only. A refusal by the SMTP server is a *gomail.SendError.
func (s *Sender) send(ctx context.Context, address, subject, text string, html func() (string, error)) error {
	m := gomail.NewMsg()
	if err := m.From(s.Config.From); err != nil {
		return fmt.Errorf("the sender is not valid: %w", err)
	}
	if err := m.To(address); err != nil {
		return fmt.Errorf("an address is not valid: %w", err)
	}
	m.Subject(subject)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("List-Id", "Sluice scans <scans.sluice>")
	m.SetDate()
	m.SetMessageID()
	m.SetBodyString(gomail.TypeTextPlain, text)
	if html != nil {
		page, err := html()
		if err != nil {
			return err
		}
		m.AddAlternativeString(gomail.TypeTextHTML, page)
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := client.DialWithContext(ctx); err != nil {
		if !s.Config.Plain && strings.Contains(err.Error(), "does not support STARTTLS") {
			return fmt.Errorf("%w: it offers no TLS (STARTTLS); add plain=true to SMTP_URL if the network path to it is safe without", errUnusable)
		}
		return fmt.Errorf("%w: %w", errUnusable, err)
	}
	if err := client.Send(m); err != nil {
		return errors.Join(err, client.Reset(), client.Close())
	}
	// The server has accepted the mail, so an error at the end of the connection does not matter.
	_ = client.Close()
	return nil
}

func (s *Sender) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.Config.Port), gomail.WithTimeout(sendTime)}
	switch {
	case s.Config.Port == 465:
		options = append(options, gomail.WithSSL())
	case s.Config.Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.Config.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.Config.User), gomail.WithPassword(s.Config.Password))
	}
	return gomail.NewClient(s.Config.Host, options...)
}
