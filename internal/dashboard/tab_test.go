package dashboard_test

import (
	"context"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// tab is a tab without the cookies of others. It notes what is said on its console, what violates the policy, and whom it asks.
type tab struct {
	context.Context //nolint:containedctx // chromedp names a tab by a context

	t testing.TB
	s *service

	mu            sync.Mutex
	said, foreign []string
	asked, posted []string
	// home are other addresses that the tab may ask.
	home []string
	// all counts the requests.
	all int
}

// chromium is the browser of all tests here. It starts with the first tab, and ends with TestMain.
var chromium = sync.OnceValues(func() (first context.Context, err error) {
	first, endBrowser = testdashboard.Browser(context.Background())
	return first, chromedp.Do(first)
})

// endBrowser ends it.
var endBrowser = func() {}

// tab opens a tab that has signed in; "" is nobody. It may also ask addresses that begin like those of home. Without Chromium the test is
// skipped.
func (s *service) tab(as string, home ...string) *tab {
	s.t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		s.t.Skip("there is no Chromium: install the package chromium")
	}
	first, err := chromium()
	require.NoError(s.t, err)
	ctx, cancel := context.WithTimeout(first, 10*time.Minute)
	s.t.Cleanup(cancel)
	c, end := testdashboard.Tab(ctx)
	s.t.Cleanup(end)
	b := &tab{Context: c, t: s.t, s: s, home: append(home, s.url)}
	require.NoError(s.t, chromedp.Listen(c, b.note))
	require.NoError(s.t, testdashboard.Focused(c))
	b.do(chromedp.EmulateViewport(1280, 800))
	if as != "" {
		b.signIn(as)
	}
	return b
}

// signIn signs in, as somebody else if the tab has signed in before.
func (b *tab) signIn(as string) {
	b.t.Helper()
	_, err := chromedp.Call(b, network.ClearBrowserCookies, cdp.Empty{})
	require.NoError(b.t, err)
	require.NoError(b.t, testdashboard.SignIn(b, b.s.url, as))
}

func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
		b.all++
		if e.Request.Method == http.MethodPost {
			b.posted = append(b.posted, e.Request.URL)
		}
		// Pictures of the browser's own controls are data.
		if !strings.HasPrefix(e.Request.URL, "data:") && !slices.ContainsFunc(b.home, func(address string) bool { return strings.HasPrefix(e.Request.URL, address+"/") }) {
			b.foreign = append(b.foreign, e.Request.URL)
		}
	case *log.EventEntryAdded:
		// An answer that is an error is no fault of the page. The browser says the other thing when keys come before a page has chosen its first
		// field.
		if e.Entry.Source != "network" && !strings.HasPrefix(e.Entry.Text, "Autofocus processing was blocked") {
			b.said = append(b.said, e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, "console")
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, e.ExceptionDetails.Text)
	}
}

// quiet requires that the tab said nothing, violated nothing, and asked this server alone.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.said)
	require.Empty(b.t, b.foreign)
	require.Positive(b.t, b.all, "the search itself works")
}

// requests gives what was asked for since the last call.
func (b *tab) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.asked
	b.asked = nil
	return list
}

// posts gives the addresses of the forms that were sent since the last call.
func (b *tab) posts() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.posted
	b.posted = nil
	return list
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b, actions...))
}

// clickLive clicks on what the page may replace by itself at any moment: a click on a node that is gone already does nothing, and is tried again.
func (b *tab) clickLive(selector string) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		return chromedp.Do(b, chromedp.WaitVisible(selector), chromedp.Click(selector)) == nil
	}, 30*time.Second, 50*time.Millisecond, selector)
}

// open opens a page, and waits until it is loaded.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.s.url + path))
}

// value evaluates an expression.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	require.NoError(b.t, err, expression)
	return v
}

// until waits for an expression to become true.
func (b *tab) until(expression string) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		v, err := chromedp.Run(b, chromedp.Evaluate[bool](`!!(`+expression+`)`))
		return err == nil && v
	}, 30*time.Second, 50*time.Millisecond, expression)
}

// press presses keys; kb names those without a letter.
func (b *tab) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// text is the text of an element, which a browser without scripts tells too.
func (b *tab) text(selector string) string {
	b.t.Helper()
	s, err := chromedp.Run(b, chromedp.Text(selector))
	require.NoError(b.t, err, selector)
	return s
}

// sent does actions, of which the last one leads to another page, and waits for that page.
func (b *tab) sent(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	last := len(actions) - 1
	b.do(actions[:last]...)
	_, err := chromedp.RunResponse(b, actions[last])
	require.NoError(b.t, err)
}

// click clicks what leads to another page, and waits for that page.
func (b *tab) click(selector string) { b.t.Helper(); b.sent(chromedp.Click(selector)) }

// at requires that the tab shows the page of a path, with its query.
func (b *tab) at(path string) {
	b.t.Helper()
	require.Equal(b.t, b.s.url+path, value[string](b, `location.href`))
}
