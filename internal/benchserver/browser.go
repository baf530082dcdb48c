package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// firstViews is how often a browser opens each page, every time with an empty cache.
const firstViews = 5

// browse opens the pages of the administrator in Chromium, and writes when each showed something and how many requests it made: the median.
func (b *bench) browse(ctx context.Context, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	_, _ = fmt.Fprintf(out, "\nFirst view in Chromium:\n\n| Page | First contentful paint, ms | Requests |\n|---|---|---|\n")
	for _, c := range clicks {
		if c.as != admin || strings.HasPrefix(c.path, "/rest/") {
			continue
		}
		var paints []float64
		requests := 0.0
		for range firstViews {
			paint, n, err := b.firstView(ctx, c.path)
			if err != nil {
				return fmt.Errorf("%s: %w", c.path, err)
			}
			paints, requests = append(paints, paint), n
		}
		slices.Sort(paints)
		_, _ = fmt.Fprintf(out, "| %s | %.0f | %.0f |\n", c.name, paints[firstViews/2], requests)
	}
	return nil
}

// firstView opens a page in a new browser that has a session and no cache.
func (b *bench) firstView(ctx context.Context, path string) (paint, requests float64, err error) {
	tab, end := testdashboard.Browser(ctx)
	defer end()
	if err := testdashboard.Focused(tab); err != nil {
		return 0, 0, err
	}
	if err := chromedp.Do(tab, chromedp.Navigate(b.url+"/sign-in"), chromedp.SendKeys(`input[name=name]`, admin), chromedp.SendKeys(`input[name=password]`, password),
		chromedp.Click(`button.main`), chromedp.WaitVisible(`header .account`)); err != nil {
		return 0, 0, err
	}
	if _, err := chromedp.Call(tab, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
		return 0, 0, err
	}
	if err := chromedp.Do(tab, chromedp.Navigate(b.url+path)); err != nil {
		return 0, 0, err
	}
	paint, err = chromedp.Run(tab, chromedp.Evaluate[float64](`new Promise(done => {
		const look = () => { const p = performance.getEntriesByName('first-contentful-paint')[0]; p ? done(p.startTime) : setTimeout(look, 20) }
		look()
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		return 0, 0, err
	}
	requests, err = chromedp.Run(tab, chromedp.Evaluate[float64](`1 + performance.getEntriesByType('resource').length`))
	return paint, requests, err
}
