package dashboard_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// TestABrowserDecidesAboutFindings: from a repository to a branch and a finding, one decision there, two at once in the list, and a text
// that is shown once.
func TestABrowserDecidesAboutFindings(t *testing.T) {
	t.Parallel()
	s, _ := onRepositories(t, teststore.SQLite(t))
	w := watch(t, s.url)
	tab := w.tab
	require.NoError(t, testdashboard.SignIn(tab, s.url, "writer"))
	at := func(path string) {
		t.Helper()
		url, err := chromedp.Run(tab, chromedp.Location())
		require.NoError(t, err)
		require.Equal(t, s.url+path, url)
	}
	read := func(script string) string {
		t.Helper()
		text, err := chromedp.Run(tab, chromedp.Evaluate[string](script))
		require.NoError(t, err)
		return text
	}
	follow := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for _, a := range actions[:len(actions)-1] {
			require.NoError(t, chromedp.Do(tab, a))
		}
		_, err := chromedp.RunResponse(tab, actions[len(actions)-1])
		require.NoError(t, err)
	}
	const notice = `document.querySelector('.notice').textContent`
	const rows = `String(document.querySelectorAll('tr[data-row]').length)`

	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.url+ofAPI)))
	follow(chromedp.Click(`a.branch[title="feature/login"]`))
	at(analysis + "?branch=feature%2Flogin")
	require.Equal(t, "4", read(rows))
	key := s.secretsOf("feature/login")["login.py"]
	follow(chromedp.Click(`#f-` + key + ` a.name`))
	at("/findings/" + key + "?branch=feature%2Flogin")
	require.Contains(t, read(`document.querySelector('.code .hit').textContent`), `session_password = "••••••••"`)

	// One decision, by keys alone.
	follow(chromedp.Focus(`input[name=reason]`), chromedp.SendKeys(`input[name=reason]`, "test account"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	require.Contains(t, read(notice), "Marked as a false positive.")
	at("/findings/" + key + "?branch=feature%2Flogin&done=false-positive")
	require.Contains(t, read(`document.querySelector('.events').textContent`), "writer False positive: test account")

	// The text, once.
	follow(chromedp.Click(`.reveal button`))
	require.Equal(t, canaries[3], read(`document.querySelector('.shown mark').textContent`))
	require.Len(t, s.told("finding.revealed"), 1)
	at(ofAPI + "/findings/" + key + "/reveal")
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.url+"/findings/"+key)))
	noCanary(t, read(`document.documentElement.outerHTML`), "afterwards")

	// Two decisions at once, and back to where the list was.
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.url+analysis+"?branch=main")))
	follow(chromedp.Click(`tr[data-row]:nth-child(1) input`), chromedp.Click(`tr[data-row]:nth-child(3) input`), chromedp.Click(`.decide button[value=in-review]`))
	at(analysis + "?branch=main&done=in-review")
	require.Contains(t, read(notice), "In review.")
	require.Equal(t, "2", read(`String([...document.querySelectorAll('td[data-name=State]')].filter(td => td.textContent === 'In review').length)`))
	require.Len(t, s.told("finding.triaged"), 3)
	require.NoError(t, chromedp.Do(tab, chromedp.NavigateBack()))
	at(analysis + "?branch=main")
	require.Equal(t, "3", read(rows))
	follow(chromedp.Click(`tr[data-row] a.name`))
	require.NoError(t, chromedp.Do(tab, chromedp.NavigateBack()))
	at(analysis + "?branch=main")
	w.quiet(t)
}
