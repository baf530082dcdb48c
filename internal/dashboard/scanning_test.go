package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestScansOfAPlaceOnAPage: what counts, each change as the API sees it, and the way there.
func TestScansOfAPlaceOnAPage(t *testing.T) {
	t.Parallel()
	databases(t, testScansOfAPlace)
}

func testScansOfAPlace(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("padmin")
	require.Contains(t, b.get("/projects/PAY").text, `href="/projects/PAY/scanning"`)
	require.Contains(t, b.get("/projects/PAY/repos/api").text, `href="/projects/PAY/repos/api/scanning"`)
	require.Contains(t, b.get("/projects/PAY/repos/api/scanning").text, "Scan every push: now <b>off</b>")
	require.Contains(t, b.followed(b.post("/projects/PAY/scanning", url.Values{"scanOnPush": {"true"}, "scanOnPullRequest": {""}})).text, "Scan every push: now <b>on</b>")
	require.Contains(t, b.get("/projects/PAY/repos/api/scanning").text, "Scan every push: now <b>on</b>", "the repository inherits")
	require.Contains(t, b.followed(b.post("/projects/PAY/repos/api/scanning", url.Values{"scanOnPush": {"false"}})).text, "Scan every push: now <b>off</b>")
	_, shown := s.rest("admin", "/projects/PAY/repos/api/scanning")
	require.Equal(t, map[string]any{"scanOnPush": "OFF", "scanOnPullRequest": "INHERIT", "effective": map[string]any{"scanOnPush": false, "scanOnPullRequest": false}}, shown)
	require.Equal(t, http.StatusBadRequest, b.post("/projects/PAY/scanning", url.Values{"scanOnPush": {"maybe"}}).status)
	require.NotContains(t, s.browser("reader").get("/projects/PAY/repos/api").text, "/scanning")
	log := strings.Join(s.audited(), "\n")
	require.Contains(t, log, "padmin PUT /projects/{projectKey}/scanning PAY scanOnPush=ON scanOnPullRequest=INHERIT")
	require.Contains(t, log, "padmin PUT /projects/{projectKey}/repos/{repoSlug}/scanning PAY/api scanOnPush=OFF")
}
