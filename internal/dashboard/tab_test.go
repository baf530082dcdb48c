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

// tab is a tab of a browser of its own. It notes what is said on its console, what violates the policy, and whom it asks.
type tab struct {
	context.Context //nolint:containedctx // chromedp names a tab by a context

	t testing.TB
	s *service

	mu            sync.Mutex
	said, foreign []string
	asked         []string
	// all counts the requests.
	all int
}

// tab opens a browser that has signed in; "" is nobody. Without Chromium the test is skipped.
func (s *service) tab(as string) *tab {
	s.t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		s.t.Skip("there is no Chromium: install the package chromium")
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 15*time.Minute)
	s.t.Cleanup(cancel)
	c, end := testdashboard.Browser(ctx)
	s.t.Cleanup(end)
	b := &tab{Context: c, t: s.t, s: s}
	require.NoError(s.t, chromedp.Listen(c, b.note))
	require.NoError(s.t, testdashboard.Focused(c))
	b.do(chromedp.EmulateViewport(1280, 800))
	if as != "" {
		require.NoError(s.t, testdashboard.SignIn(c, s.url, as))
	}
	return b
}

func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
		b.all++
		// Pictures of the browser's own controls are data.
		if !strings.HasPrefix(e.Request.URL, b.s.url+"/") && !strings.HasPrefix(e.Request.URL, "data:") {
			b.foreign = append(b.foreign, e.Request.URL)
		}
	case *log.EventEntryAdded:
		// An answer that is an error is no fault of the page.
		if e.Entry.Source != "network" {
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

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b, actions...))
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
