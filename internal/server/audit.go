package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

const (
	// auditTime bounds how long an entry may take: the caller may be gone, and the entry is written nevertheless.
	auditTime = 10 * time.Second
	// maxDetail bounds a value of a query in an entry, in bytes.
	maxDetail = 200
)

// audit writes down what a call has changed, or revealed. Of the request it holds who, which route, which object, and the
// parameters of the query that the route declares; never the body.
func (c *call) audit(r *route) {
	if c.recorded || (c.r.Method == http.MethodGet || c.r.Method == http.MethodHead) && !r.reveals {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.context()), auditTime)
	defer cancel()
	e := &audit.Event{Action: r.method + " " + r.path, Object: c.object(r), Detail: c.detail(r)}
	if c.account != nil {
		e.Actor = c.account.Name
	}
	if err := c.s.store.Audit.Add(ctx, e); err != nil {
		// The change is made: that nobody wrote it down must be seen.
		c.s.log.Error("audit entry lost", "request", c.id, "actor", e.Actor, "action", e.Action, "object", e.Object, "error", err)
	}
}

// record writes down what a call does in words of its own, in place of the entry that audit writes. Unlike that, it can come
// before what it tells of: no text of a secret leaves that nobody has written down.
func (c *call) record(action, object, detail string) error {
	c.recorded = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.context()), auditTime)
	defer cancel()
	return c.s.store.Audit.Add(ctx, &audit.Event{Actor: c.account.Name, Action: action, Object: object, Detail: detail})
}

// object names what the call speaks of: the repository, the project, or else what the path names.
func (c *call) object(r *route) string {
	switch {
	case c.repository != nil:
		return c.repository.ProjectKey + "/" + c.repository.Slug
	case c.project != nil:
		return c.project.Key
	}
	var named []string
	for rest := r.path; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			break
		}
		name, behind, _ := strings.Cut(after, "}")
		named, rest = append(named, shortened(c.r.PathValue(strings.TrimSuffix(name, "...")))), behind
	}
	return strings.Join(named, " ")
}

func (c *call) detail(r *route) string {
	words := c.details
	query := c.r.URL.Query()
	for _, p := range r.query {
		for _, value := range query[p.name] {
			words = append(words, p.name+"="+shortened(value))
		}
	}
	return strings.Join(words, " ")
}

func shortened(text string) string {
	if len(text) > maxDetail {
		return strings.ToValidUTF8(text[:maxDetail], "") + "…"
	}
	return text
}

// note adds to the entry of the audit log that the call will get.
func (c *call) note(text string) { c.details = append(c.details, text) }

func (s *Server) auditRoutes() []route {
	filters := []parameter{
		{"actor", "an account", false}, {"action", "a part of the action", false}, {"object", "a part of the object", false},
		{"startDate", "entries at or after it (ISO 8601)", false}, {"endDate", "entries before it (ISO 8601)", false},
	}
	return []route{
		{
			method: http.MethodGet, path: "/audit", name: "listAudit",
			needs: grantee, scope: "settings",
			summary: "List the entries of the audit log, newest first.",
			query:   append(filters, pageParameters...),
			gives:   page(eventWire{}),
			handle: func(c *call) (*reply, error) {
				filter := audit.Filter{Actor: strings.ToLower(c.query("actor")), Action: c.query("action"), Object: c.query("object")}
				if err := c.between(&filter.From, &filter.To); err != nil {
					return nil, err
				}
				return paged(c, func(page db.Page) ([]audit.Event, error) { return s.store.Audit.List(c.context(), filter, page) }, eventBody)
			},
		},
		{
			method: http.MethodGet, path: "/audit/check", name: "checkAudit",
			needs: grantee, scope: "settings",
			summary: "Check that every entry of the audit log follows from the entry before it. This finds changed and deleted entries; note the head elsewhere to find a log that was replaced.",
			gives:   returns(checkWire{}),
			handle: func(c *call) (*reply, error) {
				check, err := s.store.Audit.Check(c.context())
				if err != nil {
					return nil, err
				}
				return ok(checkBody(check))
			},
		},
	}
}

// between reads startDate and endDate; what is not given stays.
func (c *call) between(from, to *time.Time) error {
	for _, bound := range []struct {
		name string
		to   *time.Time
	}{{"startDate", from}, {"endDate", to}} {
		text := c.query(bound.name)
		if text == "" {
			continue
		}
		// The plus of a zone is a blank in a query that was not escaped.
		t, err := parseDate(strings.ReplaceAll(text, " ", "+"))
		if err != nil {
			return badRequest("%s: %q is not a date such as 2024-09-07T00:01:12Z", bound.name, shortened(text))
		}
		*bound.to = t
	}
	return nil
}

type checkWire struct {
	Entries   int    `json:"entries"`
	Unchained int    `json:"unchained" doc:"Entries from before the log had hashes."`
	Intact    bool   `json:"intact"`
	BrokenAt  *int64 `json:"brokenAt" doc:"The number of the first entry that does not follow from the one before; null when there is none."`
	Head      string `json:"head"`
	HeadSeq   int64  `json:"headNumber"`
}

func checkBody(c *audit.ChainCheck) checkWire {
	w := checkWire{Entries: c.Entries, Unchained: c.Unchained, Intact: c.BrokenAt == 0, Head: c.Head, HeadSeq: c.HeadSeq}
	if c.BrokenAt != 0 {
		w.BrokenAt = &c.BrokenAt
	}
	return w
}

// refusedEvery bounds how often the same account is written down for being refused the same.
const refusedEvery = time.Minute

// refusals remembers when an account was last refused what. Its zero value is ready.
type refusals struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// fresh reports whether a refusal is to be written down.
func (r *refusals) fresh(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, at := range r.last {
		if now.Sub(at) >= refusedEvery {
			delete(r.last, k)
		}
	}
	if _, ok := r.last[key]; ok {
		return false
	}
	if r.last == nil {
		r.last = map[string]time.Time{}
	}
	r.last[key] = now
	return true
}

// refused writes down that somebody who may sign in was refused a change, or that signing in as an account failed; each at most
// once a minute, so that nobody fills the log.
func (c *call) refused(r *route, err error) {
	var known *httpError
	if !errors.As(err, &known) {
		return
	}
	e := &audit.Event{Object: c.object(r)}
	switch {
	case known.status == http.StatusForbidden && c.account != nil && (c.r.Method != http.MethodGet && c.r.Method != http.MethodHead || r.reveals):
		e.Actor, e.Action = c.account.Name, "refused: "+r.method+" "+r.path
	case known.status == http.StatusUnauthorized && c.claimed != "":
		e.Actor, e.Action, e.Object, e.Detail = c.claimed, "sign-in.failed", "", c.tried
	default:
		return
	}
	if !c.s.refusals.fresh(e.Actor+"\x00"+e.Action, c.s.options.Now()) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.context()), auditTime)
	defer cancel()
	if err := c.s.store.Audit.Add(ctx, e); err != nil {
		c.s.log.Error("audit entry lost", "request", c.id, "actor", e.Actor, "action", e.Action, "object", e.Object, "error", err)
	}
}

// signedInLate writes down that somebody has signed in after many wrong passwords: it may be who guessed.
func (c *call) signedInLate() error {
	if c.tried == "" {
		return nil
	}
	return c.s.store.Audit.Add(c.context(), &audit.Event{Actor: c.account.Name, Action: "sign-in.after-failures", Detail: c.tried})
}

type eventWire struct {
	ID     string  `json:"id"`
	Number int64   `json:"number" doc:"The entries count from 1."`
	Hash   string  `json:"hash" doc:"A hash of this entry and the entry before it."`
	Date   *string `json:"date"`
	Actor  string  `json:"actor"`
	Action string  `json:"action"`
	Object string  `json:"object"`
	Detail string  `json:"detail"`
}

func eventBody(e *audit.Event) eventWire {
	return eventWire{db.Key(e.ID), e.Seq, e.Hash, date(e.At), e.Actor, e.Action, e.Object, e.Detail}
}
