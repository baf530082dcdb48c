package mail_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
	"github.com/sluice-scan/sluice/scan"
)

// receiver gets what channels send. It is safe for concurrent use.
type receiver struct {
	mu   sync.Mutex
	got  []posted
	fail []int
}

type posted struct {
	path, body string
	header     http.Header
}

func (x *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.got = append(x.got, posted{r.URL.Path, string(body), r.Header})
	if len(x.fail) > 0 {
		w.WriteHeader(x.fail[0])
		x.fail = x.fail[1:]
	}
}

// at lists what came to a path.
func (x *receiver) at(path string) (list []posted) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, p := range x.got {
		if p.path == path {
			list = append(list, p)
		}
	}
	return list
}

// channels is a store with PAY/api and OPS/tool, each with a branch, and channels.
type channels struct {
	t      *testing.T
	st     *store.Store
	to     *receiver
	url    string
	box    seal.Box
	log    *lockedBuffer
	ids    map[string]int64
	sender *mail.Sender
}

func newChannels(t *testing.T) *channels {
	t.Helper()
	st, err := store.Open(t.Context(), teststore.SQLite(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	for _, key := range []string{"PAY", "OPS"} {
		_, err = teststore.Sync(t, st).Apply(t.Context(), &connection.Project{Key: key, Name: key, Repositories: []connection.Repository{{Slug: "api", Name: "api", Location: key, DefaultBranch: "main", Branches: []connection.Branch{{Name: "main", Head: "1"}}}}})
		require.NoError(t, err)
	}
	keys, err := seal.New([]byte(strings.Repeat("k", 32)))
	require.NoError(t, err)
	c := &channels{t: t, st: st, to: &receiver{}, box: keys.Connections(), log: &lockedBuffer{}, ids: map[string]int64{}}
	server := httptest.NewServer(c.to)
	t.Cleanup(server.Close)
	c.url = server.URL
	c.sender = &mail.Sender{
		Store: st, Log: slog.New(slog.NewTextHandler(c.log, nil)), Every: 5 * time.Millisecond, First: time.Millisecond, Longest: 2 * time.Millisecond,
		Config: mail.Config{Link: "https://sluice.example.com/"}, Post: mail.Post{Box: c.box, Agent: "sluice/test", Now: func() time.Time { return time.Unix(1_700_000_000, 0) }},
	}
	return c
}

func (c *channels) add(name, kind, scope, news string) {
	c.t.Helper()
	x := &mails.Channel{Name: name, Kind: kind, Scope: scope, News: news, Enabled: true, Target: c.url + "/canary-path/" + name}
	require.Empty(c.t, mail.CheckChannel(x, x.Target))
	if kind == mails.KindWebhook {
		x.Secret = "the-secret"
	}
	id, err := c.st.Mails.AddChannel(c.t.Context(), x, c.box.Seal)
	require.NoError(c.t, err)
	c.ids[name] = id
}

// scan scans everything: PAY/api gets findings, OPS/api fails if so wanted.
func (c *channels) scan(found int, fails bool) {
	c.t.Helper()
	ctx := c.t.Context()
	_, err := c.st.Queue.Enqueue(ctx, queue.Request{Force: true, Name: "<everything> & more", By: "ada"})
	require.NoError(c.t, err)
	for range 2 {
		job, err := c.st.Queue.Claim(ctx, "n", true)
		require.NoError(c.t, err)
		o := &findings.Outcome{State: queue.Succeeded, Commit: "1", Hash: func(string) string { return "h" }}
		if job.ProjectKey == "PAY" {
			for i := range found {
				o.Findings = append(o.Findings, scan.Finding{Engine: "secrets", RuleID: "R", Title: "t", Severity: scan.SeverityHigh, Fingerprint: "f" + string(rune('0'+i)), Path: "p", Secret: scan.NewSecret("canary-text"), Excerpt: "x = ••••"})
			}
		} else if fails {
			o = &findings.Outcome{State: queue.Failed, Reason: "the object is corrupt"}
		}
		require.NoError(c.t, c.st.Findings.Finish(ctx, job, o))
	}
}

// TestNewsGoesToChannels: each gets what is about its place, if it wants that; signed, and without the text of a finding.
func TestNewsGoesToChannels(t *testing.T) {
	t.Parallel()
	c := newChannels(t)
	c.add("all", mails.KindWebhook, "", mails.NewsChanged)
	c.add("pay", mails.KindSlack, "PAY", mails.NewsChanged)
	c.add("tool", mails.KindWebhook, "OPS/api", mails.NewsFailed)
	c.add("nothing", mails.KindWebhook, "NONE", mails.NewsEnded)
	c.scan(2, false)
	sending(t, c.sender)
	testwait.Until(t, func() bool { return len(c.to.at("/canary-path/all")) == 1 && len(c.to.at("/canary-path/pay")) == 1 }, "the news")
	p := c.to.at("/canary-path/all")[0]
	require.Equal(t, mail.Sign("the-secret", "1700000000", p.header.Get(mail.HeaderDelivery), []byte(p.body)), p.header.Get(mail.HeaderSignature))
	require.Equal(t, []string{"scans.finished", "1700000000", "application/json", "sluice/test"}, []string{p.header.Get(mail.HeaderEvent), p.header.Get(mail.HeaderTimestamp), p.header.Get("Content-Type"), p.header.Get("User-Agent")})
	var event map[string]any
	require.NoError(t, json.Unmarshal([]byte(p.body), &event))
	require.Equal(t, []any{"all", "<everything> & more", "ada", map[string]any{"new": 2.0, "gone": 0.0}, map[string]any{"succeeded": 2.0, "failed": 0.0, "cancelled": 0.0, "dropped": 0.0}},
		[]any{event["channel"], event["scope"], event["requestedBy"], event["findings"], event["scans"]})
	require.Equal(t, []any{map[string]any{"project": "PAY", "repository": "api", "critical": 0.0, "high": 2.0, "medium": 0.0, "low": 0.0}}, event["repositories"])
	slack := c.to.at("/canary-path/pay")[0]
	require.Contains(t, slack.body, `\u0026lt;everything\u0026gt; \u0026amp; more`)
	require.Contains(t, slack.body, "2 new findings")
	require.Empty(t, slack.header.Get(mail.HeaderSignature))

	// Nothing new: only an error is news, and only for those whose place has it.
	c.scan(2, true)
	testwait.Until(t, func() bool { return len(c.to.at("/canary-path/tool")) == 1 && len(c.to.at("/canary-path/all")) == 2 }, "the error")
	require.Contains(t, c.to.at("/canary-path/tool")[0].body, "the object is corrupt")
	testwait.Until(t, func() bool {
		left, err := c.st.Mails.List(t.Context(), db.Page{Limit: 10})
		return err == nil && len(left) == 0
	}, "nothing waits")
	require.Len(t, c.to.at("/canary-path/pay"), 1)
	require.Empty(t, c.to.at("/canary-path/nothing"))
	for _, p := range c.to.got {
		require.NotContains(t, p.body, "canary")
	}
	require.NotContains(t, c.log.String(), "canary")
}

// TestNewsIsTriedAgainOrParked: a server that is away gets it later, under the same delivery; one that refuses it does not, and
// people see why.
func TestNewsIsTriedAgainOrParked(t *testing.T) {
	t.Parallel()
	c := newChannels(t)
	c.add("all", mails.KindWebhook, "", mails.NewsChanged)
	c.to.fail = []int{503, 429, 200, 302}
	c.scan(1, false)
	sending(t, c.sender)
	testwait.Until(t, func() bool { return len(c.to.at("/canary-path/all")) == 3 }, "three attempts")
	list := c.to.at("/canary-path/all")
	require.Equal(t, list[0].header.Get(mail.HeaderDelivery), list[2].header.Get(mail.HeaderDelivery))
	require.Equal(t, list[0].body, list[2].body)
	c.scan(3, false)
	var left []mails.Mail
	testwait.Until(t, func() bool {
		var err error
		left, err = c.st.Mails.List(t.Context(), db.Page{Limit: 10})
		return err == nil && len(left) == 1 && !left[0].Failed.IsZero()
	}, "it is parked")
	require.Equal(t, []string{"all", "the server answers 302 Found"}, []string{left[0].Title, left[0].Error})
	_, err := c.st.Mails.Renew(t.Context(), left[0].Batch, left[0].Address)
	require.NoError(t, err)
	testwait.Until(t, func() bool { return len(c.to.at("/canary-path/all")) == 5 }, "a person wants another attempt")
	require.NoError(t, c.sender.TestChannel(t.Context(), c.ids["all"]))
	require.Contains(t, c.to.at("/canary-path/all")[5].body, `"event":"test"`)
	require.ErrorIs(t, c.sender.TestChannel(t.Context(), 1), db.ErrNotFound)
	require.NoError(t, c.st.Mails.EnableChannel(t.Context(), c.ids["all"], false))
	c.scan(4, false)
	require.NoError(t, c.st.Mails.RemoveChannel(t.Context(), c.ids["all"]))
	left, err = c.st.Mails.List(t.Context(), db.Page{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, left)
	require.NotContains(t, c.log.String(), "canary", "the address lets in anyone who has it")

	away := &mails.Channel{Name: "away", Kind: mails.KindSlack, News: mails.NewsEnded, Target: "http://127.0.0.1:1/canary-path", Enabled: true}
	id, err := c.st.Mails.AddChannel(t.Context(), away, c.box.Seal)
	require.NoError(t, err)
	err = c.sender.TestChannel(t.Context(), id)
	require.ErrorContains(t, err, "127.0.0.1:1 does not answer")
	require.NotContains(t, err.Error(), "canary")
}

func TestChannelsAreChecked(t *testing.T) {
	t.Parallel()
	good := mails.Channel{Name: "x", Kind: mails.KindWebhook, News: mails.NewsEnded}
	for target, ok := range map[string]bool{"https://x.example.com/a?b=c": true, "http://10.0.0.1:8080": true, "": false, "x": false, "ftp://x": false, "https://canary:canary@x": false, "https://x/#canary": false, "https://" + strings.Repeat("x", 2000): false, "https://x/\x00": false} {
		bad := mail.CheckChannel(&good, target)
		require.Equal(t, ok, bad == nil, target)
		for _, p := range bad {
			require.NotContains(t, p.Err.Error(), "canary")
		}
	}
	for _, change := range []func(c *mails.Channel){func(c *mails.Channel) { c.Name = " " }, func(c *mails.Channel) { c.Name = strings.Repeat("x", 101) }, func(c *mails.Channel) { c.Kind = "pager" }, func(c *mails.Channel) { c.News = "all" }, func(c *mails.Channel) { c.Kind = mails.KindMail }} {
		x := good
		change(&x)
		require.Len(t, mail.CheckChannel(&x, "https://x.example.com"), 1)
	}
}
