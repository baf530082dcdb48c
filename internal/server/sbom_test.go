package server_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan/format"
)

// sboms writes the arguments that it got.
type sboms struct{}

func (sboms) SBOM(_ context.Context, r *catalog.Repository, branch string, name format.Name) (func(w io.Writer) error, error) {
	if branch == "gone" {
		return nil, db.ErrNotFound
	}
	return func(w io.Writer) error {
		_, err := io.WriteString(w, r.ProjectKey+" "+r.Slug+" "+branch+" "+string(name))
		return err
	}, nil
}

func TestSBOMs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 a/b=1 gone=1", "empty:")
	const path = "/sbom/projects/PAY/repos/api"
	a := s.call("reader", http.MethodGet, path)
	require.Equal(t, []any{http.StatusOK, "PAY api main cyclonedx", "application/vnd.cyclonedx+json; version=1.6", `attachment; filename="sluice-PAY-api-main.cdx.json"`},
		[]any{a.status, a.text, a.header.Get("Content-Type"), a.header.Get("Content-Disposition")})
	a = s.call("reader", http.MethodGet, path+"?branch=a/b&format=spdx")
	require.Equal(t, []any{"PAY api a/b spdx", "application/spdx+json", `attachment; filename="sluice-PAY-api-a%2Fb.spdx.json"`}, []any{a.text, a.header.Get("Content-Type"), a.header.Get("Content-Disposition")})
	require.Equal(t, http.StatusBadRequest, s.call("reader", http.MethodGet, path+"?format=html").status)
	require.Equal(t, http.StatusNotFound, s.call("reader", http.MethodGet, path+"?branch=none").status)
	require.Equal(t, http.StatusNotFound, s.call("reader", http.MethodGet, path+"?branch=gone").status, "since it was listed")
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodGet, "/sbom/projects/PAY/repos/empty").status)
	require.Equal(t, http.StatusServiceUnavailable, func() int {
		s := newService(t, func(o *server.Options) { o.SBOMs = nil })
		s.list("PAY", "api: main=1")
		return s.call("reader", http.MethodGet, path).status
	}())
}
