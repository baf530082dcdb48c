package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/store/installations"
)

// TestPairingOverTheAPI: a code is entered and confirmed by the same administrator, and every step is in the audit log.
func TestPairingOverTheAPI(t *testing.T) {
	t.Parallel()
	s := newService(t)
	ctx := t.Context()
	const id, code, workspace = "ari:cloud:ecosystem::installation/0001", "ABCD-EFGH", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
	_, err := s.store.Installations.See(ctx, &installations.Installation{ID: id, Workspace: workspace, Environment: "PRODUCTION"})
	require.NoError(t, err)
	hash, ok := forge.CodeHash(sealKeys.Hash, code)
	require.True(t, ok)
	give := func() { require.NoError(t, s.store.Installations.NewCode(ctx, id, hash, "sealed", "https://x")) }
	enter := func(text string) int {
		return s.call("admin", http.MethodPost, "/forge/pairing", `{"code":"`+text+`"}`).status
	}
	state := func() map[string]any {
		return s.call("admin", http.MethodGet, "/forge/installations").json(t)["values"].([]any)[0].(map[string]any)
	}
	give()
	require.NotNil(t, state()["codeUntilDate"])
	require.Equal(t, http.StatusBadRequest, enter("x"))
	require.Equal(t, http.StatusConflict, enter("ZZZZ-ZZZZ"))
	require.Equal(t, http.StatusConflict, s.call("admin", http.MethodPost, "/forge/installations/0001/confirm").status, "nobody has entered the code")
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodDelete, "/forge/installations/0001/code").status)
	require.Nil(t, state()["codeUntilDate"])
	require.Equal(t, http.StatusConflict, enter(code), "it was revoked")
	give()
	a := s.call("admin", http.MethodPost, "/forge/pairing", `{"code":"`+strings.ToLower(code)+`"}`)
	require.Equal(t, http.StatusOK, a.status)
	require.Equal(t, workspace, a.json(t)["workspace"])
	require.Equal(t, "PENDING", state()["state"])
	require.Equal(t, "ACTIVE", s.call("admin", http.MethodPost, "/forge/installations/0001/confirm").json(t)["state"])
	require.Equal(t, "INACTIVE", s.call("admin", http.MethodPost, "/forge/installations/0001/deactivate").json(t)["state"])
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodPost, "/forge/installations/0002/deactivate").status)
	for range 2 {
		enter("ZZZZ-ZZZZ")
	}
	require.Equal(t, http.StatusTooManyRequests, enter(code), "five tries in ten minutes")
	log := s.call("admin", http.MethodGet, "/audit?limit=100").text
	for _, action := range []string{"POST /forge/pairing", "/confirm", "/code", "/deactivate", "forge.pairing.refused"} {
		require.Contains(t, log, action)
	}
	for _, secret := range []string{code, "ABCDEFGH", hash} {
		require.NotContains(t, log, secret)
		require.NotContains(t, s.log.String(), secret)
	}
}
