package dashboard_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/testissuer"
)

// TestABrowserDrillsDown from signing in to a branch and back. Nothing is said on its console, the policy is not violated, and it asks no
// other host.
func TestABrowserDrillsDown(t *testing.T) {
	t.Parallel()
	b := newService(t, "/sluice", testdashboard.Projects).tab("padmin")
	b.at("/projects")
	require.Equal(t, "visible", value[string](b, `(() => { const bar = document.querySelector('tbody .bar'); bar.focus(); return getComputedStyle(bar.querySelector('.tip')).visibility })()`), "the numbers are there for the keyboard")
	require.GreaterOrEqual(t, value[float64](b, `Math.min(...[...document.querySelectorAll('.bar rect:not(.gap)')].map(r => r.getBoundingClientRect().width))`), 5.0, "three pixels and the gap")
	b.click(`a.name[href$="/projects/PAY"]`)
	b.at("/projects/PAY")
	b.click(`a.name[href$="/repos/api"]`)
	b.do(chromedp.Click(`summary.row`), chromedp.WaitVisible(`.facts`))
	b.at("/projects/PAY/repos/api")
	require.Contains(t, b.text(`.facts`), "Last scan duration")
	menu := `li:has([title="feature/new"]) .menu`
	b.sent(chromedp.Click(menu+` summary`), chromedp.WaitVisible(menu+` .actions`), chromedp.Click(menu+` button`))
	require.Equal(t, "Payments / api : feature/new: 0 of 1 scan done.", b.text(`.notice`))
	b.do(chromedp.NavigateBack(), chromedp.NavigateBack())
	b.at("/projects/PAY")
	b.sent(chromedp.Click(`.account summary`), chromedp.Click(`form[action$="/sign-out"] button`))
	b.at("/sign-in")
	b.quiet()
}

// TestABrowserSignsInElsewhere: the page's link, the provider's page, and the way back, under the policy of both sites.
func TestABrowserSignsInElsewhere(t *testing.T) {
	t.Parallel()
	i := testissuer.NewElsewhere(t)
	i.Do(func(b *testissuer.Behaviour) { b.Claims, b.Ask = claims("s1", "jane"), true })
	b := newService(t, "/sluice", testdashboard.Projects, withOpenID(t, i, everybody)).tab("", i.URL)
	b.open("/projects?type=all")
	b.do(chromedp.Click(`a.button.main`), chromedp.WaitVisible(`#continue`))
	require.True(t, strings.HasPrefix(value[string](b, `location.href`), i.URL+"/authorize?"))
	b.do(chromedp.Click(`#continue`), chromedp.WaitVisible(`header .account`))
	b.at("/projects?type=all") // Neither a code nor a state stays in the address.
	require.Contains(t, b.text(`header .account`), "jane")
	b.do(chromedp.Click(`header .account summary`), chromedp.Click(`form[action$="/sign-out"] button`), chromedp.WaitVisible(`main [role=status]`))
	require.Contains(t, b.text(`main [role=status]`), "You may still be signed in at Example")
	b.open("/projects")
	b.do(chromedp.WaitVisible(`input[name=password]`))
	b.quiet()
}
