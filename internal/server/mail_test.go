package server_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// postman delivers only to known addresses.
type postman struct{}

func (postman) Test(_ context.Context, address string) error {
	if address == "admin@example.com" {
		return nil
	}
	return errors.New("550 not this one")
}

// TestMailsThatAreNotSent: an administrator lists them with the reason, retries them, drops them, and sends a test mail.
func TestMailsThatAreNotSent(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *server.Options) { o.Mail = postman{} })
	done, err := s.store.Queue.Enqueue(t.Context(), queue.Request{Name: "Payments", Mail: []string{"a@example.com", "b@example.com"}})
	require.NoError(t, err)
	l, err := s.store.Mails.Take(t.Context(), true)
	require.NoError(t, err)
	require.NoError(t, s.store.Mails.Fail(t.Context(), l, "550 no such user"))
	list := s.call("admin", http.MethodGet, "/mails").json(t)["values"].([]any)
	require.Len(t, list, 2)
	failed := list[1].(map[string]any)
	require.Equal(t, []any{"a@example.com", "FAILED", "550 no such user", "Payments", 1.0}, []any{failed["address"], failed["state"], failed["error"], failed["scope"], failed["attempts"]})
	path := "/mails/" + db.Key(done.Batch)
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodPost, path+"/retry?address=a@example.com").status)
	require.Equal(t, "WAITING", s.call("admin", http.MethodGet, "/mails").json(t)["values"].([]any)[0].(map[string]any)["state"])
	require.Equal(t, 2.0, s.call("admin", http.MethodDelete, path).json(t)["mails"])
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodDelete, path).status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodDelete, "/mails/ZZZ").status)
	require.Equal(t, http.StatusForbidden, s.call("grantee", http.MethodGet, "/mails").status)

	require.Equal(t, "admin@example.com", s.call("admin", http.MethodPost, "/mails/test").json(t)["sentTo"])
	a := s.call("admin", http.MethodPost, "/mails/test?email=x@example.com")
	require.Equal(t, http.StatusBadGateway, a.status)
	require.Contains(t, a.text, "550 not this one")
	require.Equal(t, http.StatusConflict, newService(t).call("admin", http.MethodPost, "/mails/test").status)
}
