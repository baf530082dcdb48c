package mirror_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/mirror"
)

// TestHeadsAreAskedWithoutAMirror, and leave nothing on disk.
func TestHeadsAreAskedWithoutAMirror(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	m, dir := mirrors(t, nil)
	side := s.push("side/way", "b.txt", "x\n")
	got, err := m.Heads(t.Context(), s.remote())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"refs/heads/main": s.Head("PAY", "api", "main"), "refs/heads/side/way": side}, got)
	require.NoError(t, s.AddRepository("PAY", "empty", nil))
	empty := s.remote()
	empty.URL = s.base + "/scm/PAY/empty.git"
	got, err = m.Heads(t.Context(), empty)
	require.NoError(t, err)
	require.Empty(t, got)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "the home of git alone")

	missing := s.remote()
	missing.URL = s.base + "/scm/PAY/nothing.git"
	_, err = m.Heads(t.Context(), missing)
	require.ErrorIs(t, err, mirror.ErrMissing)
	elsewhere := s.remote()
	elsewhere.URL = "https://elsewhere.example.com/PAY/api.git"
	_, err = m.Heads(t.Context(), elsewhere)
	require.ErrorContains(t, err, "the credential stays here")
	for status, kind := range map[int]error{401: mirror.ErrDenied, 403: mirror.ErrDenied, 404: mirror.ErrMissing, 429: mirror.ErrTemporary, 503: mirror.ErrTemporary, 301: mirror.ErrMoved, 302: mirror.ErrMoved, 307: mirror.ErrMoved} {
		s.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Location", s.base+"/scm/PAY/empty.git/info/refs?service=git-upload-pack")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(canary))
			return true
		})
		_, err = m.Heads(t.Context(), s.remote())
		require.ErrorIs(t, err, kind, "%d", status)
		require.NotContains(t, err.Error(), canary)
	}
}

// TestEndlessHeadsEnd: a server that sends branches without an end is told apart from others.
func TestEndlessHeadsEnd(t *testing.T) {
	t.Parallel()
	git := filepath.Join(t.TempDir(), "git")
	require.NoError(t, os.WriteFile(git, []byte("#!/bin/sh\nexec yes 0123456789012345678901234567890123456789\trefs/heads/x\n"), 0o700))
	m, _ := mirrors(t, func(o *mirror.Options) { o.Git = git })
	_, err := m.Heads(t.Context(), mirror.Remote{URL: "https://bitbucket.org/a/b.git", Scope: "https://bitbucket.org"})
	require.ErrorContains(t, err, "too many branches")
}
