package dashboard_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/teststore"
)

// TestABrowserDecidesAboutFindings: from a repository to a branch and a finding, one decision there, two at once in the list, and a text
// that is shown once.
func TestABrowserDecidesAboutFindings(t *testing.T) {
	t.Parallel()
	s, _ := onRepositories(t, teststore.SQLite(t))
	b := s.tab("writer")
	rows := func() int { return value[int](b, `document.querySelectorAll('tr[data-row]').length`) }

	b.open(ofAPI)
	b.sent(chromedp.Click(`a.branch[title="feature/login"]`))
	b.at(analysis + "?branch=feature%2Flogin")
	require.Equal(t, 4, rows())
	key := s.secretsOf("feature/login")["login.py"]
	b.sent(chromedp.Click(`#f-` + key + ` a.name`))
	b.at("/findings/" + key + "?branch=feature%2Flogin")
	require.Contains(t, value[string](b, `document.querySelector('.code .hit').textContent`), `session_password = "••••••••"`)

	// One decision, by keys alone.
	b.sent(chromedp.Focus(`input[name=reason]`), chromedp.SendKeys(`input[name=reason]`, "test account"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	require.Contains(t, b.text(`.notice`), "Marked as a false positive.")
	b.at("/findings/" + key + "?branch=feature%2Flogin&done=false-positive")
	require.Contains(t, value[string](b, `document.querySelector('.events').textContent`), "writer False positive: test account")

	// The text, once.
	b.sent(chromedp.Click(`.reveal button`))
	require.Equal(t, canaries[3], value[string](b, `document.querySelector('.shown mark').textContent`))
	require.Len(t, s.told("finding.revealed"), 1)
	b.at(ofAPI + "/findings/" + key + "/reveal")
	b.open("/findings/" + key)
	noCanary(t, value[string](b, `document.documentElement.outerHTML`), "afterwards")

	// Two decisions at once, and back to where the list was.
	b.open(analysis + "?branch=main")
	b.sent(chromedp.Click(`tr[data-row]:nth-child(1) input`), chromedp.Click(`tr[data-row]:nth-child(3) input`), chromedp.Click(`.decide button[value=in-review]`))
	b.at(analysis + "?branch=main&done=in-review")
	require.Contains(t, b.text(`.notice`), "In review.")
	require.Equal(t, 2, value[int](b, `[...document.querySelectorAll('td[data-name=State]')].filter(td => td.textContent === 'In review').length`))
	require.Len(t, s.told("finding.triaged"), 3)
	b.do(chromedp.NavigateBack())
	b.at(analysis + "?branch=main")
	require.Equal(t, 3, rows())
	b.sent(chromedp.Click(`tr[data-row] a.name`))
	b.do(chromedp.NavigateBack())
	b.at(analysis + "?branch=main")
	b.quiet()
}
