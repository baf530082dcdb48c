package mail_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
	"github.com/sluice-scan/sluice/scan"
)

// sink is an in-process SMTP server that keeps the mails that it receives. It is safe for concurrent use.
type sink struct {
	mu    sync.Mutex
	mails []string
	to    []string
	// refuse is the number of mails that it refuses first; codes are the answers to recipients, and tried counts the
	// attempts per recipient.
	refuse int
	codes  map[string]int
	tried  map[string]int
}

func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{s}, nil }

type session struct{ s *sink }

func (x *session) Reset()                               {}
func (x *session) Logout() error                        { return nil }
func (x *session) Mail(string, *smtp.MailOptions) error { return nil }

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.refuse > 0 {
		x.s.refuse--
		return errors.New("the mailbox is full")
	}
	if x.s.tried == nil {
		x.s.tried = map[string]int{}
	}
	x.s.tried[to]++
	if code := x.s.codes[to]; code != 0 {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "not this one"}
	}
	x.s.to = append(x.s.to, to)
	return nil
}

func (x *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.mails = append(x.s.mails, string(text))
	return err
}

func (s *sink) got() (to, mails []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.to), slices.Clone(s.mails)
}

func newSink(t *testing.T) (*sink, int) {
	t.Helper()
	s := &sink{}
	server := smtp.NewServer(s)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	n, err := strconv.Atoi(port)
	require.NoError(t, err)
	return s, n
}

func TestMailWhenTheLastScanHasEnded(t *testing.T) {
	t.Parallel()
	s, port := newSink(t)
	s.refuse = 1
	st, err := store.Open(t.Context(), teststore.SQLite(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	_, err = teststore.Sync(t, st).Apply(t.Context(), &connection.Project{Key: "PAY", Name: "Payments", Repositories: []connection.Repository{{
		Slug: "api", Name: "api", Location: "x", DefaultBranch: "main", Branches: []connection.Branch{{Name: "main", Head: "1"}, {Name: "<b>x", Head: "1"}},
	}}})
	require.NoError(t, err)
	_, err = st.Queue.Enqueue(t.Context(), queue.Request{Force: true, Name: "Payments", By: "ada", Mail: []string{"a@example.com", "b@example.com", "A@example.com"}})
	require.NoError(t, err)
	config, err := mail.ParseConfig("smtp://127.0.0.1:"+strconv.Itoa(port)+"?from=sluice@example.com&plain=true", "https://sluice.example.com/")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 2 { // two nodes
		sender := &mail.Sender{Store: st, Config: config, Log: slog.New(slog.DiscardHandler), Every: 10 * time.Millisecond, First: 20 * time.Millisecond}
		go sender.Run(ctx)
	}
	first, err := st.Queue.Claim(ctx, "n", true)
	require.NoError(t, err)
	require.NoError(t, st.Findings.Finish(ctx, first, &findings.Outcome{State: queue.Succeeded, Commit: "1", Findings: []scan.Finding{{
		Engine: "secrets", RuleID: "R", Title: "t", Severity: scan.SeverityHigh, Fingerprint: "f", Path: "p", Secret: scan.NewSecret("canary-text"), Excerpt: "x = ••••",
	}}, Hash: func(string) string { return "h" }}))
	_, mails := s.got()
	require.Empty(t, mails, "not before the last one has ended")
	second, err := st.Queue.Claim(ctx, "n", true)
	require.NoError(t, err)
	require.NoError(t, st.Findings.Finish(ctx, second, &findings.Outcome{State: queue.Failed, Reason: "the object is corrupt"}))
	testwait.Until(t, func() bool { _, mails := s.got(); return len(mails) == 2 }, "mails")
	to, mails := s.got()
	slices.Sort(to)
	require.Equal(t, []string{"a@example.com", "b@example.com"}, slices.Compact(to), "each address once, also after a refusal")
	text := strings.ReplaceAll(strings.ReplaceAll(mails[0], "=\r\n", ""), "=3D", "=")
	for _, words := range []string{
		"Subject: [sluice] Scan of Payments finished: 1 vulnerable, 1 error", "Auto-Submitted: auto-generated", "List-Id:", "asked for by ada", "1 succeeded, 1 failed", "1 new since the scan before, 0 gone",
		"PAY / api: 0 critical, 1 high", "the object is corrupt", db.Key(second.ID), "https://sluice.example.com/", "&lt;b&gt;x",
	} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "canary")
}

// outbox returns a store with a finished batch and mails to some addresses.
func outbox(t *testing.T, path string, to ...string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	_, err = st.Queue.Enqueue(t.Context(), queue.Request{Force: true, Name: "Payments", Mail: to})
	require.NoError(t, err)
	return st
}

// sending runs a sender until the test ends.
func sending(t *testing.T, s *mail.Sender) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
}

// A mail that the server refuses for one address does not delay the others, is not retried over and over, and is listed
// with the reason until an administrator deletes it.
func TestMailsAreIndependent(t *testing.T) {
	t.Parallel()
	s, port := newSink(t)
	s.codes = map[string]int{"a-gone@example.com": 550, "b-full@example.com": 452, "c-gone@example.com": 553}
	st := outbox(t, filepath.Join(t.TempDir(), "sluice.db"), "a-gone@example.com", "b-full@example.com", "c-gone@example.com", "d@example.com", "e@example.com")
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	config, err := mail.ParseConfig("smtp://127.0.0.1:"+strconv.Itoa(port)+"?from=sluice@example.com&plain=true", "")
	require.NoError(t, err)
	sender := &mail.Sender{Store: st, Config: config, Log: slog.New(slog.DiscardHandler), Every: 5 * time.Millisecond, First: time.Hour, Longest: time.Hour}
	sending(t, sender)
	testwait.Until(t, func() bool {
		to, _ := s.got()
		left, err := st.Mails.List(t.Context(), db.Page{Limit: 10})
		return err == nil && len(to) == 2 && len(left) == 3 && !left[1].Failed.IsZero() && left[0].Error != ""
	}, "mails")
	left, err := st.Mails.List(t.Context(), db.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, "b-full@example.com", left[0].Address, "it is tried again")
	for i, l := range left {
		require.Equal(t, 1, l.Attempts)
		require.Equal(t, i == 0, l.Failed.IsZero())
		require.Contains(t, l.Error, "not this one")
	}
	// The mailbox has space again, and an administrator does not want to wait.
	s.mu.Lock()
	delete(s.codes, "b-full@example.com")
	s.mu.Unlock()
	_, err = st.Mails.Renew(t.Context(), left[0].Batch, "B-full@example.com")
	require.NoError(t, err)
	testwait.Until(t, func() bool { to, _ := s.got(); return len(to) == 3 }, "mails")
	_, err = st.Mails.Drop(t.Context(), left[0].Batch, "")
	require.NoError(t, err)
	s.mu.Lock()
	require.Equal(t, map[string]int{"a-gone@example.com": 1, "b-full@example.com": 2, "c-gone@example.com": 1, "d@example.com": 1, "e@example.com": 1}, s.tried)
	s.mu.Unlock()
	require.NoError(t, sender.Test(t.Context(), "test@example.com"))
	require.ErrorContains(t, sender.Test(t.Context(), "a-gone@example.com"), "not this one")
}

// No log line says that a mail is lost, and a sent mail is not sent again because the database could not record it at
// once.
func TestTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	s, port := newSink(t)
	path := filepath.Join(t.TempDir(), "sluice.db")
	st := outbox(t, path, "a@example.com", "b@example.com")
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "create trigger away before update of sent_at on batch_mail when new.sent_at is not null begin select raise(abort, 'away'); end")
	require.NoError(t, err)
	config, err := mail.ParseConfig("smtp://127.0.0.1:"+strconv.Itoa(port)+"?from=sluice@example.com&plain=true", "")
	require.NoError(t, err)
	log := &lockedBuffer{}
	sending(t, &mail.Sender{Store: st, Config: config, Log: slog.New(slog.NewTextHandler(log, nil)), Every: 5 * time.Millisecond})
	testwait.Until(t, func() bool { return strings.Contains(log.String(), "could not be recorded") }, "mails")
	_, err = db.ExecContext(t.Context(), "drop trigger away")
	require.NoError(t, err)
	testwait.Until(t, func() bool { return strings.Count(log.String(), "mail sent") == 2 }, "mails")
	to, _ := s.got()
	require.Equal(t, []string{"a@example.com", "b@example.com"}, to)

	away := outbox(t, filepath.Join(t.TempDir(), "sluice.db"), "a@example.com")
	require.NoError(t, away.Close())
	log = &lockedBuffer{}
	sending(t, &mail.Sender{Store: away, Config: config, Log: slog.New(slog.NewTextHandler(log, nil)), Every: time.Millisecond})
	testwait.Until(t, func() bool { return strings.Contains(log.String(), "cannot be read; none is lost") }, "mails")
	require.NotContains(t, log.String(), "mail is lost")
}

// lockedBuffer is a log that one goroutine reads while others write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// The error says what to set.
func TestAServerWithoutTLS(t *testing.T) {
	t.Parallel()
	_, port := newSink(t)
	config, err := mail.ParseConfig("smtp://127.0.0.1:"+strconv.Itoa(port)+"?from=sluice@example.com", "")
	require.NoError(t, err)
	require.ErrorContains(t, (&mail.Sender{Config: config}).Test(t.Context(), "a@example.com"), "plain=true")
	require.ErrorIs(t, (&mail.Sender{}).Test(t.Context(), "a@example.com"), mail.ErrNoServer)
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a@example.com", "first.last+tag@sub.example.org", "x@localhost"} {
		require.True(t, mail.ValidAddress(good), good)
	}
	for _, bad := range []string{
		"", "a", "@x", "a@", "a@b@c", "a@x\r\nBcc: b@y", "a@x,b@y", "A <a@x>", "a@x;b@y", "\"a b\"@x", "a@x ", strings.Repeat("a", 250) + "@example.com", "a@x\x00",
	} {
		require.False(t, mail.ValidAddress(bad), "%q", bad)
	}
	require.Equal(t, "example.com", mail.Domain("A@EXAMPLE.com"))
}

func TestParseConfig(t *testing.T) {
	t.Parallel()
	c, err := mail.ParseConfig("smtps://u:p%40ss@mail.example.com?from=s@example.com", "")
	require.NoError(t, err)
	require.Equal(t, mail.Config{Host: "mail.example.com", Port: 465, User: "u", Password: "p@ss", From: "s@example.com"}, c)
	none, err := mail.ParseConfig("", "")
	require.NoError(t, err)
	require.Empty(t, none.Host)
	for _, bad := range []string{"mail.example.com", "http://x?from=a@b", "smtp://canary-password@", "smtp://x:canary", "smtp://u:canary@x", "smtp://u:canary@x?from=a%0Ab@c"} {
		_, err := mail.ParseConfig(bad, "")
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "canary")
	}
}
