package dashboard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestEveryPageInABrowser, in both themes, at three widths: axe-core finds nothing, nothing is said on the console, no other host is asked, the
// page is no wider than the window, and a first view needs few requests.
func TestEveryPageInABrowser(t *testing.T) {
	t.Parallel()
	full, empty := newDemo(t, "/sluice"), newService(t, "", nil)
	// The demo has no Bitbucket.
	connected := newService(t, "", testdashboard.Projects)
	pages := slices.Clone(testdashboard.Pages)
	slices.SortStableFunc(pages, func(a, b testdashboard.Page) int { return strings.Compare(a.As, b.As) })
	var faults []string
	tabs := map[*service]*tab{full: full.tab(""), empty: empty.tab(""), connected: connected.tab("")}
	as := map[*service]string{}
	for _, p := range pages {
		s := full
		switch {
		case p.Empty:
			s = empty
		case p.Connected():
			s = connected
		}
		b := tabs[s]
		if p.As != as[s] {
			b.do(chromedp.EmulateViewport(1280, 800))
			b.signIn(p.As)
			as[s] = p.As
		}
		faults = append(faults, b.look(p)...)
	}
	busy := newService(t, "", testdashboard.Projects, (*testdashboard.Options).Throttle).tab(testdashboard.Throttled.As)
	faults = append(faults, busy.look(testdashboard.Throttled)...)
	require.Contains(t, value[string](busy, `document.querySelector("main").textContent`), "Try again in 8 seconds.")
	require.Empty(t, faults)
}

// pillars are the words on buttons that are broken between their letters, because nothing kept their column wide enough.
const pillars = `[...document.querySelectorAll('main button, main summary, main .chip')].filter((x) => x.offsetHeight > 48 && x.offsetWidth < 48).map((x) => x.innerText)`

// look opens a page, wide and narrow, and lists what is wrong with it. At each width it turns to the other theme, where the rules of colours
// are checked again.
func (b *tab) look(p testdashboard.Page) (faults []string) {
	b.t.Helper()
	check := func(what string, err error) {
		if err != nil {
			faults = append(faults, p.Name+", "+what+": "+err.Error())
		}
	}
	fits := func(width int64) {
		b.do(chromedp.EmulateViewport(width, 800))
		if wide := value[int64](b, `document.documentElement.scrollWidth`); wide > width {
			check(fmt.Sprintf("%d pixels", width), fmt.Errorf("the page is %d pixels wide", wide))
		}
		if words := value[[]string](b, pillars); len(words) > 0 {
			check(fmt.Sprintf("%d pixels", width), fmt.Errorf("written from top to bottom: %q", words))
		}
	}
	for _, x := range []struct {
		width         int64
		theme, second string
	}{{1280, "light", "dark"}, {320, "dark", "light"}} {
		require.NoError(b.t, testdashboard.Theme(b, x.theme))
		b.do(chromedp.EmulateViewport(x.width, 800))
		b.requests()
		b.open(b.s.sample.Replace(p.Path))
		require.LessOrEqual(b.t, len(b.requests()), 12, p.Name)
		b.do(p.Do...)
		fits(x.width)
		check(fmt.Sprintf("%s, %d pixels", x.theme, x.width), testdashboard.Accessible(b))
		require.NoError(b.t, testdashboard.Theme(b, x.second))
		check(fmt.Sprintf("%s, %d pixels", x.second, x.width), testdashboard.Contrasting(b))
	}
	fits(768)
	b.quiet()
	return faults
}

// TestAxeSeesFaults, so that a page without any has really been looked at.
func TestAxeSeesFaults(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	b := s.tab("")
	b.open("/sign-in")
	require.NoError(t, testdashboard.Accessible(b))
	value[int](b, `document.querySelector('h1').style.color = '#ddd', document.querySelector('input[name=password]').closest('label').replaceWith(document.querySelector('input[name=password]')), 0`)
	err := testdashboard.Accessible(b)
	require.ErrorContains(t, err, "color-contrast")
	require.ErrorContains(t, err, "label: ")
}
