package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// TestFromNothingToAScan as a person does it who has read nothing: start the server with an empty folder, sign in, do what the page says,
// and click. It logs how long that took.
func TestFromNothingToAScan(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("there is no Chromium: install the package chromium")
	}
	root := t.TempDir()
	began := time.Now()
	n := startNode(t, nil, "--data", filepath.Join(t.TempDir(), "data"), "--repos", root)
	tab, end := testdashboard.Browser(t.Context())
	defer end()
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		require.NoError(t, chromedp.Do(tab, actions...))
	}
	main := func() string {
		text, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("main")?.innerText ?? ""`))
		require.NoError(t, err)
		return text
	}
	click := func(selector string) {
		t.Helper()
		_, err := chromedp.RunResponse(tab, chromedp.Click(selector))
		require.NoError(t, err, selector)
	}

	// Its first line names the address, the next ones the password.
	do(chromedp.Navigate(n.url), chromedp.SendKeys(`input[name=name]`, "admin"), chromedp.SendKeys(`input[name=password]`, n.password))
	click(`button.main`)
	require.Contains(t, main(), "No repository yet")
	command, err := chromedp.Run(tab, chromedp.Text(`.first pre`))
	require.NoError(t, err)
	parts := strings.Fields(command)
	require.Equal(t, []string{"git", "clone", "--mirror"}, parts[:3])
	source := newRepository(t)
	source.commit("settings.py", `session_password = "`+token(1)+`"`)
	parts[3] = source.dir
	require.Equal(t, filepath.Join(root, "SHOP", "shop.git"), parts[4])
	cloned := exec.CommandContext(t.Context(), parts[0], parts[1:]...)
	cloned.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cloned.CombinedOutput()
	require.NoError(t, err, string(out))

	click(`form[action$="/list"] button`)
	testwait.Until(t, func() bool {
		_, err := chromedp.RunResponse(tab, chromedp.Reload())
		require.NoError(t, err)
		return strings.Contains(main(), "Nothing has been scanned yet.")
	}, "the repository is listed")
	click(`section.next button.main`)
	testwait.Until(t, func() bool {
		return strings.Contains(main(), "1 scan is done.") && strings.Contains(main(), "Vulnerable 1")
	}, "the page follows the scan, without being loaded again")
	click(`a.name[href$="/projects/SHOP"]`)
	click(`a.name[href$="/repos/shop"]`)
	click(`a.branch`)
	require.Contains(t, main(), "settings.py:1")
	click(`tr[data-row] a.name`)
	require.Contains(t, main(), "What to do")
	require.NotContains(t, main(), token(1))
	t.Logf("from the start of the server to the first finding: %s", time.Since(began).Round(time.Second))
}
