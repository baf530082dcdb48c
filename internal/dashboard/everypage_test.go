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

// TestEveryPageInABrowser, wide and light, narrow and dark: axe-core finds nothing, nothing is said on the console, no other host is asked, the
// page is no wider than the window, and a first view needs few requests.
func TestEveryPageInABrowser(t *testing.T) {
	t.Parallel()
	full, empty := newService(t, "/sluice", testdashboard.Projects), newService(t, "", nil)
	pages := slices.Clone(testdashboard.Pages)
	slices.SortStableFunc(pages, func(a, b testdashboard.Page) int {
		return strings.Compare(fmt.Sprint(a.Empty, a.As), fmt.Sprint(b.Empty, b.As))
	})
	var faults []string
	var b *tab
	as := "somebody else"
	for _, p := range pages {
		s := full
		if p.Empty {
			s = empty
		}
		if b == nil || p.As != as || b.s != s {
			b, as = s.tab(p.As), p.As
		}
		faults = append(faults, b.look(p)...)
	}
	busy := newService(t, "", testdashboard.Projects, (*testdashboard.Options).Throttle).tab(testdashboard.Throttled.As)
	faults = append(faults, busy.look(testdashboard.Throttled)...)
	require.Contains(t, value[string](busy, `document.querySelector("main").textContent`), "Try again in 8 seconds.")
	require.Empty(t, faults)
}

// look opens a page, wide and light, narrow and dark, and lists what is wrong with it.
func (b *tab) look(p testdashboard.Page) (faults []string) {
	b.t.Helper()
	for width, theme := range map[int64]string{1280: "light", 360: "dark"} {
		what := fmt.Sprintf("%s, %s, %d pixels", p.Name, theme, width)
		require.NoError(b.t, testdashboard.Theme(b, theme))
		b.do(chromedp.EmulateViewport(width, 800))
		b.requests()
		b.open(b.s.sample.Replace(p.Path))
		require.LessOrEqual(b.t, len(b.requests()), 12, what)
		b.do(p.Do...)
		if err := testdashboard.Accessible(b); err != nil {
			faults = append(faults, what+": "+err.Error())
		}
		if wide := value[int64](b, `document.documentElement.scrollWidth`); wide > width {
			faults = append(faults, fmt.Sprintf("%s: the page is %d pixels wide", what, wide))
		}
	}
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
