package dashboard_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store/installations"
)

// TestPairingOnAPage: the code is entered, the workspace confirmed, deactivated and removed. No page has the code, and a
// person who did not enter it cannot confirm.
func TestPairingOnAPage(t *testing.T) {
	t.Parallel()
	databases(t, testPairingOnAPage)
}

func testPairingOnAPage(t *testing.T, address string) {
	s := newServiceOn(t, address, "", nil, onNetwork)
	b := s.browser("admin")
	require.Contains(t, b.get("/settings/forge").text, "has not called this server yet")
	const id, code, workspace = "ari:cloud:ecosystem::installation/0001", "K7M2-9QXT", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
	ctx := t.Context()
	_, err := s.store.Installations.See(ctx, &installations.Installation{ID: id, Workspace: workspace, Environment: "PRODUCTION", Installer: "<script>ada"})
	require.NoError(t, err)
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	hash, ok := forge.CodeHash(keys.Hash, code)
	require.True(t, ok)
	require.NoError(t, s.store.Installations.NewCode(ctx, id, hash, "sealed", "https://x"))
	text := b.get("/settings/forge").text
	require.Contains(t, text, workspace)
	require.Contains(t, text, "Pending")
	require.NotContains(t, text, "<script>ada")
	require.NotContains(t, text, ">Confirm<", "nobody has entered the code")
	form := url.Values{"installation": {"0001"}}
	a := b.post("/settings/forge", url.Values{"code": {"x"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "eight letters and digits")
	a = b.post("/settings/forge", url.Values{"code": {"ZZZZ-ZZZZ"}})
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text, "This code is wrong")
	require.Equal(t, http.StatusConflict, b.post("/settings/forge/confirm", form).status)
	a = b.followed(b.post("/settings/forge", url.Values{"code": {strings.ToLower(code)}}))
	require.Contains(t, a.text, "The code is right.")
	require.Contains(t, a.text, ">Confirm<")
	require.NotContains(t, a.text, code)
	wrong := url.Values{"installation": {"0001"}, "connection": {"No Name"}}
	require.Contains(t, b.post("/settings/forge/confirm", wrong).text, "The name of a connection consists of")
	a = b.followed(b.post("/settings/forge/confirm", form))
	require.Contains(t, a.text, "It is connected.")
	require.Contains(t, a.text, "workspace-aaaaaaaa")
	require.Contains(t, b.get("/settings/forge").text, "Active")
	const saved = "/settings/connections/workspace-aaaaaaaa"
	a = b.followed(b.post(saved+"/save", url.Values{"url": {"https://bitbucket.org/{" + workspace + "}"}, "comment": {"on"}, "hourly": {"2000"}, "unchecked": {"on"}}))
	require.Contains(t, a.text, "from the Forge app", "a form does not change what gives the credentials")
	require.Contains(t, a.text, "a comment on the pull request")
	require.Contains(t, a.text, "0 of 2,000")
	require.Contains(t, b.post(saved+"/save", url.Values{"url": {"https://bitbucket.org/{" + workspace + "}"}, "secret": {"s"}, "unchecked": {"on"}}).text, "come from the Forge app")
	require.Equal(t, http.StatusBadRequest, b.post("/settings/forge/remove", form).status, "it is active")
	require.Contains(t, b.followed(b.post("/settings/forge/deactivate", form)).text, "an administrator of Sluice deactivated it")
	require.Contains(t, b.followed(b.post("/settings/forge/remove", form)).text, "has not called this server yet")
	log := b.get("/audit").text
	for _, action := range []string{"/forge/pairing", "/confirm", "/deactivate", "DELETE /forge/installations"} {
		require.Contains(t, log, action)
	}
	require.NotContains(t, log, code)
	require.Equal(t, http.StatusForbidden, s.browser("grantee").get("/settings/forge").status)
}
