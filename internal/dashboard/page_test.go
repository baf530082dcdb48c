package dashboard_test

import (
	"cmp"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/dashboard"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestEveryPageIsInTheListOfPages that pictures and tests walk: none is missing, and no name stands twice.
func TestEveryPageIsInTheListOfPages(t *testing.T) {
	t.Parallel()
	s := newService(t, "", testdashboard.Projects)
	table, missing := http.NewServeMux(), map[string]bool{}
	for _, r := range dashboard.Pages() {
		if r.Method == http.MethodGet {
			table.Handle("GET "+r.Path, http.NotFoundHandler())
			missing["GET "+r.Path] = true
		}
	}
	for _, path := range testdashboard.Files {
		require.True(t, missing["GET "+path], "%s is no route", path)
		delete(missing, "GET "+path)
	}
	names := map[string]bool{}
	for _, p := range testdashboard.Pages {
		require.False(t, names[p.Name], "%s stands twice", p.Name)
		names[p.Name] = true
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.sample.Replace(p.Path), nil)
		require.NoError(t, err)
		_, pattern := table.Handler(r)
		require.NotEmpty(t, pattern, "%s: there is no page at %s", p.Name, p.Path)
		delete(missing, pattern)
	}
	require.Empty(t, missing, "add these to testdashboard.Pages")
}

// TestEveryPageIsSmall, and answers as the list of pages says, from a full instance and from an empty one.
func TestEveryPageIsSmall(t *testing.T) {
	t.Parallel()
	full, empty := newService(t, "", testdashboard.Projects), newService(t, "", nil)
	for _, p := range testdashboard.Pages {
		s := full
		if p.Empty {
			s = empty
		}
		a := s.browser(p.As).get(s.sample.Replace(p.Path))
		require.Equal(t, cmp.Or(p.Status, http.StatusOK), a.status, p.Name)
		require.True(t, strings.HasPrefix(a.text, "<!doctype html>"), p.Name)
		require.Less(t, len(a.text), 150<<10, p.Name)
	}
}
