package server_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// TestNamesOfRulesAsTheyWereGiven: in the list of rules, in results, findings and reports, also after the rule was
// removed. The program's own name is beside it, and either finds the rule.
func TestNamesOfRulesAsTheyWereGiven(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	require.Equal(t, http.StatusCreated, s.call("admin", http.MethodPost, "/rules", `{"name":"Rule name","regexp":"acme_[0-9]{8}"}`).status)
	require.Equal(t, []any{"Rule name", "RULE_NAME"}, []any{s.rules()["Rule name"]["name"], s.rules()["Rule name"]["ruleId"]})
	_, err := s.store.Queue.Enqueue(t.Context(), queue.Request{Force: true})
	require.NoError(t, err)
	require.NoError(t, s.store.Findings.Finish(t.Context(), s.work(), &findings.Outcome{
		State: queue.Succeeded, Commit: "1", Findings: []scan.Finding{at("RULE_NAME", "a.env", 1, "acme_12345678", "acme_12345678"), at("MY_RULE", "b.env", 1, "mine_1", "mine_1"), at("PASSWORD", "c.env", 1, "pass-1", "pass-1")},
		RuleNames: map[string]string{"RULE_NAME": "Rule name", "MY_RULE": "my_rule"}, Hash: func(string) string { return "h" },
	}))
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/rules/1").status)

	want := map[string]string{"RULE_NAME": "Rule name", "MY_RULE": "my_rule", "PASSWORD": "PASSWORD"}
	got := map[string]string{}
	for _, l := range lines(t, s.call("reader", http.MethodGet, scanPath)) {
		got[l["ruleId"].(string)] = l["ruleName"].(string)
	}
	require.Equal(t, want, got)
	clear(got)
	for _, v := range s.call("reader", http.MethodGet, "/findings").json(t)["values"].([]any) {
		f := v.(map[string]any)
		got[f["ruleId"].(string)] = f["rule"].(string)
	}
	require.Equal(t, want, got)
	clear(got)
	for _, row := range s.report("writer", "/export-report/PAY/repos/api") {
		got[row["rule_id"]] = row["rule"]
	}
	require.Equal(t, want, got)
	for _, name := range []string{"my_rule", "MY_RULE", "My_Rule"} {
		require.Len(t, lines(t, s.call("reader", http.MethodGet, scanPath+"?rule="+name)), 1, name)
		require.Len(t, s.call("reader", http.MethodGet, "/findings?rule="+name).json(t)["values"], 1, name)
		rows, err := csv.NewReader(strings.NewReader(s.call("admin", http.MethodGet, "/export-report/projects/PAY?ruleType="+name).text)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2, name)
	}
}

// TestIdsOfRulesAreNotGivenAgain: a script that knows a rule by its id does not get another rule.
func TestIdsOfRulesAreNotGivenAgain(t *testing.T) {
	t.Parallel()
	s := newService(t)
	add := func(name string) float64 {
		t.Helper()
		a := s.call("admin", http.MethodPost, "/rules", `{"name":"`+name+`","regexp":"b{9}"}`)
		require.Equal(t, http.StatusCreated, a.status, a.text)
		return a.json(t)["id"].(float64)
	}
	require.Equal(t, []float64{1, 2}, []float64{add("a"), add("b")})
	for _, id := range []string{"2", "1"} {
		require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/rules/"+id).status)
	}
	require.Equal(t, 3.0, add("c"))
}

// TestKeysInAnyCase: projects and repositories are found in any case of their keys; an exact match comes first.
func TestKeysInAnyCase(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "Api: main=1", "api: main=1 dev=1")
	s.list("~JDoe", "notes: main=1")
	for path, slug := range map[string]string{"PAY/repos/api": "api", "pay/repos/Api": "Api", "Pay/repos/API": "Api", "~jdoe/repos/NOTES": "notes"} {
		a := s.call("admin", http.MethodGet, "/status/projects/"+path)
		require.Equal(t, http.StatusOK, a.status, path)
		require.Equal(t, slug, a.json(t)["slug"], path)
	}
	require.Equal(t, http.StatusNotFound, s.call("reader", http.MethodGet, "/status/projects/~jdoe").status)
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodPut, "/access", `{"user":"nobody","scope":"~jdoe","role":"READ"}`).status)
	require.Equal(t, http.StatusOK, s.call("nobody", http.MethodGet, "/status/projects/~JDOE").status, "the role applies to the place as the catalog names it")
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/access?user=nobody&scope=~JDOE").status)
	require.Equal(t, http.StatusNotFound, s.call("nobody", http.MethodGet, "/status/projects/~JDoe").status)
}

// TestReviewsNameRulesThatThereAre: a review of an unknown rule is refused. A repeated review without a rule keeps it.
func TestReviewsNameRulesThatThereAre(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.call("admin", http.MethodPost, "/rules", `{"name":"my rule","regexp":"acme_[0-9]{8}"}`)
	create := func(body string) answer { return s.call("writer", http.MethodPost, linesPath+"/create", body) }
	a := create(`{"matchText":"text","ruleName":"NO_SUCH_RULE"}`)
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, `there is no rule \"NO_SUCH_RULE\"`)
	for _, rule := range []string{"RSA", "rsa_private_key", "my rule", "MY_RULE", "My Rule"} {
		require.Equal(t, http.StatusOK, create(`{"matchText":"text","ruleName":"`+rule+`","comment":"known"}`).status, rule)
	}
	require.Equal(t, http.StatusOK, create(`{"matchText":"text"}`).status)
	require.Contains(t, s.call("writer", http.MethodGet, "/export/reviewed/projects/PAY/repos/api").text, "PAY,api,My Rule,text,known,writer")
	require.Equal(t, http.StatusOK, create(`{"matchText":"text","ruleName":"RSA"}`).status)
	require.Contains(t, s.call("writer", http.MethodGet, "/export/reviewed/projects/PAY/repos/api").text, "PAY,api,RSA,text,known,writer")
}
