package server_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// rules returns all rules by name.
func (s *service) rules() map[string]map[string]any {
	s.t.Helper()
	a := s.call("reader", http.MethodGet, "/rest/security/1.0/rules")
	require.Equal(s.t, http.StatusOK, a.status, a.text)
	var list []map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(a.text), &list), "a list, not a page")
	byName := map[string]map[string]any{}
	for _, r := range list {
		byName[r["name"].(string)] = r
	}
	return byName
}

func TestAllRules(t *testing.T) {
	t.Parallel()
	s := newService(t)
	a := s.call("grantee", http.MethodPost, "/rules", `{"name":"acme key","regexp":"acme_[0-9]{8}","enabled":false,"blocking":false,"odd":1}`)
	require.Equal(t, http.StatusCreated, a.status, a.text)
	rules := s.rules()
	require.Equal(t, map[string]any{
		"id": 1.0, "name": "acme key", "regexp": "acme_[0-9]{8}", "hardcoded": false, "enabled": false, "blocking": false, "validationError": nil, "ruleId": "ACME_KEY",
	}, rules["acme key"])
	require.Equal(t, map[string]any{
		"id": nil, "name": "RSA_PRIVATE_KEY", "regexp": nil, "hardcoded": true, "enabled": true, "blocking": nil, "validationError": nil, "ruleId": "RSA_PRIVATE_KEY",
	}, rules["RSA_PRIVATE_KEY"])
	require.Greater(t, len(rules), 100)
}

func TestRuleTypes(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.files["PAY/api soteri-security.yml"] = "custom_rules: {ours: 'ours_[0-9]{8}', acme key: 'x_[0-9]+'}\n"
	s.call("admin", http.MethodPost, "/rules", `{"name":"acme key","regexp":"acme_[0-9]{8}","enabled":false}`)
	s.call("admin", http.MethodDelete, "/hardcoded/RSA")
	names := func() (list []string) {
		a := s.call("reader", http.MethodGet, "/rest/security/1.0/scan/PAY/rule_types/api?branch=main")
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.NoError(t, json.Unmarshal([]byte(a.text), &list))
		return list
	}
	require.Subset(t, names(), []string{"RSA_PRIVATE_KEY", "acme key"}, "including disabled ones")
	require.NotContains(t, names(), "ours", "files of repositories do not count yet")
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodPut, "/settings", `{"repositoryRules":true}`).status)
	require.Contains(t, names(), "ours", "as it is written there")
	require.NotContains(t, names(), "ACME_KEY", "it has the place of the global one")
	s.files["PAY/api soteri-security.yml"] = "a: [b\n"
	require.Contains(t, names(), "RSA_PRIVATE_KEY", "a file that cannot be read has no rules")
	require.Equal(t, http.StatusNotFound, s.call("nobody", http.MethodGet, "/scan/PAY/rule_types/api").status)
}

func TestBuiltinRules(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.scan()
	require.Equal(t, "SECURE", s.statusOf("PAY/api"))
	a := s.call("grantee", http.MethodDelete, "/rest/security/1.0/hardcoded/RSA")
	require.Equal(t, []any{http.StatusNoContent, ""}, []any{a.status, a.text})
	require.Equal(t, false, s.rules()["RSA_PRIVATE_KEY"]["enabled"])
	require.Equal(t, "OUTDATED", s.statusOf("PAY/api"))
	page := s.call("admin", http.MethodGet, "/status/projects/PAY/repos/api/branches").json(t)
	require.Equal(t, []any{"CONFIG_CHANGED"}, page["values"].([]any)[0].(map[string]any)["staleReasons"])
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodPost, "/hardcoded/rsa_private_key").status)
	require.Equal(t, true, s.rules()["RSA_PRIVATE_KEY"]["enabled"])
	require.Equal(t, "SECURE", s.statusOf("PAY/api"), "the rules are the same as in the scan again")
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/hardcoded/SSH").status)
	require.Equal(t, false, s.rules()["OPENSSH_PRIVATE_KEY"]["enabled"])
	for _, method := range []string{http.MethodPost, http.MethodDelete} {
		require.Equal(t, http.StatusNotFound, s.call("admin", method, "/hardcoded/NONE").status)
		require.Equal(t, http.StatusForbidden, s.call("writer", method, "/hardcoded/RSA").status)
	}
}

func TestCustomRules(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.scan()
	add := func(body string) answer { return s.call("admin", http.MethodPost, "/rules", body) }
	a := add(`{"name":"look","regexp":"(?<=key=)[a-z]{8}(?!x)","enabled":true}`)
	require.Equal(t, http.StatusCreated, a.status, "look-around works as in Java: "+a.text)
	require.Equal(t, "OUTDATED", s.statusOf("PAY/api"))
	for body, want := range map[string]string{
		`{"name":"bad","regexp":"(canary","enabled":true}`: "regexp: it is not valid (missing closing ))", `{"name":"every","regexp":"a*"}`: "matches the empty text",
		`{"name":"none"}`: "regexp: it is missing", `{"name":"鍵","regexp":"a{8}"}`: "name: it must contain a letter", `{"name":7}`: "name must be a text",
	} {
		a := add(body)
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Contains(t, a.text, want)
		require.NotContains(t, a.text, "canary")
	}
	require.Equal(t, http.StatusConflict, add(`{"name":"LOOK","regexp":"b{8}"}`).status)

	// A rule that failed says so until the error is cleared, and keeps running.
	require.NoError(t, s.store.Policy.FailRule(t.Context(), "LOOK", "it took longer than 250ms"))
	require.Equal(t, "it took longer than 250ms", s.rules()["look"]["validationError"])
	set, err := s.store.Policy.RuleSet(t.Context())
	require.NoError(t, err)
	require.Len(t, set.Rules, 1)
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodPut, "/rules/1").status, "without a body")
	require.Nil(t, s.rules()["look"]["validationError"])
	a = s.call("admin", http.MethodPut, "/rules/1", `{"regexp":"b{8}","blocking":false}`)
	require.Equal(t, []any{"b{8}", false, true}, []any{a.json(t)["regexp"], a.json(t)["blocking"], a.json(t)["enabled"]})
	require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPut, "/rules/1", `{"regexp":"("}`).status)

	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/rules/1").status)
	require.NotContains(t, s.rules(), "look")
	require.Equal(t, "SECURE", s.statusOf("PAY/api"))
	for _, path := range []string{"/rules/1", "/rules/0", "/rules/x"} {
		require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodDelete, path).status)
		require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodPut, path).status)
	}
	require.Equal(t, http.StatusForbidden, s.call("padmin", http.MethodPost, "/rules", `{}`).status)
}
