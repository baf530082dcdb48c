package verify

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Texts that would leave their place without escapes.
var nasty = []string{`a/../b?c#d&e=f%2f`, `@evil.example`, `"},{"x":"`, `\`, `..`, `a:b@c`, `{secret}`}

func TestSecretsStayInTheirPlace(t *testing.T) {
	t.Parallel()
	for _, text := range nasty {
		path := rule.Verification{Method: "GET", URL: "https://api.example.com/bot{secret}/me"}
		r, err := newRequest(t.Context(), &path, text, "sluice")
		require.NoError(t, err)
		require.Equal(t, "api.example.com", r.URL.Host)
		require.Equal(t, "/bot"+text+"/me", r.URL.Path)
		require.Equal(t, 3, strings.Count(r.URL.EscapedPath(), "/")+1, r.URL.EscapedPath())
		require.Empty(t, r.URL.RawQuery)

		query := rule.Verification{Method: "GET", URL: "https://api.example.com/me?key={secret}&v=1"}
		r, err = newRequest(t.Context(), &query, text, "sluice")
		require.NoError(t, err)
		require.Equal(t, url.Values{"key": {text}, "v": {"1"}}, r.URL.Query())

		body := rule.Verification{Method: "POST", URL: "https://api.example.com/me", Body: `{"token":"{secret}"}`}
		r, err = newRequest(t.Context(), &body, text, "sluice")
		require.NoError(t, err)
		data, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		var sent struct{ Token string }
		require.NoError(t, json.Unmarshal(data, &sent))
		require.Equal(t, text, sent.Token)
		require.EqualValues(t, len(data), r.ContentLength)
		require.Equal(t, "application/json", r.Header.Get("Content-Type"))

		basic := rule.Verification{Method: "GET", URL: "https://api.example.com/me", Basic: "api:{secret}"}
		r, err = newRequest(t.Context(), &basic, text, "sluice")
		require.NoError(t, err)
		user, password, _ := r.BasicAuth()
		require.Equal(t, []string{"api", text}, []string{user, password})
	}
}

func TestHostIsTheRules(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://{secret}/", "https://api.example.com{secret}/", "https://{secret}@api.example.com/", "http://api.example.com/{secret}", "https:///{secret}",
	} {
		v := rule.Verification{Method: "GET", URL: address}
		_, err := newRequest(t.Context(), &v, "evil.example", "sluice")
		require.ErrorIs(t, err, errRequest, address)
		require.NotContains(t, err.Error(), "evil")
	}
}

func TestSendable(t *testing.T) {
	t.Parallel()
	require.True(t, sendable("sk_live_0/+=.~!"))
	for _, text := range []string{"", "a b", "a\nb", "a\r\nX: y", "a\x00", "é", "\x7f", "\xff"} {
		require.False(t, sendable(text), "%q", text)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	v := &rule.Verification{
		Active: []rule.Answer{
			{Status: []int{200, 201}, JSON: map[string]string{"a.b.1.c": "x"}}, {Status: []int{202}, Contains: "yes"}, {Status: []int{203}, JSON: map[string]string{"n": "*"}},
		},
		Revoked: []rule.Answer{{Status: []int{200, 401}, JSON: map[string]string{"ok": "false", "code": "12"}}, {Status: []int{202}, Contains: "no"}},
	}
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   scan.VerifyState
	}{
		{"field deep down", 200, `{"a":{"b":[0,{"c":"x"}]}}`, scan.VerifyActive},
		{"any of the status codes", 201, `{"a":{"b":[0,{"c":"x"}]}}`, scan.VerifyActive},
		{"status of no answer", 204, `{"a":{"b":[0,{"c":"x"}]}}`, scan.VerifyUnknown},
		{"other value", 200, `{"a":{"b":[0,{"c":"y"}]}}`, scan.VerifyUnknown},
		{"shorter list", 200, `{"a":{"b":[0]}}`, scan.VerifyUnknown},
		{"list for an object", 200, `{"a":[1]}`, scan.VerifyUnknown},
		{"text for an object", 200, `{"a":"b"}`, scan.VerifyUnknown},
		{"null", 203, `{"n":null}`, scan.VerifyUnknown},
		{"absent", 203, `{}`, scan.VerifyUnknown},
		{"any value, false", 203, `{"n":false}`, scan.VerifyActive},
		{"any value, empty object", 203, `{"n":{}}`, scan.VerifyActive},
		{"boolean and number", 401, `{"ok":false,"code":12}`, scan.VerifyRevoked},
		{"one of two conditions", 401, `{"ok":false,"code":13}`, scan.VerifyUnknown},
		{"number as text", 401, `{"ok":"false","code":"12"}`, scan.VerifyRevoked},
		{"substring", 202, `well, yes`, scan.VerifyActive},
		{"both at once", 202, `yes and no`, scan.VerifyUnknown},
		{"cut off", 200, `{"a":{"b":[0,{"c":"x"`, scan.VerifyUnknown},
		{"no JSON", 200, `<html>`, scan.VerifyUnknown},
		{"empty", 200, ``, scan.VerifyUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, judge(v, c.status, []byte(c.body)))
		})
	}
}

// FuzzJudge checks that an answer without the words of a rule never counts as one.
func FuzzJudge(f *testing.F) {
	f.Add(200, []byte(`{"ok":true,"n":{"m":[1,2]}}`))
	f.Add(401, []byte(`{"ok":false}`))
	f.Add(200, []byte("\xff\x00["))
	f.Add(200, []byte(strings.Repeat("[", 100)))
	v := &rule.Verification{
		Active:  []rule.Answer{{Status: []int{200}, JSON: map[string]string{"ok": "true", "n.m.1": "*"}}},
		Revoked: []rule.Answer{{Status: []int{401}, JSON: map[string]string{"ok": "false"}}},
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		state := judge(v, status, body)
		if status != 200 && status != 401 {
			require.Equal(t, scan.VerifyUnknown, state)
		}
		if state == scan.VerifyActive || state == scan.VerifyRevoked {
			require.Equal(t, map[scan.VerifyState]int{scan.VerifyActive: 200, scan.VerifyRevoked: 401}[state], status)
			require.Contains(t, string(body), "{")
		}
	})
}

// FuzzRequest checks that the call for any secret goes to the rule's host and contains only what the rule says.
func FuzzRequest(f *testing.F) {
	for _, text := range nasty {
		f.Add(text)
	}
	f.Add("123456789:AA" + strings.Repeat("x", 33))
	f.Fuzz(func(t *testing.T, text string) {
		if !sendable(text) {
			t.Skip()
		}
		for _, address := range []string{"https://api.example.com/bot{secret}/me", "https://api.example.com/me?key={secret}"} {
			v := rule.Verification{Method: "GET", URL: address}
			r, err := newRequest(t.Context(), &v, text, "sluice")
			require.NoError(t, err)
			again, err := url.Parse(r.URL.String())
			require.NoError(t, err)
			require.Equal(t, "api.example.com", again.Host)
			require.Nil(t, again.User)
			require.Empty(t, again.Fragment)
			require.Equal(t, text, strings.TrimSuffix(strings.TrimPrefix(again.Path, "/bot"), "/me")+again.Query().Get("key"))
		}
	})
}
