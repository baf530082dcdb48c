package verify_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/verify"
)

var update = flag.Bool("update", false, "write the golden files again")

// provider serves every declared host at once, over TLS.
type provider struct {
	mu     sync.Mutex
	answer func(w http.ResponseWriter, r *http.Request)
	// calls describes the calls without their secrets.
	calls  []string
	bodies []string
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	p.calls = append(p.calls, r.Method+" https://"+r.Host+r.URL.RequestURI())
	p.bodies = append(p.bodies, string(body))
	p.mu.Unlock()
	p.answer(w, r)
}

// dial returns a transport that reaches the server under every host name.
func dial(t testing.TB, handler http.Handler) http.RoundTripper {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	real := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // sluice:allow[go-tls-verify-off] a server of the test
	address := server.Listener.Addr().String()
	real.DialContext = (&net.Dialer{}).DialContext
	dialer := real.DialContext
	real.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) { return dialer(ctx, network, address) }
	t.Cleanup(real.CloseIdleConnections)
	return real
}

// meanings are documented answers of providers: by rule, the answer for a secret that works and for one that never will
// again ("" when no answer proves that).
var meanings = map[string]struct{ active, revoked string }{
	"OPENAI_LEGACY_KEY":          {`200 {"object": "list", "data": []}`, `401 {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}`},
	"OPENAI_PROJECT_KEY":         {`200 {"object":"list","data":[]}`, `401 {"error":{"code":"invalid_api_key"}}`},
	"ANTHROPIC_API_KEY":          {`200 {"data":[{"type":"model"}],"has_more":true}`, `401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`},
	"ANTHROPIC_ADMIN_KEY":        {`200 {"id":"1","type":"organization","name":"acme"}`, `401 {"type":"error","error":{"type":"authentication_error"}}`},
	"HUGGINGFACE_TOKEN":          {`200 {"type":"user","name":"ann"}`, `401 {"error":"Invalid username or password."}`},
	"HUGGINGFACE_ORG_TOKEN":      {`200 {"type":"org","name":"acme"}`, `401 {}`},
	"GROQ_API_KEY":               {`200 {"object":"list","data":[]}`, `401 {"error":{"message":"Invalid API Key","code":"invalid_api_key"}}`},
	"XAI_API_KEY":                {`200 {"name":"k","team_blocked":false,"api_key_blocked":false,"api_key_disabled":false}`, ``},
	"REPLICATE_TOKEN":            {`200 {"type":"organization","username":"acme"}`, `401 {"title":"Unauthenticated"}`},
	"OPENROUTER_KEY":             {`200 {"data":{"label":"l","limit":100}}`, `401 {"error":{"code":401}}`},
	"DEEPSEEK_API_KEY":           {`200 {"is_available":false,"balance_infos":[]}`, ``},
	"DIGITALOCEAN_PAT":           {`200 {"account":{"uuid":"b6fr89dbf6d9156cace5f3c78dc9851d957381ef"}}`, `401 {"id":"Unauthorized","message":"Unable to authenticate you"}`},
	"DIGITALOCEAN_OAUTH_TOKEN":   {`200 {"account":{"uuid":"b"}}`, `401 {"id":"unauthorized","message":"Unable to authenticate you."}`},
	"CLOUDFLARE_API_TOKEN":       {`200 {"success":true,"result":{"id":"1","status":"active"}}`, `200 {"success":true,"result":{"id":"1","status":"expired"}}`},
	"HEROKU_API_KEY":             {`200 {"email":"ann@example.com"}`, `401 {"id":"unauthorized","message":"Invalid credentials provided."}`},
	"HEROKU_LEGACY_API_KEY":      {`200 {"email":"ann@example.com"}`, ``},
	"NETLIFY_TOKEN":              {`200 {"id":"1","email":"ann@example.com"}`, `401 {"code":401,"message":"Access Denied"}`},
	"VERCEL_TOKEN":               {`200 {"user":{"id":"1"}}`, `403 {"error":{"code":"forbidden","message":"Not authorized","invalidToken":true}}`},
	"RENDER_API_KEY":             {`200 [{"cursor":"c","owner":{"id":"1"}}]`, `401 {"message":"Unauthorized"}`},
	"LINODE_TOKEN":               {`200 {"username":"ann"}`, ``},
	"FASTLY_TOKEN":               {`200 {"id":"1","scope":"global"}`, ``},
	"GITHUB_CLASSIC_PAT":         {`200 {"login":"ann"}`, ``},
	"GITHUB_OAUTH_TOKEN":         {`200 {"login":"ann"}`, ``},
	"GITHUB_APP_USER_TOKEN":      {`200 {"login":"ann"}`, ``},
	"GITHUB_FINE_GRAINED_PAT":    {`200 {"login":"ann"}`, ``},
	"GITHUB_APP_SERVER_TOKEN":    {`200 {"total_count":0,"repositories":[]}`, ``},
	"GITHUB_APP_STATELESS_TOKEN": {`200 {"total_count":1,"repositories":[{}]}`, ``},
	"GITLAB_PAT":                 {`200 {"username":"ann"}`, `401 {"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}`},
	"GITLAB_ROUTABLE_PAT":        {`403 {"error":"insufficient_scope","scope":"api"}`, `401 {"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}`},
	"NPM_TOKEN":                  {`200 {"username":"ann"}`, `401 {}`},
	"CIRCLECI_PAT":               {`200 {"id":"1","login":"ann"}`, ``},
	"BUILDKITE_TOKEN":            {`200 {"uuid":"1","scopes":["read_build"]}`, `401 {"message":"Authentication required"}`},
	"PULUMI_TOKEN":               {`200 {"githubLogin":"ann"}`, ``},
	"DOPPLER_TOKEN":              {`200 {"workplace":{"name":"acme"},"type":"personal"}`, `401 {"success":false}`},
	"SUPABASE_PAT":               {`200 [{"id":"1"}]`, `401 {"message":"Unauthorized"}`},
	"NEON_API_KEY":               {`200 {"email":"ann@example.com"}`, `401 {"code":"","message":"authentication required"}`},
	"AIRTABLE_PAT":               {`200 {"id":"usr1"}`, `401 {"error":{"type":"AUTHENTICATION_REQUIRED"}}`},
	"SLACK_BOT_TOKEN":            {`200 {"ok":true,"team":"acme"}`, `200 {"ok":false,"error":"token_revoked"}`},
	"SLACK_USER_TOKEN":           {`200 {"ok":true}`, `200 {"ok":false,"error":"account_inactive"}`},
	"DISCORD_BOT_TOKEN":          {`200 {"id":"1","bot":true}`, `401 {"message":"401: Unauthorized","code":0}`},
	"TELEGRAM_BOT_TOKEN":         {`200 {"ok":true,"result":{"id":1,"is_bot":true}}`, `401 {"ok":false,"error_code":401,"description":"Unauthorized"}`},
	"SENDGRID_API_KEY":           {`200 {"scopes":["mail.send"]}`, ``},
	"MAILGUN_API_KEY":            {`200 {"total_count":0,"items":[]}`, ``},
	"MAILGUN_PRIVATE_KEY":        {`200 {"total_count":0,"items":[]}`, ``},
	"BREVO_API_KEY":              {`200 {"email":"ann@example.com"}`, `401 {"message":"Key not found","code":"unauthorized"}`},
	"RESEND_API_KEY":             {`401 {"name":"restricted_api_key","message":"This API key is restricted to only send emails."}`, `403 {"name":"invalid_api_key","message":"API key is invalid."}`},
	"STRIPE_SECRET_KEY":          {`200 {"object":"balance","livemode":true}`, `401 {"error":{"message":"Invalid API Key provided: sk_live_****","type":"invalid_request_error"}}`},
	"STRIPE_RESTRICTED_KEY":      {`403 {"error":{"message":"The provided key does not have the required permissions for this endpoint."}}`, `401 {"error":{"code":"api_key_expired"}}`},
	"NOTION_TOKEN":               {`200 {"object":"user","type":"bot"}`, `401 {"object":"error","status":401,"code":"unauthorized"}`},
	"LINEAR_API_KEY":             {`200 {"data":{"viewer":{"id":"1"}}}`, `401 {"errors":[{"extensions":{"code":"AUTHENTICATION_ERROR"}}]}`},
	"LINEAR_OAUTH_TOKEN":         {`200 {"data":{"viewer":{"id":"1"}}}`, `400 {"errors":[{"extensions":{"code":"AUTHENTICATION_ERROR"}}]}`},
	"FIGMA_TOKEN":                {`200 {"id":"1","email":"ann@example.com"}`, ``},
	"DROPBOX_TOKEN":              {`200 {"result":"sluice"}`, `401 {"error_summary":"expired_access_token/.","error":{".tag":"expired_access_token"}}`},
	"SENTRY_USER_TOKEN":          {`200 [{"slug":"acme"}]`, ``},
	"DATADOG_KEY":                {`200 {"valid":true}`, ``},
	"NEW_RELIC_USER_KEY":         {`200 {"data":{"actor":{"user":{"id":1}}}}`, ``},
	"POSTMAN_API_KEY":            {`200 {"user":{"id":1}}`, ``},
	"MAPBOX_SECRET_TOKEN":        {`200 {"code":"TokenValid","token":{"usage":"sk"}}`, `200 {"code":"TokenRevoked"}`},
	"ASANA_TOKEN":                {`200 {"data":{"gid":"1"}}`, ``},
}

// unclear are answers that prove nothing, whatever the provider.
var unclear = []string{
	`200 <html>Sign in to the network</html>`, `200 {}`, `200 null`, `200 []`, `204 `, `400 {}`, `403 {"message":"Forbidden"}`, `404 {}`,
	`429 {}`, `500 {}`, `503 `, `301 {"login":"ann","id":"1"}`,
}

func TestEveryProviderIsUnderstood(t *testing.T) {
	t.Parallel()
	p := &provider{}
	transport := dial(t, p)
	var reply string
	p.answer = func(w http.ResponseWriter, _ *http.Request) {
		status, body, _ := strings.Cut(reply, " ")
		code := 0
		_, _ = fmt.Sscan(status, &code)
		w.WriteHeader(code)
		if code != http.StatusNoContent {
			_, _ = io.WriteString(w, body)
		}
	}
	found := findings(t)
	require.ElementsMatch(t, slices.Collect(maps.Keys(found)), slices.Collect(maps.Keys(meanings)))
	state := func(id, answer string) scan.Finding {
		reply = answer
		list, _ := ask(t, verify.Options{Transport: transport}, found[id])
		return list[0]
	}
	for _, id := range slices.Sorted(maps.Keys(meanings)) {
		m := meanings[id]
		f := state(id, m.active)
		require.Equal(t, scan.VerifyActive, f.Verified, "%s: %s", id, m.active)
		require.Equal(t, scan.SeverityCritical, f.Severity, id)
		require.Equal(t, scan.ConfidenceCertain, f.Confidence, id)
		require.Contains(t, f.Message, "It works", id)
		if m.revoked != "" {
			f = state(id, m.revoked)
			require.Equal(t, scan.VerifyRevoked, f.Verified, "%s: %s", id, m.revoked)
			require.Equal(t, scan.SeverityLow, f.Severity, id)
			require.Equal(t, found[id].Confidence, f.Confidence, id)
			require.Contains(t, f.Message, "It no longer works", id)
		} else {
			f = state(id, `401 {"error":"unauthorized","message":"Bad credentials"}`)
			require.Equal(t, scan.VerifyUnknown, f.Verified, "%s: a refusal proves nothing", id)
		}
		for _, answer := range unclear {
			f = state(id, answer)
			require.Equal(t, scan.VerifyUnknown, f.Verified, "%s: %s", id, answer)
			require.Equal(t, scan.SeverityHigh, f.Severity, id)
			require.Equal(t, found[id].Message, f.Message, id)
		}
	}
	for _, body := range p.bodies {
		if body != "" {
			require.True(t, json.Valid([]byte(body)), body)
		}
	}
}

// TestRequestsGolden shows the request for each provider, with a mark in place of the secret.
func TestRequestsGolden(t *testing.T) {
	t.Parallel()
	found := findings(t)
	var mu sync.Mutex
	var got strings.Builder
	for _, id := range slices.Sorted(maps.Keys(found)) {
		text := found[id].Secret.Reveal()
		record := transport(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			hide := func(s string) string { return strings.ReplaceAll(s, text, "{secret}") }
			fmt.Fprintf(&got, "%s\n  %s %s\n", id, r.Method, hide(r.URL.String()))
			for _, name := range slices.Sorted(maps.Keys(r.Header)) {
				value := hide(r.Header.Get(name))
				if user, password, ok := r.BasicAuth(); ok && name == "Authorization" {
					value = "Basic " + hide(user) + ":" + hide(password)
				}
				fmt.Fprintf(&got, "  %s: %s\n", name, value)
			}
			if r.Body != nil {
				body, err := io.ReadAll(r.Body)
				require.NoError(t, err)
				fmt.Fprintf(&got, "  %s\n", hide(string(body)))
			}
			return nil, io.ErrUnexpectedEOF
		})
		ask(t, verify.Options{Transport: record, UserAgent: "sluice/1.2.3"}, found[id])
	}
	const name = "testdata/requests.txt"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(name, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
	for _, f := range found {
		require.NotContains(t, got.String(), f.Secret.Reveal())
	}
}

// TestHosts lists every host that can get a secret.
func TestHosts(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"api.airtable.com", "api.anthropic.com", "api.brevo.com", "api.buildkite.com", "api.cloudflare.com", "api.datadoghq.com",
		"api.deepseek.com", "api.digitalocean.com", "api.doppler.com", "api.dropboxapi.com", "api.fastly.com", "api.figma.com",
		"api.getpostman.com", "api.github.com", "api.groq.com", "api.heroku.com", "api.linear.app", "api.linode.com", "api.mailgun.net",
		"api.mapbox.com", "api.netlify.com", "api.newrelic.com", "api.notion.com", "api.openai.com", "api.pulumi.com", "api.render.com",
		"api.replicate.com", "api.resend.com", "api.sendgrid.com", "api.stripe.com", "api.supabase.com", "api.telegram.org",
		"api.vercel.com", "api.x.ai", "app.asana.com", "circleci.com", "console.neon.tech", "discord.com", "gitlab.com",
		"huggingface.co", "openrouter.ai", "registry.npmjs.org", "sentry.io", "slack.com",
	}, verify.New(rules(t), verify.Options{}).Hosts())
}
