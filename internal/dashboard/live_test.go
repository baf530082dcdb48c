package dashboard_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// webs is a project with one repository, which nobody scans.
var webs = []testdashboard.Project{{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{{Slug: "api", Name: "API", Branches: []string{"main=secure", "develop=secure", "new=new"}}}}}

const (
	rowOfNew  = `document.querySelector('[data-row="new"]').innerText`
	queueHead = `document.querySelector('header .queue summary').innerText`
)

// TestThePageFollowsAScan while it is open: the head, the rows, the bar and the notice. It is not loaded again, and the focus and what is
// unfolded stay.
func TestThePageFollowsAScan(t *testing.T) {
	t.Parallel()
	s := newService(t, "/sluice", webs)
	b := s.tab("padmin")
	b.open("/projects/PAY/repos/api")
	b.do(chromedp.Click(`[data-row="new"] .menu summary`), chromedp.Click(`[data-row="new"] .menu button`), chromedp.WaitVisible(`.notice`))
	b.do(chromedp.Click(`[data-row="develop"] summary.row`))
	require.Zero(t, value[int](b, `window.loaded = 0`))
	b.do(chromedp.Focus(`[data-row="main"] summary.row`))
	value[int](b, `window.heard = 0, new MutationObserver(() => window.heard++).observe(document.getElementById('said'), { childList: true }), 0`)
	require.Contains(t, value[string](b, rowOfNew), "Queued")
	b.until(queueHead + ` === "Queue: 0 running, 1 waiting"`)
	j := s.claim()
	b.until(rowOfNew + `.includes("Scanning")`)
	b.until(queueHead + ` === "Queue: 1 running, 0 waiting"`)
	for _, percent := range []int{20, 70} {
		_, err := s.store.Queue.Beat(t.Context(), j, percent, j.Head)
		require.NoError(t, err)
		b.until(rowOfNew + `.includes("` + string(rune('0'+percent/10)) + "0\u00a0%" + `")`)
	}
	require.Equal(t, "not scanned 1", strings.Split(value[string](b, `document.querySelector('.total .bar').ariaLabel`), ", ")[3])
	s.end(j)
	b.until(rowOfNew + `.includes("Up To Date")`)
	b.until(queueHead + ` === "Queue is empty"`)
	require.Equal(t, "not scanned 0", strings.Split(value[string](b, `document.querySelector('.total .bar').ariaLabel`), ", ")[3])
	require.Equal(t, "Payments / API : new: 1 scan is done.", value[string](b, `document.querySelector('.notice').innerText`))
	require.Zero(t, value[int](b, `window.loaded`), "the page was not loaded again")
	require.True(t, value[bool](b, `document.activeElement === document.querySelector('[data-row="main"] summary.row')`), "the focus stays")
	require.True(t, value[bool](b, `document.querySelector('[data-row="develop"] details:not(.menu)').open`), "what is unfolded stays")
	require.LessOrEqual(t, value[int](b, `window.heard`), 2, "people who hear the page are not flooded")
	b.quiet()
}

// TestAStreamThatDoesNotGetThrough is replaced by questions.
func TestAStreamThatDoesNotGetThrough(t *testing.T) {
	t.Parallel()
	s := newService(t, "", webs, func(o *testdashboard.Options) {
		o.Between = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept") == "text/event-stream" {
					http.Error(w, "this proxy knows no streams", http.StatusBadGateway)
					return
				}
				next.ServeHTTP(w, r)
			})
		}
	})
	b := s.tab("writer")
	b.open("/projects/PAY/repos/api")
	s.enqueue("admin", "", "PAY", "api", "new")
	b.until(rowOfNew + `.includes("Queued")`)
	b.until(queueHead + ` === "Queue: 0 running, 1 waiting"`)
	asked := 0
	for _, url := range b.requests() {
		if strings.HasSuffix(url, "/events?once") {
			asked++
		}
	}
	require.Positive(t, asked)
}

// TestTheQueueOfTheHead opens by key and pointer, follows what happens, cancels, and closes.
func TestTheQueueOfTheHead(t *testing.T) {
	t.Parallel()
	s := newService(t, "", webs)
	b := s.tab("padmin")
	scan := s.enqueue("padmin", "", "PAY", "api", "new").Scan
	b.open("/projects/PAY")
	b.do(chromedp.Click(`header .queue summary`), chromedp.WaitVisible(`.queue .items`))
	require.Equal(t, "Payments / API : new", value[string](b, `document.querySelector('.queue .item a').innerText`))
	j := s.claim()
	_, err := s.store.Queue.Beat(t.Context(), j, 30, j.Head)
	require.NoError(t, err)
	b.until(`document.querySelector('.queue [data-progress]')?.innerText === "30` + "\u00a0%" + `"`)
	b.do(chromedp.Focus(`.queue .items a`))
	b.press(kb.Escape)
	require.False(t, value[bool](b, `document.querySelector('.queue').open`))
	require.True(t, value[bool](b, `document.activeElement === document.querySelector('.queue summary')`))
	b.press(kb.Enter)
	b.do(chromedp.WaitVisible(`.queue .items`), chromedp.Click(`h1 .key`))
	require.False(t, value[bool](b, `document.querySelector('.queue').open`), "a click elsewhere closes it")
	b.do(chromedp.Click(`header .queue summary`))
	b.clickLive(`.queue .item form button`)
	b.do(chromedp.WaitVisible(`.notice`))
	require.Contains(t, value[string](b, `document.querySelector('.notice').innerText`), "The scan is cancelled.")
	require.Equal(t, s.url+"/projects/PAY?done=scan-cancelled", value[string](b, `location.href`), "back on the page")
	q, err := s.store.Queue.Scan(t.Context(), everything, scan)
	require.NoError(t, err)
	require.True(t, q.CancelRequested)
	require.Equal(t, queue.Running, q.State)
	b.quiet()
}

// TestAHiddenPageAsksNothing, and catches up when it is looked at.
func TestAHiddenPageAsksNothing(t *testing.T) {
	t.Parallel()
	s := newService(t, "", webs)
	b := s.tab("writer")
	b.open("/projects/PAY/repos/api")
	hide := func(hidden string) {
		value[int](b, `Object.defineProperty(document, 'hidden', { configurable: true, get: () => `+hidden+` }), document.dispatchEvent(new Event('visibilitychange')), 0`)
	}
	hide("true")
	s.enqueue("admin", "", "PAY", "api", "new")
	b.requests()
	require.Contains(t, value[string](b, rowOfNew), "Not Scanned")
	require.Never(t, func() bool { return value[bool](b, rowOfNew+`.includes("Queued")`) }, 3e9, 3e8)
	// The browser fetches the icon when it likes to.
	require.Empty(t, slices.DeleteFunc(b.requests(), func(url string) bool { return strings.Contains(url, "/assets/icon-") }))
	hide("false")
	b.until(rowOfNew + `.includes("Queued")`)
	b.quiet()
}
