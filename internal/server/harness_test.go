package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/loglevel"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// service is a server with its own database and the accounts admin, grantee, padmin (administers PAY), writer (writes
// PAY/api), reader (reads PAY/api) and nobody. The password of each is its name followed by "-password".
type service struct {
	t     *testing.T
	store *store.Store
	url   string
	log   *lockedBuffer
	// path is the database's file.
	path   string
	server *server.Server
	// dir has the files of the database.
	dir string
	// files are the files of repositories, by "KEY/slug path".
	files map[string]string
}

// sealKeys are the keys of all services.
var sealKeys = func() *seal.Keys {
	k, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		panic(err)
	}
	return k
}()

// File implements rules.Files.
func (s *service) File(_ context.Context, location, _, path string) ([]byte, error) {
	if text, ok := s.files[location+" "+path]; ok {
		return []byte(text), nil
	}
	return nil, nil
}

// lockedBuffer is a log that one goroutine reads while others write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newService returns a service; change changes its options.
func newService(t *testing.T, change ...func(o *server.Options)) *service {
	t.Helper()
	return newServiceAt(t, teststore.SQLite(t), change...)
}

func TestMain(m *testing.M) { os.Exit(teststore.Run(m)) }

// newServiceAt is newService with the database at an address.
func newServiceAt(t *testing.T, path string, change ...func(o *server.Options)) *service {
	t.Helper()
	dir := filepath.Dir(path)
	st, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	s := &service{t: t, store: st, dir: dir, log: &lockedBuffer{}, path: path, files: map[string]string{}}
	for name, grants := range map[string]map[string]accounts.Role{
		"admin": nil, "grantee": {"": accounts.RoleGrantee, "PAY/api": accounts.RoleRead}, "padmin": {"PAY": accounts.RoleProjectAdmin}, "writer": {"PAY/api": accounts.RoleWrite},
		"reader": {"PAY/api": accounts.RoleRead}, "nobody": nil,
	} {
		id, err := st.Accounts.Add(t.Context(), &accounts.Account{Name: name, Email: name + "@example.com", Password: passwordOf(name), Admin: name == "admin"})
		require.NoError(t, err)
		for scope, role := range grants {
			require.NoError(t, st.Accounts.Grant(t.Context(), id, scope, role))
		}
	}
	level := &loglevel.Override{}
	options := server.Options{
		Log:     slog.New(level.Handler(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		Version: "test", Rate: -1, Keys: sealKeys, Level: level, Files: s, SBOMs: sboms{},
	}
	for _, f := range change {
		f(&options)
	}
	s.server = mustServe(t, st, options)
	listener := httptest.NewServer(s.server.Handler())
	t.Cleanup(listener.Close)
	s.url = listener.URL
	return s
}

// mustServe is server.New.
func mustServe(t testing.TB, st *store.Store, o server.Options) *server.Server {
	t.Helper()
	s, err := server.New(st, o)
	require.NoError(t, err)
	return s
}

// hashes are the hashes of the passwords, at a low cost because the tests check thousands.
var hashes = map[string]string{}

func init() {
	for _, name := range []string{"admin", "grantee", "padmin", "writer", "reader", "nobody"} {
		hashes[name] = access.Cost{Memory: 8, Time: 1}.Hash(name + "-password")
	}
}

func passwordOf(name string) string { return hashes[name] }

// list stores projects, written as "KEY: slug" lines of "slug: branch=head ...".
func (s *service) list(key string, repositories ...string) {
	s.t.Helper()
	p := &connection.Project{Key: key, Name: "Project " + key, Personal: strings.HasPrefix(key, "~")}
	for _, text := range repositories {
		slug, rest, _ := strings.Cut(text, ":")
		r := connection.Repository{Slug: slug, Name: "Repository " + slug, Location: key + "/" + slug}
		for _, word := range strings.Fields(rest) {
			name, head, _ := strings.Cut(word, "=")
			if r.DefaultBranch == "" {
				r.DefaultBranch = name
			}
			r.Branches = append(r.Branches, connection.Branch{Name: name, Head: head, HeadAt: time.UnixMilli(1_700_000_000_000)})
		}
		p.Repositories = append(p.Repositories, r)
	}
	_, err := teststore.Sync(s.t, s.store).Apply(s.t.Context(), p)
	require.NoError(s.t, err)
	missing, err := teststore.Sync(s.t, s.store).Missing(s.t.Context(), []connection.Project{*p}, false)
	require.NoError(s.t, err)
	_, err = teststore.Sync(s.t, s.store).Remove(s.t.Context(), missing)
	require.NoError(s.t, err)
}

// answer is the answer to a call.
type answer struct {
	status int
	header http.Header
	text   string
}

// json reads the body into a map.
func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.text), &body), a.text)
	return body
}

// call calls the API as an account, "" for nobody. Paths without a root are below /rest/security/latest.
func (s *service) call(as, method, path string, body ...string) answer {
	s.t.Helper()
	if !strings.HasPrefix(path, "/rest/") {
		path = "/rest/security/latest" + path
	}
	var reader io.Reader
	if len(body) > 0 {
		reader = strings.NewReader(body[0])
	}
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, reader)
	require.NoError(s.t, err)
	if as != "" {
		request.SetBasicAuth(as, as+"-password")
	}
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	return s.do(request)
}

func (s *service) do(request *http.Request) answer {
	s.t.Helper()
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	a := answer{response.StatusCode, response.Header, string(text)}
	if response.Header.Get("Content-Encoding") == "" && request.Method != http.MethodHead {
		checkDescribed(s.t, request, a)
	}
	return a
}
