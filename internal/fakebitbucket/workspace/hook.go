package workspace

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
)

// Hook is a webhook of a repository, or of the whole workspace.
type Hook struct {
	UUID, Description, URL string
	Events                 []string
	Active                 bool
	Secret                 string
	// Sent counts attempts, Failed those that failed, Lost the events that were given up or too large.
	Sent, Failed, Lost int

	// repository is the UUID of one; empty for the workspace.
	repository string
}

// Delivery is one delivery of an event. Tamper may change, drop, repeat or reorder deliveries.
type Delivery struct {
	URL, ID, Event, Signature string
	Body                      []byte

	hook *Hook
}

const (
	// maxEvent is the largest event that is sent. Larger ones vanish.
	maxEvent = 256 << 10
	// attempts is how often an event is sent at most.
	attempts = 3
)

// events are the keys that webhooks may have. mu is held.
func (s *Site) events(workspace bool) []string {
	list := []string{"repo:push", "repo:updated", "repo:deleted", "repo:transfer", "pullrequest:created", "pullrequest:updated", "pullrequest:fulfilled", "pullrequest:rejected"}
	if workspace {
		list = append(list, "repo:created", "repo:imported", "project:updated")
	}
	if !s.behaviour.NoPullPush {
		list = append(list, "pullrequest:push")
	}
	return list
}

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
	h.UUID = newUUID()
	s.hooks = append(s.hooks, &h)
}

// Settle waits until every delivery has ended.
func (s *Site) Settle() { s.sending.Wait() }

// fire sends an event of a repository to its webhooks. mu is held.
func (s *Site) fire(r *Repository, event string, body map[string]any) {
	if body == nil {
		body = map[string]any{}
	}
	body["actor"], body["repository"] = map[string]any{"type": "user", "display_name": "Ada"}, s.repositoryJSON(r)
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	for _, h := range s.hooks {
		if !h.Active || h.repository != "" && h.repository != r.UUID || !slices.Contains(h.Events, event) {
			continue
		}
		if len(text) > maxEvent {
			h.Lost++
			continue
		}
		d := Delivery{URL: h.URL, ID: ground.NewID(), Event: event, Body: text, hook: h}
		if h.Secret != "" {
			d.Signature = ground.Sign(h.Secret, text)
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

// deliver sends an event until it arrives, is refused, or the attempts are used up.
func (s *Site) deliver(d Delivery) {
	arrived := false
	for attempt := 1; attempt <= attempts && !arrived; attempt++ {
		uuid := ""
		if d.hook != nil {
			uuid = strings.Trim(d.hook.UUID, "{}")
		}
		status, err := ground.Post(d.URL, d.Body, "X-Request-UUID", d.ID, "X-Hook-UUID", uuid, "X-Event-Key", d.Event, "X-Attempt-Number", strconv.Itoa(attempt), "X-Hub-Signature", d.Signature)
		s.mu.Lock()
		if d.hook != nil {
			d.hook.Sent++
			if err != nil || status >= 400 {
				d.hook.Failed++
			}
		}
		s.mu.Unlock()
		// Nothing follows what the receiver refuses.
		arrived = err == nil && status < 500
	}
	if d.hook != nil && !arrived {
		s.mu.Lock()
		d.hook.Lost++
		s.mu.Unlock()
	}
}

// Deliver sends a delivery, which a test may have made.
func (s *Site) Deliver(d Delivery) { s.deliver(d) }

func hookJSON(h *Hook) map[string]any {
	return map[string]any{"type": "webhook_subscription", "uuid": h.UUID, "description": h.Description, "url": h.URL, "events": h.Events, "active": h.Active, "secret_set": h.Secret != ""}
}

// serveHooks serves the webhooks of a repository, or of the workspace for an empty UUID. mu is held.
func (s *Site) serveHooks(w http.ResponseWriter, r *http.Request, repository string, path []string) {
	if len(path) == 0 && r.Method == http.MethodGet {
		rows := []any{}
		for _, h := range s.hooks {
			if h.repository == repository {
				rows = append(rows, hookJSON(h))
			}
		}
		s.page(w, r, rows)
		return
	}
	if len(path) == 0 && r.Method == http.MethodPost {
		h := &Hook{UUID: newUUID(), repository: repository}
		if s.readHook(w, r, h) {
			s.hooks = append(s.hooks, h)
			writeJSON(w, http.StatusCreated, hookJSON(h))
		}
		return
	}
	i := -1
	if len(path) == 1 {
		i = slices.IndexFunc(s.hooks, func(h *Hook) bool { return h.UUID == path[0] && h.repository == repository })
	}
	switch {
	case i < 0:
		refuse(w, http.StatusNotFound, "No such webhook")
	case r.Method == http.MethodPut:
		if s.readHook(w, r, s.hooks[i]) {
			writeJSON(w, http.StatusOK, hookJSON(s.hooks[i]))
		}
	case r.Method == http.MethodDelete:
		s.hooks = slices.Delete(s.hooks, i, i+1)
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSON(w, http.StatusOK, hookJSON(s.hooks[i]))
	}
}

// readHook replaces a webhook by the body of a request; it answers when the body is refused. mu is held.
func (s *Site) readHook(w http.ResponseWriter, r *http.Request, h *Hook) bool {
	var in struct {
		Description, URL string
		Events           []string
		Active           bool
		Secret           *string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.URL == "" || len(in.Events) == 0 || in.Secret != nil && len(*in.Secret) > 128 {
		refuse(w, http.StatusBadRequest, "A webhook needs url and events, and a short secret")
		return false
	}
	for _, e := range in.Events {
		if !slices.Contains(s.events(h.repository == ""), e) {
			refuse(w, http.StatusBadRequest, "Invalid event "+e)
			return false
		}
	}
	h.Description, h.URL, h.Events, h.Active = in.Description, in.URL, in.Events, in.Active
	if in.Secret != nil {
		h.Secret = *in.Secret
	}
	return true
}
