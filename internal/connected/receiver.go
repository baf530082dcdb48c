package connected

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/connections"
)

const (
	// maxEvent limits the body of an event: a push of thousands of branches makes megabytes.
	maxEvent = 10 << 20
	// heardTime limits how long an event takes. Bitbucket waits ten seconds.
	heardTime = 5 * time.Second
	// maxDelivery limits the id of a delivery.
	maxDelivery = 100
)

// Receiver answers the webhooks of all connections, at the addresses below [HookPath].
//
// After a right signature it always answers 200, because Bitbucket stops sending to whom refuses events; 503 only while
// the database is down. An event only says where to look: what changed is asked of Bitbucket.
func (s *Set) Receiver() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := s.receive(w, r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		text := `{"accepted":true}`
		if status != http.StatusOK {
			text = `{"accepted":false}`
		}
		_, _ = io.WriteString(w, text)
	})
}

func (s *Set) receive(w http.ResponseWriter, r *http.Request) (status int) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return http.StatusMethodNotAllowed
	}
	row, ok := s.hooked(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
	parse := parsers[row.Kind]
	if !ok || parse == nil {
		return http.StatusNotFound
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case err != nil:
		return http.StatusBadRequest
	}
	ctx, cancel := context.WithTimeout(r.Context(), heardTime)
	defer cancel()
	signatures := r.Header.Values("X-Hub-Signature")
	event, problem := parse(r.Header.Get("X-Event-Key"), row.Name, body)
	if len(signatures) == 0 && problem == nil && event.Ping {
		// The test call proves nothing: Bitbucket does not sign it.
		return http.StatusOK
	}
	if !s.signed(&row, signatures, body) {
		s.refused(ctx, &row)
		return http.StatusUnauthorized
	}
	if problem != nil {
		s.o.Log.Warn("a webhook could not be read; the next listing finds what it is about", "connection", row.Name, "event", shortened(r.Header.Get("X-Event-Key")))
		return http.StatusOK
	}
	var looks []connections.Look
	switch {
	case event.All:
		looks = append(looks, connections.Look{})
	case event.Repository != nil:
		looks = append(looks, connections.Look{Location: event.Repository.String(), Branch: event.Branch})
	}
	fresh, err := s.o.Store.Connections.Heard(ctx, row.ID, deliveryOf(r.Header, body, time.Now()), looks)
	if err != nil {
		s.o.Log.Error("a webhook could not be stored", "connection", row.Name, "error", err)
		return http.StatusServiceUnavailable
	}
	if fresh && len(looks) > 0 {
		s.Wakeup()
	}
	return http.StatusOK
}

// hooked returns the connection whose webhooks have a path.
func (s *Set) hooked(path string) (connections.Remote, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if path != "" && r.Hook.Path == path {
			return r, true
		}
	}
	return connections.Remote{}, false
}

// signed reports whether a body has exactly one signature, made with the secret of the connection or with the former one.
func (s *Set) signed(row *connections.Remote, signatures []string, body []byte) bool {
	if len(signatures) != 1 {
		return false
	}
	text, ok := strings.CutPrefix(signatures[0], "sha256=")
	given, err := hex.DecodeString(text)
	if !ok || err != nil || len(given) != sha256.Size {
		return false
	}
	right := false
	for _, sealed := range []string{row.Hook.Secret, row.Hook.Former} {
		secret, err := s.o.Box.Open(sealed, connections.HookPlace(row.ID))
		if sealed == "" || err != nil || secret == "" {
			continue
		}
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write(body) // a hash never fails
		right = hmac.Equal(mac.Sum(nil), given) || right
	}
	return right
}

// refusedEvery limits how often a refused delivery is stored and logged: strangers can send as many as they like.
const refusedEvery = time.Minute

func (s *Set) refused(ctx context.Context, row *connections.Remote) {
	s.mu.Lock()
	last := s.refusedAt[row.ID]
	if time.Since(last) < refusedEvery {
		s.mu.Unlock()
		return
	}
	s.refusedAt[row.ID] = time.Now()
	s.mu.Unlock()
	s.o.Log.Warn("a webhook had no right signature and was refused; the next listing repairs the webhooks", "connection", row.Name)
	if err := s.o.Store.Connections.Refused(ctx, row.ID); err != nil {
		s.o.Log.Error("a refused webhook could not be stored", "connection", row.Name, "error", err)
	}
}

// deliveryOf is the id of a delivery. Without one, the same body within a minute is the same delivery.
func deliveryOf(h http.Header, body []byte, now time.Time) string {
	// Data Center, or Cloud, whose attempts share an id.
	id := cmp.Or(h.Get("X-Request-UUID"), h.Get("X-Request-Id"))
	if id == "" || len(id) > maxDelivery || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		sum := sha256.Sum256(body)
		return hex.EncodeToString(sum[:]) + " " + strconv.FormatInt(now.Unix()/60, 10)
	}
	return id
}

// shortened is a header of a stranger for the log.
func shortened(text string) string { return strconv.Quote(text[:min(len(text), maxDelivery)]) }
