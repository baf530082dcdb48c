package server_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// elsewhere are the rights of accounts in another system.
type elsewhere map[string]accounts.Grants

func (e elsewhere) Grants(_ context.Context, a *accounts.Account) (accounts.Grants, error) {
	g, ok := e[a.Name]
	if !ok {
		return g, errors.New("the other system does not answer")
	}
	return g, nil
}

// Rights may come from another system. If that system fails, nobody has any rights.
func TestRightsFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *server.Options) {
		o.Rights = elsewhere{"reader": {Roles: map[string]accounts.Role{"PAY": accounts.RoleWrite}}, "writer": {}}
	})
	s.list("PAY", "api: main=1")
	require.Equal(t, http.StatusAccepted, s.call("reader", http.MethodPut, "/status/projects/PAY/repos/api").status)
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodGet, "/status/projects/PAY").status, "roles in the store do not count")
	require.Equal(t, http.StatusInternalServerError, s.call("grantee", http.MethodGet, "/status/projects/PAY").status)
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, "/status/projects/PAY").status)
}
