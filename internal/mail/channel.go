package mail

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/scan"
)

// Post sends what channels get. It is safe for concurrent use.
type Post struct {
	// Box opens the addresses and secrets of channels.
	Box seal.Box
	// HTTP is the network; its redirects are not followed. Agent is the name of this program.
	HTTP  http.RoundTripper
	Agent string
	// Now returns the time; nil means time.Now.
	Now func() time.Time
}

const (
	// maxChannelName and maxTarget limit the texts of a channel, in bytes.
	maxChannelName = 100
	maxTarget      = 2000
	// maxAnswer is how much of an answer is read, in bytes.
	maxAnswer = 64 << 10
	// eventEnded is the event of a webhook, eventTest that of a test.
	eventEnded = "scans.finished"
	eventTest  = "test"
)

// The headers of a webhook. The signature is "v1=" and the HMAC-SHA256, in hex, of the timestamp, a dot, the delivery, a dot,
// and the body. The delivery is the same at each attempt; the timestamp is the attempt's, in seconds since 1970.
const (
	HeaderEvent     = "X-Sluice-Event"
	HeaderDelivery  = "X-Sluice-Delivery"
	HeaderTimestamp = "X-Sluice-Timestamp"
	HeaderSignature = "X-Sluice-Signature"
)

// ChannelProblem is what is wrong with a field of a channel.
type ChannelProblem struct {
	Field string
	Err   error
}

// CheckChannel says what is wrong with a new channel, in the fields "name", "kind", "news" and "target". target is its
// address. No problem quotes it.
func CheckChannel(c *mails.Channel, target string) (bad []ChannelProblem) {
	add := func(wrong bool, field, text string) {
		if wrong {
			bad = append(bad, ChannelProblem{field, errors.New(text)})
		}
	}
	add(strings.TrimSpace(c.Name) == "" || len(c.Name) > maxChannelName || !utf8.ValidString(c.Name) || !db.Plain(c.Name), "name", "it must have from 1 to 100 bytes")
	add(!slices.Contains([]string{mails.KindWebhook, mails.KindSlack, mails.KindMail}, c.Kind), "kind", "it must be webhook, slack or mail")
	add(!slices.Contains([]string{mails.NewsEnded, mails.NewsChanged, mails.NewsFailed}, c.News), "news", "it must be ended, changed or failed")
	if c.Kind == mails.KindMail {
		add(!ValidAddress(target), "target", "it must be a plain mail address")
		return bad
	}
	u, err := url.Parse(target)
	add(err != nil || len(target) > maxTarget || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "", "target", "it must be an address such as https://chat.example.com/hooks/..., without a user")
	return bad
}

// NewSecret makes a secret for the signatures of a channel.
func NewSecret() string { return rand.Text() + rand.Text() }

// gone is an answer after which another attempt is useless.
type goneError struct{ status int }

func (e *goneError) Error() string {
	return fmt.Sprintf("the server answers %d %s", e.status, http.StatusText(e.status))
}

// wants reports whether a channel wants a report.
func wants(c *mails.Channel, r *mails.Report) bool {
	switch c.News {
	case mails.NewsFailed:
		return r.Failed > 0
	case mails.NewsChanged:
		return r.Failed > 0 || r.Appeared > 0
	}
	return r.Succeeded+r.Failed > 0
}

// eventWire is what a webhook gets. It holds names and numbers, and no text of a finding.
type eventWire struct {
	Event    string `json:"event"`
	Delivery string `json:"delivery"`
	Channel  string `json:"channel"`
	Link     string `json:"link,omitempty"`
	// The rest is about finished scans.
	Batch        string           `json:"batchId,omitempty"`
	Scope        string           `json:"scope,omitempty"`
	By           string           `json:"requestedBy,omitempty"`
	Started      string           `json:"startedDate,omitempty"`
	Finished     string           `json:"finishedDate,omitempty"`
	Scans        *scansWire       `json:"scans,omitempty"`
	Branches     *branchesWire    `json:"branches,omitempty"`
	Findings     *findingsWire    `json:"findings,omitempty"`
	Repositories []repositoryWire `json:"repositories,omitempty"`
	Errors       []errorWire      `json:"errors,omitempty"`
}

type scansWire struct {
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	Cancelled int `json:"cancelled"`
	Dropped   int `json:"dropped"`
}

type branchesWire struct {
	Vulnerable int `json:"vulnerable"`
	Incomplete int `json:"incomplete"`
	Secure     int `json:"secureOrOutdated"`
	NotScanned int `json:"notScanned"`
}

type findingsWire struct {
	New  int `json:"new"`
	Gone int `json:"gone"`
}

type repositoryWire struct {
	Project    string `json:"project"`
	Repository string `json:"repository"`
	Critical   int    `json:"critical"`
	High       int    `json:"high"`
	Medium     int    `json:"medium"`
	Low        int    `json:"low"`
}

type errorWire struct {
	Scan       string `json:"scanKey"`
	Project    string `json:"project"`
	Repository string `json:"repository"`
	Branch     string `json:"branch"`
	Reason     string `json:"reason"`
}

func eventOf(c *mails.Channel, r *mails.Report, delivery, link string) *eventWire {
	w := &eventWire{
		Event: eventEnded, Delivery: delivery, Channel: c.Name, Link: link, Batch: db.Key(r.Batch), Scope: scope(r), By: r.By, Started: r.Created.UTC().Format(time.RFC3339), Finished: r.Finished.UTC().Format(time.RFC3339),
		Scans: &scansWire{r.Succeeded, r.Failed, r.Cancelled, r.Dropped}, Branches: &branchesWire{r.Vulnerable, r.Incomplete, r.Secure, r.NotScanned}, Findings: &findingsWire{r.Appeared, r.Vanished},
	}
	for _, x := range r.Repositories {
		w.Repositories = append(w.Repositories, repositoryWire{x.ProjectKey, x.Slug, x.Open.Critical, x.Open.High, x.Open.Medium, x.Open.Low})
	}
	for _, e := range r.Errors {
		w.Errors = append(w.Errors, errorWire{db.Key(e.Scan), e.ProjectKey, e.Slug, e.Branch, e.Reason})
	}
	return w
}

// slackEscapes are the characters that mean something in texts for Slack (https://api.slack.com/reference/surfaces/formatting#escaping).
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// slackText says a report in a few lines.
func slackText(r *mails.Report, link string) string {
	text := fmt.Sprintf("Scan of %s finished: %s vulnerable, %s, %d new findings, %d gone.", oneLine(scope(r)), scan.Plural(r.Vulnerable, "branch", "branches"), scan.Plural(r.Failed, "error", "errors"), r.Appeared, r.Vanished)
	for _, x := range r.Repositories {
		text += fmt.Sprintf("\n• %s / %s: %s", oneLine(x.ProjectKey), oneLine(x.Slug), open(x.Open))
	}
	for _, e := range r.Errors {
		text += fmt.Sprintf("\n• %s / %s : %s could not be scanned: %s", oneLine(e.ProjectKey), oneLine(e.Slug), oneLine(e.Branch), oneLine(e.Reason))
	}
	text = slackEscapes.Replace(text)
	if link != "" {
		text += "\n<" + link + "|Open Sluice>"
	}
	return text
}

// Sign returns the signature of a body.
func Sign(secret, timestamp, delivery string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, timestamp+"."+delivery+".") // a hash never fails
	_, _ = mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// send posts an event to a channel. No error holds the address, which lets in anyone who has it.
func (p *Post) send(ctx context.Context, c *mails.Channel, w *eventWire, text string) error {
	target, err := p.Box.Open(c.Target, mails.ChannelPlace(c.ID))
	if err != nil {
		return fmt.Errorf("the address of the channel: %w", err)
	}
	var body any = w
	if c.Kind == mails.KindSlack {
		body = map[string]string{"text": text}
	}
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(data))
	if err != nil {
		return errors.New("the address of the channel is not one")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", p.Agent)
	if c.Kind == mails.KindWebhook {
		now := time.Now
		if p.Now != nil {
			now = p.Now
		}
		timestamp := strconv.FormatInt(now().Unix(), 10)
		r.Header.Set(HeaderEvent, w.Event)
		r.Header.Set(HeaderDelivery, w.Delivery)
		r.Header.Set(HeaderTimestamp, timestamp)
		if c.Secret != "" {
			secret, err := p.Box.Open(c.Secret, mails.ChannelPlace(c.ID))
			if err != nil {
				return fmt.Errorf("the secret of the channel: %w", err)
			}
			r.Header.Set(HeaderSignature, Sign(secret, timestamp, w.Delivery, data))
		}
	}
	client := http.Client{Transport: p.HTTP, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		var named *url.Error
		if errors.As(err, &named) {
			err = named.Err
		}
		return fmt.Errorf("%s does not answer: %w", r.URL.Host, err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	switch status := answer.StatusCode; {
	case status < 300:
		return nil
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return fmt.Errorf("%s answers %d %s", r.URL.Host, status, http.StatusText(status))
	default:
		return &goneError{status}
	}
}

// deliver sends a letter to its channel. skip is true if the channel does not want this one.
func (s *Sender) deliver(ctx context.Context, l *mails.Mail, id int64) (skip bool, err error) {
	c, err := s.Store.Mails.Channel(ctx, id)
	if errors.Is(err, db.ErrNotFound) || err == nil && !c.Enabled {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	r, err := s.Store.Mails.Report(ctx, l.Batch, c.Scope)
	if err != nil || !wants(c, r) {
		return err == nil, err
	}
	if c.Kind == mails.KindMail {
		if s.Config.Host == "" {
			return false, ErrNoServer
		}
		address, err := s.Post.Box.Open(c.Target, mails.ChannelPlace(c.ID))
		if err != nil {
			return false, fmt.Errorf("the address of the channel: %w", err)
		}
		return false, s.send(ctx, address, Subject(r), Text(r, s.Config.Link), func() (string, error) { return HTML(r, s.Config.Link) })
	}
	return false, s.Post.send(ctx, c, eventOf(c, r, db.Key(l.Batch)+"-"+db.Key(c.ID), s.Config.Link), slackText(r, s.Config.Link))
}

// TestChannel sends something to a channel at once, and returns the error, if any. db.ErrNotFound means that there is no such
// channel.
func (s *Sender) TestChannel(ctx context.Context, id int64) error {
	c, err := s.Store.Mails.Channel(ctx, id)
	if err != nil {
		return err
	}
	if c.Kind == mails.KindMail {
		address, err := s.Post.Box.Open(c.Target, mails.ChannelPlace(c.ID))
		if err != nil {
			return fmt.Errorf("the address of the channel: %w", err)
		}
		return s.Test(ctx, address)
	}
	text := "An administrator asked for this message, to see whether it arrives."
	return s.Post.send(ctx, c, &eventWire{Event: eventTest, Delivery: "test-" + rand.Text(), Channel: c.Name, Link: s.Config.Link}, text)
}
