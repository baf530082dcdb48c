package dashboard_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// apiRules are the rules as the API lists them, by name.
func (s *service) apiRules(as string) map[string]map[string]any {
	s.t.Helper()
	list := map[string]map[string]any{}
	a := s.browser("").do(http.MethodGet, "/rest/security/latest/rules", nil, func(r *http.Request) { r.SetBasicAuth(as, testdashboard.Password(as)) })
	for _, v := range decoded[[]map[string]any](s.t, a.text) {
		list[v["name"].(string)] = v
	}
	return list
}

// TestRulesAreSwitchedAddedAndChanged: with what is wrong at its field, and as the API has it.
func TestRulesAreSwitchedAddedAndChanged(t *testing.T) {
	t.Parallel()
	databases(t, testRulesAreSwitchedAddedAndChanged)
}

func testRulesAreSwitchedAddedAndChanged(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", testdashboard.Projects)
	b := s.browser("grantee")
	text := b.get("/rules?name=stripe&severity=critical").text
	require.Contains(t, text, `name="back" value="/sluice/rules?name=stripe&amp;severity=critical"`)
	require.NotContains(t, text, "RSA_PRIVATE_KEY")
	require.Contains(t, b.get("/rules?name=no-such-rule").text, "No built-in rule matches.")
	a := b.post("/rules/switch", url.Values{"rule": {"RSA_PRIVATE_KEY"}, "on": {"false"}, "back": {"/sluice/rules?name=rsa"}})
	require.Equal(t, "/sluice/rules?done=rule-off&name=rsa", a.header.Get("Location"))
	require.Contains(t, b.followed(a).text, "The rule is off. Results of other rules are outdated now.")
	require.Equal(t, false, s.apiRules("reader")["RSA_PRIVATE_KEY"]["enabled"])
	require.Contains(t, b.get("/rules?state=off").text, "RSA_PRIVATE_KEY")
	require.Contains(t, b.get("/rules").text, ", 1 of them off;")
	for _, back := range []string{"//evil.example", "/sluice/settings/general", ""} {
		require.Equal(t, "/sluice/rules?done=rule-on", b.post("/rules/switch", url.Values{"rule": {"RSA_PRIVATE_KEY"}, "on": {"true"}, "back": {back}}).header.Get("Location"))
	}
	require.Equal(t, http.StatusBadRequest, b.post("/rules/switch", url.Values{"rule": {"RSA"}, "on": {"true"}}).status)

	a = b.post("/rules/new", url.Values{"name": {"?!"}, "regexp": {"acme_("}, "enabled": {"true"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	for _, words := range []string{"it must contain a letter", "missing", "acme_(</textarea>", `id="regexp-problem"`, `name="enabled" value="true" checked`} {
		require.Contains(t, a.text, words)
	}
	form := url.Values{"name": {"acme key"}, "regexp": {"acme_[0-9]{8}"}, "enabled": {"true"}}
	require.Contains(t, b.followed(b.post("/rules/new", form)).text, "The rule is added.")
	a = b.post("/rules/new", form)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text, "the same id in findings (ACME_KEY)")
	rule := s.apiRules("reader")["acme key"]
	require.Equal(t, []any{"acme_[0-9]{8}", true, false, 1.0}, []any{rule["regexp"], rule["enabled"], rule["blocking"], rule["id"]})

	require.NoError(t, s.store.Policy.FailRule(t.Context(), "ACME_KEY", "it took too long"))
	require.Contains(t, b.get("/rules").text, "It failed: it took too long")
	require.Contains(t, b.get("/rules/own/1").text, "The rule failed somewhere: it took too long.")
	require.Contains(t, b.post("/rules/own/1", url.Values{"regexp": {""}}).text, "it is missing")
	require.Equal(t, "acme_[0-9]{8}", s.apiRules("reader")["acme key"]["regexp"])
	require.Contains(t, b.followed(b.post("/rules/own/1", url.Values{"regexp": {"acme_[0-9]{9}"}, "blocking": {"true"}})).text, "The rule is saved.")
	rule = s.apiRules("reader")["acme key"]
	require.Equal(t, []any{"acme_[0-9]{9}", false, true, nil}, []any{rule["regexp"], rule["enabled"], rule["blocking"], rule["validationError"]})
	require.Equal(t, http.StatusSeeOther, b.post("/rules/own/1/switch", url.Values{"on": {"true"}}).status)
	require.Equal(t, true, s.apiRules("reader")["acme key"]["enabled"])

	reader := s.browser("reader").get("/rules").text
	require.Contains(t, reader, "acme key")
	for _, action := range []string{"/rules/new", "/rules/switch", "/rules/own/1"} {
		require.NotContains(t, reader, action)
	}
	require.Contains(t, b.followed(b.post("/rules/own/1/remove", nil)).text, "The rule is removed.")
	require.Equal(t, http.StatusNotFound, b.post("/rules/own/1/remove", nil).status)
	require.Equal(t, http.StatusNotFound, b.get("/rules/own/x").status)
	log := strings.Join(s.audited(), "\n")
	for _, entry := range []string{"grantee DELETE /hardcoded/{ruleName} RSA_PRIVATE_KEY RSA_PRIVATE_KEY", "grantee POST /rules  rule 1 ACME_KEY", "grantee PUT /rules/{ruleId} 1 ACME_KEY", "grantee DELETE /rules/{ruleId} 1"} {
		require.Contains(t, log, entry)
	}
}

// TestATextIsTestedAndForgotten: what rules find in it is masked on the page, and nothing of it is in the store or the log.
func TestATextIsTestedAndForgotten(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newService(t, "", nil, func(o *testdashboard.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	b := s.browser("admin")
	const canary = "acme_12345678"
	key := "AKIA" + "Q3EGRX7VNZT2LMWD"
	sample := "first\nid = " + canary + " # " + key + "\n"
	require.Equal(t, http.StatusSeeOther, b.post("/rules/new", url.Values{"name": {"acme key"}, "regexp": {"acme_[0-9]{8}"}, "enabled": {"true"}}).status)
	for path, form := range map[string]url.Values{
		"/rules/test": {"sample": {sample}, "path": {"deploy/app.env"}}, "/rules/own/1": {"regexp": {"acme_[0-9]{8}"}, "sample": {sample}, "do": {"test"}}, "/rules/new": {"regexp": {"acme_[0-9]+"}, "sample": {sample}, "do": {"test"}},
	} {
		a := b.post(path, form)
		require.Equal(t, http.StatusOK, a.status, path)
		require.Contains(t, a.text, "2:6", path)
		require.Contains(t, a.text, "<mark>", path)
		for _, secret := range []string{canary, key[4:]} {
			require.NotContains(t, a.text, secret, path)
		}
	}
	require.Contains(t, b.post("/rules/test", url.Values{"sample": {sample}}).text, "2 matches")
	require.Contains(t, b.post("/rules/test", url.Values{"sample": {"nothing here"}}).text, "No rule matches this text.")
	a := b.post("/rules/new", url.Values{"regexp": {canary + "("}, "sample": {sample}, "do": {"test"}})
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Equal(t, http.StatusBadRequest, b.post("/rules/test", url.Values{"sample": {strings.Repeat("a", 600<<10)}}).status)
	require.NotContains(t, log.String(), canary)
	require.NotContains(t, strings.Join(s.audited(), "\n"), canary)
}
