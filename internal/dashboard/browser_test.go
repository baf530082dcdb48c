package dashboard_test

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestABrowserDrillsDown from signing in to a branch and back. Nothing is said on its console, the policy is not violated, and it asks no
// other host.
func TestABrowserDrillsDown(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("there is no Chromium: install the package chromium")
	}
	s := newService(t, "/sluice", testdashboard.Projects)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tab, end := testdashboard.Browser(ctx)
	defer end()
	var mu sync.Mutex
	var said, foreign []string
	asked := 0
	require.NoError(t, chromedp.Listen(tab, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			asked++
			if !strings.HasPrefix(e.Request.URL, s.url+"/") {
				foreign = append(foreign, e.Request.URL)
			}
		case *log.EventEntryAdded:
			said = append(said, e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			said = append(said, "console")
		case *runtime.EventExceptionThrown:
			said = append(said, e.ExceptionDetails.Text)
		}
	}))
	require.NoError(t, testdashboard.Focused(tab))
	require.NoError(t, testdashboard.SignIn(tab, s.url, "padmin"))
	at := func(path string) {
		t.Helper()
		url, err := chromedp.Run(tab, chromedp.Location())
		require.NoError(t, err)
		require.Equal(t, s.url+path, url)
	}
	at("/projects")
	tip, err := chromedp.Run(tab, chromedp.Evaluate[string](`(() => { const bar = document.querySelector('tbody .bar'); bar.focus(); return getComputedStyle(bar.querySelector('.tip')).visibility })()`))
	require.NoError(t, err)
	require.Equal(t, "visible", tip, "the numbers are there for the keyboard")
	narrow, err := chromedp.Run(tab, chromedp.Evaluate[float64](`Math.min(...[...document.querySelectorAll('.bar rect:not(.gap)')].map(r => r.getBoundingClientRect().width))`))
	require.NoError(t, err)
	require.GreaterOrEqual(t, narrow, 5.0, "three pixels and the gap")
	require.NoError(t, chromedp.Do(tab, chromedp.Click(`a.name[href$="/projects/PAY"]`), chromedp.WaitVisible(`a.name[href$="/repos/api"]`)))
	at("/projects/PAY")
	require.NoError(t, chromedp.Do(tab, chromedp.Click(`a.name[href$="/repos/api"]`), chromedp.WaitVisible(`.branches`), chromedp.Click(`summary.row`), chromedp.WaitVisible(`.facts`)))
	at("/projects/PAY/repos/api")
	facts, err := chromedp.Run(tab, chromedp.Text(`.facts`))
	require.NoError(t, err)
	require.Contains(t, facts, "Last scan duration")
	menu := `li:has([title="feature/new"]) .menu`
	require.NoError(t, chromedp.Do(tab, chromedp.Click(menu+` summary`), chromedp.WaitVisible(menu+` .actions`)))
	_, err = chromedp.RunResponse(tab, chromedp.Click(menu+` button`))
	require.NoError(t, err)
	notice, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector('.notice').textContent`))
	require.NoError(t, err)
	require.Equal(t, "Payments / api : feature/new: 0 of 1 scan done.", notice)
	require.NoError(t, chromedp.Do(tab, chromedp.NavigateBack(), chromedp.NavigateBack()))
	at("/projects/PAY")
	require.NoError(t, chromedp.Do(tab, chromedp.Click(`.account summary`), chromedp.Click(`form[action$="/sign-out"] button`), chromedp.WaitVisible(`input[name=password]`)))
	at("/sign-in")
	mu.Lock()
	defer mu.Unlock()
	require.Empty(t, said)
	require.Empty(t, foreign)
	require.Greater(t, asked, 8, "the search itself works")
}
