package site

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// Hook is a webhook.
type Hook struct {
	ID                  int
	Name, URL           string
	Events              []string
	Active              bool
	Secret              string
	Sent, Failed        int
	Skipped             int
	project, repository int
	// failures in a row open the circuit breaker until a time.
	failures int
	until    time.Time
	pause    time.Duration
	// last is the last delivery, for the resource latest.
	last map[string]any
}

// Delivery is one delivery of an event. Tamper may change, drop, repeat or reorder deliveries.
type Delivery struct {
	URL, ID, Event, Signature string
	Body                      []byte

	hook *Hook
}

// events are the keys that the product accepts. It refuses two that its documentation names.
var events = []string{
	"repo:refs_changed", "repo:modified", "repo:forked", "repo:comment:added", "repo:comment:edited", "repo:comment:deleted", "repo:secret_detected", "mirror:repo_synchronized", "project:modified",
	"pr:opened", "pr:from_ref_updated", "pr:modified", "pr:merged", "pr:declined", "pr:deleted", "pr:reviewer:updated", "pr:reviewer:approved", "pr:reviewer:unapproved", "pr:reviewer:needs_work",
	"pr:comment:added", "pr:comment:edited", "pr:comment:deleted",
}

// breakerAfter is how many failures in a row make a webhook unhealthy.
const breakerAfter = 5

// Tamper changes what is delivered: nil loses a delivery, two copies duplicate it. A nil function delivers as it is.
func (s *Site) Tamper(change func(Delivery) []Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tamper = change
}

// Hooks lists copies of the webhooks.
func (s *Site) Hooks() []Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Hook
	for _, h := range s.hooks {
		list = append(list, *h)
	}
	return list
}

// RemoveHooks deletes all webhooks, as a person may.
func (s *Site) RemoveHooks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = nil
}

// ChangeHook changes a webhook by its place in the list, as a person may.
func (s *Site) ChangeHook(i int, change func(*Hook)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.hooks[i])
}

// CopyHook makes a second webhook like another one.
func (s *Site) CopyHook(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := *s.hooks[i]
	h.ID = s.nextID()
	s.hooks = append(s.hooks, &h)
}

// Know limits the events that webhooks may have, as in an older version.
func (s *Site) Know(keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = keys
}

// Settle waits until every delivery has ended.
func (s *Site) Settle() { s.sending.Wait() }

// fire sends an event of a repository to its webhooks. mu is held.
func (s *Site) fire(r *Repository, event string, body map[string]any) {
	body["eventKey"], body["date"], body["actor"] = event, s.now().Format("2006-01-02T15:04:05-0700"), map[string]any{"name": "ada", "id": 1}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	for _, h := range s.hooks {
		if !h.Active || h.repository != r.ID && h.project != r.project.ID || !slices.Contains(h.Events, event) {
			continue
		}
		d := Delivery{URL: h.URL, ID: ground.NewID(), Event: event, Body: text, hook: h}
		if h.Secret != "" {
			d.Signature = Sign(h.Secret, text)
		}
		list := []Delivery{d}
		if s.tamper != nil {
			list = s.tamper(d)
		}
		s.sending.Go(func() {
			for _, x := range list {
				s.deliver(x)
			}
		})
	}
}

// Sign returns the signature of a body.
func Sign(secret string, body []byte) string { return ground.Sign(secret, body) }

func (s *Site) deliver(d Delivery) {
	s.mu.Lock()
	if h := d.hook; h != nil && s.now().Before(h.until) {
		// What the breaker skips is lost.
		h.Skipped++
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	status, err := s.post(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	h := d.hook
	if h == nil {
		return
	}
	h.Sent++
	outcome := "SUCCESS"
	if err != nil || status >= 400 {
		outcome = "FAILURE"
		h.Failed++
		h.failures++
		if h.failures >= breakerAfter {
			h.pause = min(max(2*h.pause, 10*time.Second), 10*time.Hour)
			h.until = s.now().Add(h.pause)
		}
	} else {
		h.failures, h.pause = 0, 0
	}
	h.last = map[string]any{"event": d.Event, "finish": s.now().UnixMilli(), "result": map[string]any{"outcome": outcome, "description": strconv.Itoa(status)}}
}

func (s *Site) post(d Delivery) (int, error) {
	return ground.Post(d.URL, d.Body, "X-Request-Id", d.ID, "X-Event-Key", d.Event, "X-Hub-Signature", d.Signature)
}

// Deliver sends a delivery that a test made, and returns the status.
func (s *Site) Deliver(d Delivery) (int, error) { return s.post(d) }

func (s *Site) hookJSON(h *Hook) map[string]any {
	configuration := map[string]any{}
	if h.Secret != "" && s.behaviour.LeakSecrets {
		configuration["secret"] = h.Secret
	}
	return map[string]any{"id": h.ID, "name": h.Name, "url": h.URL, "events": h.Events, "active": h.Active, "configuration": configuration, "sslVerificationRequired": true}
}

// serveHooks serves the webhooks of a project or a repository. mu is held.
func (s *Site) serveHooks(w http.ResponseWriter, r *http.Request, project, repository int, path []string) {
	of := func(h *Hook) bool { return h.project == project && h.repository == repository }
	if len(path) == 0 && r.Method == http.MethodGet {
		var rows []any
		for _, h := range s.hooks {
			if of(h) {
				rows = append(rows, s.hookJSON(h))
			}
		}
		s.page(w, r, rows)
		return
	}
	var h *Hook
	if len(path) > 0 && path[0] != "test" {
		id, _ := strconv.Atoi(path[0])
		i := slices.IndexFunc(s.hooks, func(x *Hook) bool { return x.ID == id && of(x) })
		if i < 0 {
			refuse(w, http.StatusNotFound, "no such webhook", "webhook.NoSuchWebhookException")
			return
		}
		h = s.hooks[i]
	}
	switch {
	case len(path) == 0 && r.Method == http.MethodPost:
		h = &Hook{project: project, repository: repository}
		if s.readHook(w, r, h) {
			h.ID = s.nextID()
			s.hooks = append(s.hooks, h)
			status := http.StatusOK
			if s.behaviour.Created {
				status = http.StatusCreated
			}
			writeJSON(w, status, s.hookJSON(h))
		}
	case len(path) == 1 && path[0] == "test" && r.Method == http.MethodPost:
		// The test call is not signed.
		d := Delivery{URL: r.URL.Query().Get("url"), ID: ground.NewID(), Event: "diagnostics:ping", Body: []byte(`{"test":true}`)}
		s.sending.Go(func() { _, _ = s.post(d) })
		writeJSON(w, http.StatusOK, map[string]any{"url": d.URL})
	case len(path) == 1 && r.Method == http.MethodGet:
		writeJSON(w, http.StatusOK, s.hookJSON(h))
	case len(path) == 1 && r.Method == http.MethodPut:
		if s.readHook(w, r, h) {
			writeJSON(w, http.StatusOK, s.hookJSON(h))
		}
	case len(path) == 1 && r.Method == http.MethodDelete:
		s.hooks = slices.DeleteFunc(s.hooks, func(x *Hook) bool { return x == h })
		w.WriteHeader(http.StatusNoContent)
	case len(path) == 2 && path[1] == "latest":
		if h.last == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		writeJSON(w, http.StatusOK, h.last)
	default:
		refuse(w, http.StatusNotFound, "not found", "")
	}
}

// readHook replaces a webhook by the body of a request; it answers when the body is refused.
func (s *Site) readHook(w http.ResponseWriter, r *http.Request, h *Hook) bool {
	var in struct {
		Name, URL     string
		Events        []string
		Active        bool
		Configuration struct{ Secret string }
	}
	if r.Header.Get("X-Atlassian-Token") != "no-check" {
		refuse(w, http.StatusForbidden, "XSRF check failed", "")
		return false
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Name == "" || in.URL == "" || len(in.Events) == 0 {
		refuse(w, http.StatusBadRequest, "a webhook needs name, url and events", "")
		return false
	}
	for _, e := range in.Events {
		if !slices.Contains(s.events, e) {
			refuse(w, http.StatusBadRequest, "The event "+e+" is not known.", "")
			return false
		}
	}
	h.Name, h.URL, h.Events, h.Active, h.Secret = in.Name, in.URL, in.Events, in.Active, in.Configuration.Secret
	return true
}
