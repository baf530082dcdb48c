// Command screenshots writes pictures of every page of the dashboard, in both themes, over a made-up Bitbucket (make screenshots).
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// longest is how long all pictures may take.
const longest = 2 * time.Minute

func main() {
	folder := flag.String("to", "screenshots", "folder of the pictures")
	width := flag.Int64("width", 1280, "width of the pages")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	if err := run(ctx, *folder, *width); err != nil {
		fmt.Fprintln(os.Stderr, err)
		cancel()
		os.Exit(1) //nolint:gocritic // the browser has ended
	}
}

// picture is a page that somebody sees.
type picture struct {
	name, as, path string
	// do happens on the page first; nil for nothing.
	do []chromedp.Action[chromedp.Void]
}

var pictures = []picture{
	{"sign-in", "", "/sign-in", nil},
	{"sign-in-wrong", "", "/sign-in", []chromedp.Action[chromedp.Void]{chromedp.SendKeys(`input[name=name]`, "jane"), chromedp.SendKeys(`input[name=password]`, "wrong"), chromedp.Click(`button.main`), chromedp.WaitVisible(`.notice`)}},
	{"instance", "admin", "/", nil},
	{"instance-tip", "admin", "/", []chromedp.Action[chromedp.Void]{chromedp.Focus(`tbody .bar`)}},
	{"instance-menu", "admin", "/", []chromedp.Action[chromedp.Void]{chromedp.Click(`tbody .menu summary`)}},
	{"instance-no-match", "admin", "/?name=nothing", nil},
	{"project", "admin", "/projects/PAY", nil},
	{"repository", "admin", "/projects/PAY/repos/api", []chromedp.Action[chromedp.Void]{chromedp.Click(`summary.row`), chromedp.Click(`li:has([title="feature/vendor-import"]) summary.row`)}},
	{"repository-empty", "admin", "/projects/PAY/repos/docs", nil},
	{"confirm", "admin", "/projects/PAY/rescan", nil},
	{"findings", "admin", "/findings", nil},
	{"findings-filtered", "admin", "/findings?severity=high&severity=critical&path=deploy&sort=newest", nil},
	{"findings-no-match", "admin", "/findings?assignee=me", nil},
	{"trends", "admin", "/trends", []chromedp.Action[chromedp.Void]{chromedp.Click(`.numbers summary`)}},
	{"trends-long", "admin", "/trends?days=365", nil},
	{"dependencies", "admin", "/dependencies", nil},
	{"dependencies-package", "admin", "/dependencies/package?ecosystem=npm&name=lodash", nil},
	{"reviewed", "admin", "/reviewed", nil},
	{"reader-projects", "reader", "/projects", nil},
	{"not-permitted", "reader", "/", nil},
	{"not-found", "reader", "/projects/SHOP", nil},
	{"nothing-to-read", "nobody", "/projects", nil},
}

func run(ctx context.Context, folder string, width int64) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	if err := shoot(ctx, folder, width, testdashboard.Projects, pictures); err != nil {
		return err
	}
	return shoot(ctx, folder, width, nil, []picture{{"first-run", "admin", "/", nil}})
}

// shoot takes pictures of a server over projects.
func shoot(ctx context.Context, folder string, width int64, projects []testdashboard.Project, list []picture) (err error) {
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
	if err := testdashboard.Fill(ctx, st, projects); err != nil {
		return err
	}
	if len(projects) > 0 {
		if err := testdashboard.AddHistory(ctx, st, 40); err != nil {
			return err
		}
		if err := testdashboard.AddPackages(ctx, st); err != nil {
			return err
		}
	}
	handler, err := testdashboard.Serve(st, testdashboard.Options{Folder: "/var/git"})
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	as := "somebody else"
	tab, end := ctx, func() {}
	defer func() { end() }()
	for _, p := range list {
		if p.as != as {
			end()
			tab, end = testdashboard.Browser(ctx)
			as = p.as
			if err := chromedp.Do(tab, chromedp.EmulateViewport(width, 800)); err != nil {
				return err
			}
			if err := testdashboard.Focused(tab); err != nil {
				return err
			}
			if p.as != "" {
				if err := testdashboard.SignIn(tab, server.URL, p.as); err != nil {
					return err
				}
			}
		}
		for _, theme := range []string{"light", "dark"} {
			if err := testdashboard.Theme(tab, theme); err != nil {
				return err
			}
			if err := chromedp.Do(tab, append([]chromedp.Action[chromedp.Void]{chromedp.Navigate(server.URL + p.path)}, p.do...)...); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			png, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", p.name, theme, width)), png, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}
