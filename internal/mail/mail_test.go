package mail_test

import (
	"context"
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

	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan"
)

// sink is an SMTP server in this process that keeps what it gets. It is safe for concurrent use.
type sink struct {
	mu    sync.Mutex
	mails []string
	to    []string
	// refuse is how many mails it refuses first.
	refuse int
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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	n, err := strconv.Atoi(port)
	require.NoError(t, err)
	return s, n
}

func TestRow47MailWhenTheLastScanHasEnded(t *testing.T) {
	t.Parallel()
	s, port := newSink(t)
	s.refuse = 1
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	_, err = st.SyncProject(t.Context(), &store.FoundProject{Key: "PAY", Name: "Payments", Repositories: []store.FoundRepository{{
		Slug: "api", Name: "api", Location: "x", DefaultBranch: "main", Branches: []store.FoundBranch{{Name: "main", Head: "1"}, {Name: "<b>x", Head: "1"}},
	}}})
	require.NoError(t, err)
	_, err = st.Enqueue(t.Context(), store.Request{Force: true, Name: "Payments", By: "ada", Mail: []string{"a@example.com", "b@example.com", "A@example.com"}})
	require.NoError(t, err)
	config, err := mail.ParseConfig("smtp://127.0.0.1:"+strconv.Itoa(port)+"?from=sluice@example.com&plain=true", "https://sluice.example.com/")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 2 { // two nodes
		sender := &mail.Sender{Store: st, Config: config, Log: slog.New(slog.DiscardHandler), Every: 10 * time.Millisecond}
		go sender.Run(ctx)
	}
	first, err := st.Claim(ctx, "n", true)
	require.NoError(t, err)
	require.NoError(t, st.Finish(ctx, first, &store.Outcome{State: store.Succeeded, Commit: "1", Findings: []scan.Finding{{
		Engine: scan.EngineSecrets, RuleID: "R", Title: "t", Severity: scan.SeverityHigh, Fingerprint: "f", Path: "p", Secret: scan.NewSecret("canary-text"), Excerpt: "x = ••••",
	}}, Hash: func(string) string { return "h" }}))
	_, mails := s.got()
	require.Empty(t, mails, "not before the last one has ended")
	second, err := st.Claim(ctx, "n", true)
	require.NoError(t, err)
	require.NoError(t, st.Finish(ctx, second, &store.Outcome{State: store.Failed, Reason: "the object is corrupt"}))
	require.Eventually(t, func() bool { _, mails := s.got(); return len(mails) == 2 }, 10*time.Second, 10*time.Millisecond)
	to, mails := s.got()
	slices.Sort(to)
	require.Equal(t, []string{"a@example.com", "b@example.com"}, slices.Compact(to), "each address once, also after a refusal")
	text := strings.ReplaceAll(strings.ReplaceAll(mails[0], "=\r\n", ""), "=3D", "=")
	for _, words := range []string{
		"Subject: [sluice] Scan of Payments finished: 1 vulnerable, 1 error", "Auto-Submitted: auto-generated", "List-Id:", "asked for by ada", "1 succeeded, 1 failed", "1 new since the scan before, 0 gone",
		"PAY / api: 0 critical, 1 high", "the object is corrupt", store.ScanKey(second.ID), "https://sluice.example.com/", "&lt;b&gt;x",
	} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "canary")
}

func TestRow174Addresses(t *testing.T) {
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
