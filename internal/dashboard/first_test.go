package dashboard_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestFirstRun says how to go on, to an administrator; and to others whom to ask.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	s := newService(t, "/sluice", nil)
	admin := s.browser("admin")
	for _, path := range []string{"/", "/projects", "/?type=personal", "/?status=vulnerable"} {
		text := admin.get(path).text
		require.Contains(t, text, "No repository yet", path)
		require.Contains(t, text, "/var/git/SHOP/shop.git", path)
		require.Contains(t, text, `action="/sluice/list"`, path)
	}
	looked := admin.post("/list", nil)
	require.Equal(t, http.StatusSeeOther, looked.status)
	require.Contains(t, admin.get("/?done=looked").text, "Sluice is looking at the folder")
	for _, as := range []string{"nobody", "grantee"} {
		text := s.browser(as).get("/projects").text
		require.Contains(t, text, "Ask an administrator")
		require.NotContains(t, text, "/var/git")
		require.NotContains(t, text, "--repos")
	}
}

func withoutFolder(o *testdashboard.Options) { o.Folder = "" }

// TestFirstRunWithoutAFolder says that the server needs one, also when it knows projects from before.
func TestFirstRunWithoutAFolder(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil, withoutFolder)
	text := s.browser("admin").get("/").text
	for _, words := range []string{"No folder of repositories yet", "sluice serve --repos /var/git", "git clone --mirror", "--data", "sluice serve --demo"} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, s.browser("grantee").get("/").text, "--repos")

	s = newService(t, "", testdashboard.Projects, withoutFolder, func(o *testdashboard.Options) { o.Connections = &testdashboard.Sources{} })
	require.Contains(t, s.browser("admin").get("/").text, "started without <code>--repos</code>", "what is known is shown, and that nothing is scanned here")
	require.NotContains(t, s.browser("grantee").get("/").text, "--repos")
}

// TestTheFirstScanIsOneClickAway once there are branches, and not offered when one waits already.
func TestTheFirstScanIsOneClickAway(t *testing.T) {
	t.Parallel()
	const offer = "Scan everything</button>"
	s := newService(t, "", []testdashboard.Project{{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{{Slug: "api", Name: "api", Branches: []string{"main=new"}}}}})
	b := s.browser("admin")
	require.Contains(t, b.get("/").text, offer)
	require.NotContains(t, s.browser("reader").get("/projects").text, offer)
	require.Equal(t, http.StatusSeeOther, b.post("/scan", url.Values{"mode": {"outdated"}, "back": {"/"}}).status)
	require.NotContains(t, b.get("/").text, offer)
	require.NotContains(t, newService(t, "", testdashboard.Projects).browser("admin").get("/").text, offer)
}
