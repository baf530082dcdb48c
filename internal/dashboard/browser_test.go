package dashboard_test

import (
	"context"
	"os/exec"
	"slices"
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
	"github.com/sluice-scan/sluice/internal/testissuer"
)

// watched is a tab that notes what is said on its console and which requests go elsewhere.
type watched struct {
	tab context.Context //nolint:containedctx // chromedp keeps its tab in a context

	mu            sync.Mutex
	said, foreign []string
	asked         int
}

// watch opens a tab. Requests to addresses that begin with one of home are not foreign.
func watch(t *testing.T, home ...string) *watched {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("there is no Chromium: install the package chromium")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	tab, end := testdashboard.Browser(ctx)
	t.Cleanup(end)
	w := &watched{tab: tab}
	require.NoError(t, chromedp.Listen(tab, func(event any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			w.asked++
			if !slices.ContainsFunc(home, func(address string) bool { return strings.HasPrefix(e.Request.URL, address+"/") }) {
				w.foreign = append(w.foreign, e.Request.URL)
			}
		case *log.EventEntryAdded:
			w.said = append(w.said, e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			w.said = append(w.said, "console")
		case *runtime.EventExceptionThrown:
			w.said = append(w.said, e.ExceptionDetails.Text)
		}
	}))
	require.NoError(t, testdashboard.Focused(tab))
	return w
}

// quiet holds that the tab said nothing and asked no other host.
func (w *watched) quiet(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Empty(t, w.said)
	require.Empty(t, w.foreign)
	require.Greater(t, w.asked, 8, "the search itself works")
}

// TestABrowserDrillsDown from signing in to a branch and back. Nothing is said on its console, the policy is not violated, and it asks no
// other host.
func TestABrowserDrillsDown(t *testing.T) {
	t.Parallel()
	s := newService(t, "/sluice", testdashboard.Projects)
	w := watch(t, s.url)
	tab := w.tab
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
	require.NoError(t, chromedp.Do(tab, chromedp.Click(`header form button`), chromedp.WaitVisible(`input[name=password]`)))
	at("/sign-in")
	w.quiet(t)
}

// TestABrowserSignsInElsewhere: the page's link, the provider's page, and the way back, under the policy of both sites.
func TestABrowserSignsInElsewhere(t *testing.T) {
	t.Parallel()
	i := testissuer.NewElsewhere(t)
	i.Do(func(b *testissuer.Behaviour) { b.Claims, b.Ask = claims("s1", "jane"), true })
	s := newService(t, "/sluice", testdashboard.Projects, withOpenID(t, i, everybody))
	w := watch(t, s.url, i.URL)
	at := func() string {
		t.Helper()
		url, err := chromedp.Run(w.tab, chromedp.Location())
		require.NoError(t, err)
		return url
	}
	require.NoError(t, chromedp.Do(w.tab, chromedp.Navigate(s.url+"/projects?type=all"), chromedp.Click(`a.button.main`), chromedp.WaitVisible(`#continue`)))
	require.True(t, strings.HasPrefix(at(), i.URL+"/authorize?"))
	require.NoError(t, chromedp.Do(w.tab, chromedp.Click(`#continue`), chromedp.WaitVisible(`header .account`)))
	require.Equal(t, s.url+"/projects?type=all", at(), "neither a code nor a state stays in the address")
	name, err := chromedp.Run(w.tab, chromedp.Text(`header .account`))
	require.NoError(t, err)
	require.Contains(t, name, "jane")
	require.NoError(t, chromedp.Do(w.tab, chromedp.Click(`header form button`), chromedp.WaitVisible(`[role=status]`)))
	said, err := chromedp.Run(w.tab, chromedp.Text(`[role=status]`))
	require.NoError(t, err)
	require.Contains(t, said, "You may still be signed in at Example")
	require.NoError(t, chromedp.Do(w.tab, chromedp.Navigate(s.url+"/projects"), chromedp.WaitVisible(`input[name=password]`)))
	w.quiet(t)
}
