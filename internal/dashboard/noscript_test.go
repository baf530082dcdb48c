package dashboard_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestPagesWithoutAScript can be read, and their forms work: filter, scan, cancel one, cancel all, theme, sign out.
func TestPagesWithoutAScript(t *testing.T) {
	t.Parallel()
	s := newService(t, "/sluice", testdashboard.Projects)
	b := s.tab("")
	_, err := chromedp.Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	require.NoError(t, testdashboard.SignIn(b, s.url, "admin"))
	for _, p := range testdashboard.Pages {
		if p.As == "admin" && !p.Empty {
			b.open(s.sample.Replace(p.Path))
			require.NotEmpty(t, b.text("main h1, main p"), p.Name)
		}
	}
	b.open("/")
	b.do(chromedp.SendKeys(`.filter input[name=name]`, "Pay"), chromedp.Click(`.filter button`), chromedp.WaitNotPresent(`[data-row$="/SHOP"]`))
	b.do(chromedp.Click(`a[href$="/projects/PAY"]`), chromedp.Click(`a[href$="/repos/web"]`), chromedp.WaitVisible(`[data-row="main"]`))
	b.do(chromedp.Click(`[data-row="main"] .menu summary`), chromedp.Click(`[data-row="main"] .menu button[value=rescan]`), chromedp.WaitVisible(`.notice`))
	require.Contains(t, b.text(`.notice`), "0 of 1 scan done")
	b.do(chromedp.Click(`header .queue summary`), chromedp.Click(`header .queue a`), chromedp.WaitVisible(`.scans`))
	require.Contains(t, b.text(`.scans`), "Payments / web : main")
	b.do(chromedp.Click(`//tr[contains(., "Payments / web : main")]//button`), chromedp.WaitVisible(`.notice`))
	require.NotContains(t, b.text(`.scans`), "Payments / web : main")
	b.do(chromedp.Click(`a[href$="/queue/cancel"]`), chromedp.Click(`button[value=waiting]`), chromedp.WaitVisible(`.notice`))
	counts, err := s.store.Queue.Counts(t.Context())
	require.NoError(t, err)
	require.Zero(t, counts[queue.Queued])
	b.do(chromedp.Click(`header .account summary`), chromedp.Click(`button[value=dark]`), chromedp.WaitReady(`html[data-theme=dark]`))
	b.do(chromedp.Click(`header .account summary`), chromedp.Click(`form[action$="/sign-out"] button`), chromedp.WaitVisible(`input[name=password]`))
	b.quiet()
}

// TestEverythingByKeysAlone: sign in, filter, open a row, start a scan from its menu, open the queue, cancel.
func TestEverythingByKeysAlone(t *testing.T) {
	t.Parallel()
	s := newService(t, "", testdashboard.Projects)
	b := s.tab("")
	b.open("/sign-in")
	// to presses Tab until the focus is where an expression about x says.
	to := func(expression string) {
		t.Helper()
		for range 60 {
			if value[bool](b, `((x) => !!(`+expression+`))(document.activeElement)`) {
				require.True(t, value[bool](b, `document.activeElement.matches(':focus-visible')`), "the focus can be seen")
				return
			}
			b.press(kb.Tab)
		}
		t.Fatalf("Tab does not lead to %s", expression)
	}
	to(`x.name === 'name'`)
	b.press("padmin", kb.Tab, testdashboard.Password("padmin"))
	b.press(kb.Enter)
	b.until(`location.pathname === '/projects' && document.readyState === 'complete'`)
	b.press("/")
	require.True(t, value[bool](b, `document.activeElement.type === 'search'`))
	// The tool sends the character on its own, although the page has taken the key.
	value[int](b, `document.activeElement.value = '', 0`)
	b.press("pay", kb.Enter)
	b.until(`location.search.includes('name=pay') && document.readyState === 'complete'`)
	b.press("j")
	require.True(t, value[bool](b, `document.activeElement.dataset.row === '/projects/PAY'`))
	b.press("e")
	b.until(`location.pathname === '/projects/PAY' && document.readyState === 'complete'`)
	to(`x.href?.endsWith('/repos/web')`)
	b.press(kb.Enter)
	b.until(`document.querySelector('[data-row=main]') && document.readyState === 'complete'`)
	b.press("j", "j", "k", "e")
	require.True(t, value[bool](b, `document.querySelector('[data-row=main] details:not(.menu)').open`), "the first row is unfolded")
	to(`x.matches('[data-row=main] .menu summary')`)
	b.press(kb.Enter)
	to(`x.matches('[data-row=main] .menu button[value=rescan]')`)
	b.press(kb.Enter)
	b.until(`document.querySelector('.notice') && document.readyState === 'complete'`)
	to(`x.matches('header .queue summary')`)
	b.press(kb.Enter)
	b.until(`document.querySelector('.queue .items')`)
	to(`x.matches('.queue .item button') && x.ariaLabel === 'Cancel Payments / web : main'`)
	b.press(kb.Enter)
	b.until(`document.querySelector('.notice')?.innerText.includes('cancelled') && document.readyState === 'complete'`)
	counts, err := s.store.Queue.Counts(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, counts[queue.Queued], "the one that waited before")

	b.press("?")
	b.until(`document.querySelector('dialog[open]')`)
	require.NoError(t, testdashboard.Accessible(b))
	to(`x.type === 'checkbox'`)
	b.press(" ")
	b.press(kb.Escape)
	b.until(`!document.querySelector('dialog')`)
	b.press("j")
	require.False(t, value[bool](b, `!!document.activeElement.closest('[data-row]')`), "single keys are switched off")
	to(`x.matches('header .account summary')`)
	b.press(kb.Enter)
	to(`x.innerText === 'Keys…'`)
	b.press(kb.Enter)
	b.until(`document.querySelector('dialog[open]')`)
	b.quiet()
}

// TestThingsAreHandierWithAScript: times of the viewer's zone, filters that apply at once for a pointer, and not at each step of a key.
func TestThingsAreHandierWithAScript(t *testing.T) {
	t.Parallel()
	s := newService(t, "", testdashboard.Projects)
	b := s.tab("admin")
	_, err := chromedp.Call(b, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Tokyo"})
	require.NoError(t, err)
	b.open("/projects/PAY/repos/api")
	require.Regexp(t, `^[^(]+ \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)$`, value[string](b, `document.querySelector('[data-row=main] time').title`))
	require.True(t, value[bool](b, `(() => { const x = document.querySelector('[data-row=main] time'); return x.title.startsWith(new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Asia/Tokyo' }).format(new Date(x.dateTime))) })()`))
	b.open("/")
	b.do(chromedp.Focus(`select[name=status]`))
	b.press(kb.ArrowDown)
	b.press(kb.ArrowDown)
	require.Empty(t, value[string](b, `location.search`), "a step of a key applies nothing")
	b.do(chromedp.Click(`h1`))
	value[int](b, `(() => { const x = document.querySelector('select[name=status]'); x.value = 'unscanned'; x.dispatchEvent(new Event('change', { bubbles: true })); return 0 })()`)
	b.until(`location.search.includes('status=unscanned') && document.readyState === 'complete'`)
	b.quiet()
}
