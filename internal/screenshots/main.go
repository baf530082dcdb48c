// Command screenshots writes pictures of every page of the dashboard, in both themes, over a made-up Bitbucket (make screenshots).
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// longest is how long all pictures may take.
const longest = 5 * time.Minute

func main() {
	folder := flag.String("to", "screenshots", "folder of the pictures")
	width := flag.Int64("width", 1280, "width of the pages")
	only := flag.String("only", "", "only the pictures whose names begin like this")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	if err := run(ctx, *folder, *width, *only); err != nil {
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
	{"settings-general", "admin", "/settings/general", nil},
	{"settings-general-wrong", "admin", "/settings/general", []chromedp.Action[chromedp.Void]{chromedp.SetValue(`#parallelScans`, "300"), chromedp.Click(`.fields button.main`), chromedp.WaitVisible(`.notice.bad`)}},
	{"settings-access", "admin", "/settings/access", nil},
	{"settings-account", "admin", "/settings/access/accounts/padmin", nil},
	{"settings-groups", "admin", "/settings/access/groups", nil},
	{"settings-roles", "admin", "/settings/access/roles", []chromedp.Action[chromedp.Void]{chromedp.Click(`tbody .menu summary`)}},
	{"settings-tokens", "admin", "/settings/tokens", nil},
	{"settings-hook", "admin", "/settings/hook", nil},
	{"settings-place-hook", "admin", "/projects/PAY/repos/api/hook", nil},
	{"settings-schedule", "admin", "/settings/schedule", []chromedp.Action[chromedp.Void]{chromedp.SendKeys(`#cron`, "0 3 * * 6"), chromedp.Click(`button[value=show]`), chromedp.WaitVisible(`.notice li`)}},
	{"settings-notifications", "admin", "/settings/notifications", nil},
	{"settings-connections", "admin", "/settings/connections", nil},
	{"settings-logging", "admin", "/settings/logging", nil},
	{"rules", "admin", "/rules", nil},
	{"rules-new", "admin", "/rules/new", []chromedp.Action[chromedp.Void]{
		chromedp.SendKeys(`#name`, "acme key"), chromedp.SendKeys(`#regexp`, "acme_[0-9]{8}"), chromedp.SetValue(`#sample`, "id = acme_12345678 # the shop's\nother = acme_00000001"), chromedp.Click(`button[value=test]`), chromedp.WaitVisible(`mark`),
	}},
	{"rules-test", "admin", "/rules/test", []chromedp.Action[chromedp.Void]{
		chromedp.SetValue(`#sample`, "aws_key = AKIA"+"Q3EGRX7VNZT2LMWD\nhost = example.com"), chromedp.Click(`button.main`), chromedp.WaitVisible(`mark`),
	}},
	{"audit", "admin", "/audit", nil},
	{"audit-check", "admin", "/audit/check", nil},
	{"profile", "writer", "/profile", []chromedp.Action[chromedp.Void]{chromedp.SendKeys(`#name`, "nightly scan"), chromedp.Click(`#scope-scan`), chromedp.Click(`.save button.main`), chromedp.WaitVisible(`.once`)}},
	{"reader-projects", "reader", "/projects", nil},
	{"not-permitted", "reader", "/", nil},
	{"not-found", "reader", "/projects/SHOP", nil},
	{"nothing-to-read", "nobody", "/projects", nil},
}

func run(ctx context.Context, folder string, width int64, only string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	chosen := slices.DeleteFunc(slices.Clone(pictures), func(p picture) bool { return !strings.HasPrefix(p.name, only) })
	if err := shoot(ctx, folder, width, testdashboard.Projects, chosen); err != nil || only != "" {
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
