// Command screenshots writes pictures of every page of the dashboard, in both themes and at three widths, over a made-up Bitbucket (make
// screenshots).
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// longest is how long all pictures may take.
const longest = 30 * time.Minute

// allWidths are those of a desk, a tablet and a small phone.
var allWidths = []int64{1280, 768, 320}

func main() {
	folder := flag.String("to", "screenshots", "folder of the pictures")
	width := flag.Int64("width", 0, "width of the pages; 0 for three widths")
	only := flag.String("only", "", "only the pictures whose names begin like this")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	widths := allWidths
	if *width > 0 {
		widths = []int64{*width}
	}
	if err := run(ctx, *folder, widths, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		cancel()
		os.Exit(1) //nolint:gocritic // the browser has ended
	}
}

func run(ctx context.Context, folder string, widths []int64, only string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	var full, empty, connected []testdashboard.Page
	for _, p := range testdashboard.Pages {
		switch {
		case !strings.HasPrefix(p.Name, only):
		case p.Empty:
			empty = append(empty, p)
		case p.Connected():
			connected = append(connected, p)
		default:
			full = append(full, p)
		}
	}
	around, busy := testdashboard.Options{}, testdashboard.Options{}
	around.Around()
	busy.Throttle()
	for _, x := range []struct {
		pages   []testdashboard.Page
		full    bool
		options testdashboard.Options
	}{{full, true, around}, {empty, false, around}, {connected, true, testdashboard.Options{}}, {throttled(only), false, busy}} {
		if len(x.pages) == 0 {
			continue
		}
		if err := shoot(ctx, folder, widths, x.pages, x.full, x.options); err != nil {
			return err
		}
	}
	return nil
}

// throttled is the page of an account that calls too often, if its name begins with only.
func throttled(only string) []testdashboard.Page {
	if !strings.HasPrefix(testdashboard.Throttled.Name, only) {
		return nil
	}
	return []testdashboard.Page{testdashboard.Throttled}
}

// shoot takes pictures of pages of a server, with the made-up projects if full.
func shoot(ctx context.Context, folder string, widths []int64, pages []testdashboard.Page, full bool, options testdashboard.Options) (err error) {
	data, err := os.MkdirTemp("", "sluice-screenshots")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	st, err := store.Open(ctx, filepath.Join(data, "sluice.db"))
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	if err := testdashboard.AddAccounts(ctx, st); err != nil {
		return err
	}
	options.Folder = "/var/git"
	if full {
		folder, err := testdashboard.Demo(ctx, st, data)
		if err != nil {
			return err
		}
		options.Source = connection.NewReader(folder)
		if err := testdashboard.AddConnection(ctx, st); err != nil {
			return err
		}
	}
	sample, err := testdashboard.Sample(ctx, st)
	if err != nil {
		return err
	}

	handler, err := testdashboard.Serve(ctx, st, options)
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	as := "somebody else"
	tab, end := ctx, func() {}
	defer func() { end() }()
	for i := range pages {
		p := &pages[i]
		if p.As != as {
			end()
			tab, end = testdashboard.Browser(ctx)
			as = p.As
			if err := testdashboard.Focused(tab); err != nil {
				return err
			}
			if p.As != "" {
				if err := testdashboard.SignIn(tab, server.URL, p.As); err != nil {
					return err
				}
			}
		}
		for _, width := range widths {
			if err := chromedp.Do(tab, chromedp.EmulateViewport(width, 800)); err != nil {
				return err
			}
			for _, theme := range []string{"light", "dark"} {
				if err := picture(tab, p, server.URL+sample.Replace(p.Path), theme, filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", p.Name, theme, width))); err != nil {
					return fmt.Errorf("%s: %w", p.Name, err)
				}
			}
		}
	}
	return nil
}

// each is how long one picture may take. A page without what p.Do waits for then ends in an error that names it.
const each = time.Minute

// picture writes a picture of a page, at the width of the tab.
func picture(tab context.Context, p *testdashboard.Page, url, theme, file string) error {
	tab, end := context.WithTimeout(tab, each)
	defer end()
	if err := testdashboard.Theme(tab, theme); err != nil {
		return err
	}
	if err := chromedp.Do(tab, append([]chromedp.Action[chromedp.Void]{chromedp.Navigate(url)}, p.Do...)...); err != nil {
		return err
	}
	png, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err != nil {
		return err
	}
	return os.WriteFile(file, png, 0o600)
}
