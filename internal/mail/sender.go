package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/sluice-scan/sluice/internal/store"
)

// Config says how mail is sent.
type Config struct {
	// Host and Port are those of the SMTP server; no Host means that no mail is sent.
	Host string
	Port int
	// User and Password may be empty: then nobody signs in.
	User, Password string
	From           string
	// Plain sends without TLS even when the server offers none; else STARTTLS is demanded.
	Plain bool
	// Link is the server's own address, for the mails; empty for none.
	Link string
}

// ParseConfig reads an address such as smtp://user:password@mail.example.com:587?from=sluice@example.com; smtps is TLS from
// the first byte, and plain=true allows a server without TLS. An empty address sends nothing. No error quotes the address.
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
			return c, errors.New("its port is no number")
		}
	}
	if !ValidAddress(c.From) {
		return c, errors.New("it names no sender: add ?from=sluice@example.com")
	}
	return c, nil
}

// Sender sends the mails that are due.
type Sender struct {
	Store  *store.Store
	Config Config
	Log    *slog.Logger
	// Every is how often it looks.
	Every time.Duration
}

// sendTime bounds the sending of one mail.
const sendTime = 30 * time.Second

// Run sends until ctx ends. A mail that cannot be sent is tried again the next time.
func (s *Sender) Run(ctx context.Context) {
	if s.Config.Host == "" {
		return
	}
	ticker := time.NewTicker(s.Every)
	defer ticker.Stop()
	for {
		for s.one(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// one sends one mail, and reports whether there may be another.
func (s *Sender) one(ctx context.Context) bool {
	l, err := s.Store.TakeLetter(ctx)
	if errors.Is(err, store.ErrNotFound) || ctx.Err() != nil {
		return false
	}
	if err == nil {
		err = s.send(ctx, l)
	}
	if err == nil {
		s.Log.Info("mail sent", "batch", store.ScanKey(l.Batch))
		return true
	}
	s.Log.Error("a mail could not be sent; it is tried again", "server", s.Config.Host, "error", err)
	if l != nil {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
		defer cancel()
		if err := s.Store.ReturnLetter(end, l); err != nil {
			s.Log.Error("the mail is lost", "batch", store.ScanKey(l.Batch), "error", err)
		}
	}
	return false
}

func (s *Sender) send(ctx context.Context, l *store.Letter) error {
	report, err := s.Store.Report(ctx, l.Batch)
	if err != nil {
		return err
	}
	m := gomail.NewMsg()
	if err := m.From(s.Config.From); err != nil {
		return fmt.Errorf("the sender is not valid: %w", err)
	}
	if err := m.To(l.Address); err != nil {
		return fmt.Errorf("an address is not valid: %w", err)
	}
	m.Subject(Subject(report))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("List-Id", "Sluice scans <scans.sluice>")
	m.SetDate()
	m.SetMessageID()
	m.SetBodyString(gomail.TypeTextPlain, Text(report, s.Config.Link))
	html, err := HTML(report, s.Config.Link)
	if err != nil {
		return err
	}
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	client, err := s.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	return client.DialAndSendWithContext(ctx, m)
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
