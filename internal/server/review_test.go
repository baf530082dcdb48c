package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// scan scans all branches that are not up to date. Each has a finding of every text.
func (s *service) scan(texts ...string) {
	s.t.Helper()
	_, err := s.store.Queue.Enqueue(s.t.Context(), queue.Request{Priority: queue.PriorityOutdated, By: "admin"})
	require.NoError(s.t, err)
	set, err := s.store.Policy.RuleSet(s.t.Context())
	require.NoError(s.t, err)
	for {
		j, err := s.store.Queue.Claim(s.t.Context(), "test", true)
		if errors.Is(err, db.ErrNotFound) {
			return
		}
		require.NoError(s.t, err)
		o := &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: set.Hash, Hash: sealKeys.Hash}
		for i, text := range texts {
			o.Findings = append(o.Findings, scan.Finding{
				Engine: "secrets", RuleID: "RSA_PRIVATE_KEY", Title: "Key", Severity: scan.SeverityHigh, Fingerprint: fmt.Sprint("f", i, sealKeys.Hash(text)[:8]), Path: "a.env",
				Occurrence: 1, Position: scan.Position{StartLine: 1, EndLine: 1}, Excerpt: "key = ••••", Secret: scan.NewSecret(text),
			})
		}
		require.NoError(s.t, s.store.Findings.Finish(s.t.Context(), j, o))
	}
}

// statusOf returns the status of a branch, "KEY/slug:branch", or of a repository.
func (s *service) statusOf(name string) string {
	s.t.Helper()
	name, branch, isBranch := strings.Cut(name, ":")
	key, slug, _ := strings.Cut(name, "/")
	path := "/status/projects/" + key + "/repos/" + slug
	if !isBranch {
		return s.call("admin", http.MethodGet, path).json(s.t)["status"].(string)
	}
	page := s.call("admin", http.MethodGet, path+"/branches?name="+branch).json(s.t)
	return page["values"].([]any)[0].(map[string]any)["status"].(string)
}

// upload sends a file as curl -F does.
func (s *service) upload(as, path, field, file string) answer {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, "reviewed.csv")
	require.NoError(s.t, err)
	_, err = part.Write([]byte(file))
	require.NoError(s.t, err)
	require.NoError(s.t, form.Close())
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/rest/security/latest"+path, &body)
	require.NoError(s.t, err)
	r.SetBasicAuth(as, as+"-password")
	r.Header.Set("Content-Type", form.FormDataContentType())
	return s.do(r)
}

const linesPath = "/review-lines/projects/PAY/repos/api"

func TestReviewOfARepository(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 dev=2", "web: main=3")
	s.scan("canary-one", "canary-two")
	require.Equal(t, "VULNERABLE", s.statusOf("PAY/api:main"))
	for text, deleted := range map[string]float64{"canary-one": 1, "canary-two": 1, "canary": 1} {
		a := s.call("writer", http.MethodPost, linesPath+"/create", `{"matchText":"`+text+`","ruleName":"RSA_PRIVATE_KEY"}`)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.Equal(t, deleted, a.json(t)["created"])
		require.NotContains(t, a.text, "canary")
	}
	require.Equal(t, []string{"SECURE", "SECURE", "SECURE", "VULNERABLE"}, []string{s.statusOf("PAY/api:main"), s.statusOf("PAY/api:dev"), s.statusOf("PAY/api"), s.statusOf("PAY/web")})
	// The next scans find them again, and they do not count.
	s.list("PAY", "api: main=11 dev=12", "web: main=3")
	s.scan("canary-one", "canary-two")
	require.Equal(t, "SECURE", s.statusOf("PAY/api"))
	s.list("PAY", "api: main=21 dev=12", "web: main=3")
	s.scan("canary-one", "canary-three")
	require.Equal(t, []string{"VULNERABLE", "SECURE"}, []string{s.statusOf("PAY/api:main"), s.statusOf("PAY/api:dev")}, "the exact text only")

	require.Equal(t, 1.0, s.call("writer", http.MethodPost, linesPath+"/delete", `{"matchText":"canary-two"}`).json(t)["deleted"])
	require.Equal(t, "VULNERABLE", s.statusOf("PAY/api:dev"))
	require.Equal(t, 0.0, s.call("writer", http.MethodPost, linesPath+"/delete", `{"matchText":"canary-two"}`).json(t)["deleted"], "again")

	for _, bad := range []struct {
		as, body string
		status   int
	}{
		{"reader", `{"matchText":"x"}`, http.StatusForbidden}, {"grantee", `{"matchText":"x"}`, http.StatusForbidden}, {"nobody", `{"matchText":"x"}`, http.StatusNotFound},
		{"", `{"matchText":"x"}`, http.StatusUnauthorized}, {"writer", `{}`, http.StatusBadRequest}, {"writer", `{"matchText":1}`, http.StatusBadRequest},
	} {
		a := s.call(bad.as, http.MethodPost, linesPath+"/create", bad.body)
		require.Equal(t, bad.status, a.status, a.text)
	}
}

func TestRemoveAllOfARepository(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.scan("canary-one")
	s.call("writer", http.MethodPost, linesPath+"/create", `{"matchText":"canary-one"}`)
	for _, query := range []string{"", "?confirm=false", "?confirm=TRUE", "?confirm=1"} {
		require.Equal(t, http.StatusBadRequest, s.call("writer", http.MethodDelete, linesPath+"/delete"+query).status)
	}
	require.Equal(t, "SECURE", s.statusOf("PAY/api"), "nothing was deleted")
	require.Equal(t, 1.0, s.call("writer", http.MethodDelete, linesPath+"/delete?confirm=true").json(t)["deleted"])
	require.Equal(t, "VULNERABLE", s.statusOf("PAY/api"))
}

func TestGlobalReviews(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	s.list("OPS", "tools: main=1")
	s.scan("canary,one", "canary\r\ntwo")
	all := func() []string {
		return []string{s.statusOf("PAY/api"), s.statusOf("PAY/web"), s.statusOf("OPS/tools")}
	}
	const file = "match_text,rule,comment,expires_at\r\n\"canary,one\",RSA_PRIVATE_KEY,revoked,2999-01-01\r\n\"canary\r\ntwo\",,,\r\n"
	a := s.upload("grantee", "/global-reviewed/create", "file", file)
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Equal(t, 2.0, a.json(t)["created"])
	require.Equal(t, []string{"SECURE", "SECURE", "SECURE"}, all())

	// All or nothing, and no text in the answer.
	a = s.upload("admin", "/global-reviewed/delete", "file", "\"canary,one\"\ncanary,a,b\n,x\n")
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Len(t, a.json(t)["errors"], 2)
	require.Contains(t, a.text, "line 2")
	require.NotContains(t, a.text, "canary")
	require.Equal(t, []string{"SECURE", "SECURE", "SECURE"}, all())
	require.Equal(t, 1.0, s.upload("admin", "/global-reviewed/delete", "file", "\"canary,one\"").json(t)["deleted"])
	require.Equal(t, []string{"VULNERABLE", "VULNERABLE", "VULNERABLE"}, all())
	require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodDelete, "/global-reviewed").status)
	require.Equal(t, 1.0, s.call("admin", http.MethodDelete, "/global-reviewed?confirm=true").json(t)["deleted"])

	for _, bad := range []struct {
		as, field, file string
		status          int
	}{
		{"padmin", "file", "a", http.StatusForbidden}, {"admin", "other", "a", http.StatusBadRequest}, {"admin", "file", "", http.StatusBadRequest},
		{"admin", "file", strings.Repeat("a", 5<<20+1), http.StatusRequestEntityTooLarge}, {"admin", "file", strings.Repeat("a", 6<<20), http.StatusRequestEntityTooLarge},
	} {
		require.Equal(t, bad.status, s.upload(bad.as, "/global-reviewed/create", bad.field, bad.file).status)
	}
	require.Equal(t, http.StatusUnsupportedMediaType, s.call("admin", http.MethodPost, "/global-reviewed/create", "{}").status)
}

func TestExportOfReviews(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	s.list("OPS", "tools: main=1")
	s.upload("admin", "/global-reviewed/create", "file", "match_text,rule\n\"=canary,\"\"g\"\"\",RSA\n")
	s.call("writer", http.MethodPost, linesPath+"/create", `{"matchText":"canary\r\na","ruleName":"RSA"}`)
	s.call("admin", http.MethodPost, "/review-lines/projects/PAY/repos/web/create", `{"matchText":"canary-web"}`)
	s.call("admin", http.MethodPost, "/review-lines/projects/OPS/repos/tools/create", `{"matchText":"canary-ops"}`)
	rows := func(as, path string) []string {
		a := s.call(as, http.MethodGet, "/export/reviewed"+path)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.Contains(t, a.header.Get("Content-Type"), "text/csv")
		require.Contains(t, a.header.Get("Content-Disposition"), `filename="reviewed`)
		// Without the times.
		var list []string
		for _, row := range strings.Split(strings.TrimSuffix(a.text, "\r\n"), ",\r\n")[0:] {
			if at := strings.LastIndex(row, ",20"); at > 0 {
				row = row[:at]
			}
			list = append(list, row)
		}
		return list
	}
	const header = "scope,project_key,repository,rule,match_text,comment,reviewed_by,reviewed_at,expires_at\r\n"
	require.Equal(t, []string{
		header + `GLOBAL,,,RSA,"'=canary,""g""",,admin`, "REPOSITORY,OPS,tools,,canary-ops,,admin", "REPOSITORY,PAY,api,RSA,\"canary\r\na\",,writer", "REPOSITORY,PAY,web,,canary-web,,admin",
	}, rows("grantee", ""))
	require.Equal(t, []string{header + "REPOSITORY,PAY,api,RSA,\"canary\r\na\",,writer", "REPOSITORY,PAY,web,,canary-web,,admin"}, rows("padmin", "/projects/PAY"))
	require.Equal(t, []string{header + "REPOSITORY,PAY,api,RSA,\"canary\r\na\",,writer"}, rows("writer", "/projects/PAY/repos/api"))
	for path, as := range map[string]string{"": "padmin", "/projects/PAY": "writer", "/projects/PAY/repos/api": "reader"} {
		require.Equal(t, http.StatusForbidden, s.call(as, http.MethodGet, "/export/reviewed"+path).status)
	}

	// An export can be imported, including the rows of repositories if the caller may write to them.
	exported := s.call("admin", http.MethodGet, "/export/reviewed").text
	n := float64(strings.Count(exported, "\r\nREPOSITORY,") + strings.Count(exported, "\r\nGLOBAL,"))
	require.Equal(t, 4.0, n)
	a := s.upload("grantee", "/global-reviewed/create", "file", exported)
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "grantee may not write to PAY/api")
	require.Contains(t, a.text, "there is no repository PAY/web", "an invisible repository does not exist")
	require.Equal(t, 0.0, s.upload("admin", "/global-reviewed/create", "file", exported).json(t)["created"], "they are all there")
	require.Equal(t, n, s.upload("admin", "/global-reviewed/delete", "file", exported).json(t)["deleted"])
	require.Equal(t, 1, strings.Count(s.call("admin", http.MethodGet, "/export/reviewed").text, "\r\n"), "the header alone")
	require.Equal(t, n, s.upload("admin", "/global-reviewed/create", "file", exported).json(t)["created"])
	require.Len(t, rows("writer", "/projects/PAY/repos/api"), 1)
	require.Contains(t, s.call("admin", http.MethodGet, "/audit").text, "GET /export/reviewed", "reading secrets is audited")
}

// TestNoSecretIsKept looks for the texts of reviewed findings in the database's files, the log and the audit log.
func TestNoSecretIsKept(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	const canary = "CaNaRy-5d1f"
	s.scan(canary)
	s.call("writer", http.MethodPost, linesPath+"/create", `{"matchText":"`+canary+`","ruleName":"RSA"}`)
	s.call("writer", http.MethodPost, linesPath+"/create", `{"matchText":"`+canary+`"`)
	s.call("writer", http.MethodPost, linesPath+"/create", `["`+canary+`"]`)
	s.call("writer", http.MethodPost, linesPath+"/create?matchText="+canary, `{"matchText":"`+canary+`"}`)
	s.upload("admin", "/global-reviewed/create", "file", canary)
	for _, bad := range []string{"\"" + canary, canary + ",a,b", "match_text,expires_at\n" + canary + "," + canary, canary + "\"" + canary} {
		a := s.upload("admin", "/global-reviewed/create", "file", bad)
		require.Equal(t, http.StatusBadRequest, a.status)
		require.NotContains(t, a.text, canary)
	}
	s.call("admin", http.MethodPost, "/rules", `{"name":"r","regexp":"`+canary+`("}`)
	s.call("admin", http.MethodPost, "/accounts", `{"name":"fresh","password":"`+canary+canary+`"}`)
	s.call("admin", http.MethodPut, "/accounts/fresh", `{"password":"`+canary+canary+`x"}`)
	token := s.call("writer", http.MethodPost, "/tokens", `{"name":"t","scopes":["read"]}`).json(t)["token"].(string)
	s.call("writer", http.MethodPost, linesPath+"/delete", `{"matchText":"`+canary+`"}`)
	require.Contains(t, s.call("admin", http.MethodGet, "/export/reviewed").text, canary, "the one place")

	kept := s.log.String() + s.call("admin", http.MethodGet, "/audit?limit=1000").text
	files, err := filepath.Glob(filepath.Join(s.dir, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		kept += string(data)
	}
	require.Contains(t, kept, "RSA_PRIVATE_KEY", "the search itself works")
	require.NotContains(t, kept, canary)
	require.NotContains(t, kept, token)
}

// TestTheMasterKeyIsThatOfTheDatabase with the real table.
func TestTheMasterKeyIsThatOfTheDatabase(t *testing.T) {
	t.Parallel()
	s := newService(t)
	require.NoError(t, sealKeys.Verify(t.Context(), s.store.Settings))
	require.NoError(t, sealKeys.Verify(t.Context(), s.store.Settings))
	other, err := seal.New(bytes.Repeat([]byte{8}, 32))
	require.NoError(t, err)
	require.ErrorIs(t, other.Verify(t.Context(), s.store.Settings), seal.ErrWrongKey)

	// A server with another key does not return half an export either.
	s.list("PAY", "api: main=1")
	s.call("writer", http.MethodPost, linesPath+"/create", `{"matchText":"canary"}`)
	listener := httptest.NewServer(mustServe(t, s.store, server.Options{Log: slog.New(slog.DiscardHandler), Keys: other}).Handler())
	t.Cleanup(listener.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listener.URL+"/rest/security/latest/export/reviewed", nil)
	require.NoError(t, err)
	r.SetBasicAuth("admin", "admin-password")
	response, err := http.DefaultClient.Do(r)
	if err == nil {
		_, err = io.ReadAll(response.Body)
		require.NoError(t, response.Body.Close())
	}
	require.Error(t, err, "the answer is cut off")
}

func TestFormsFromOtherSites(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for header, status := range map[string]int{"": http.StatusForbidden, "no-check": http.StatusOK, "nocheck": http.StatusOK} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/rest/security/latest/global-reviewed/create",
			strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\ntext\r\n--b--\r\n"))
		require.NoError(t, err)
		r.SetBasicAuth("admin", "admin-password")
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if header != "" {
			r.Header.Set("X-Atlassian-Token", header)
		}
		a := s.do(r)
		require.Equal(t, status, a.status, a.text)
	}
}
