package testdashboard

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/chromedp/chromedp"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Page is one page of the dashboard in one of its states, over [Projects] and the accounts of [AddAccounts].
type Page struct {
	// Name names it in tests, and its pictures.
	Name string
	// As is the account that looks at it; empty for nobody.
	As string
	// Path is its address without the base path. Names in braces are filled by [Sample].
	Path string
	// Status is that of the answer; 0 means 200.
	Status int
	// Empty is true for a page of an instance without any repository.
	Empty bool
	// Do opens what is closed at first; nil for nothing.
	Do []chromedp.Action[chromedp.Void]
}

// Connected reports whether the page needs a connection that is served as it is stored (see [AddConnection]). A server with
// [Options.Around] has others.
func (p *Page) Connected() bool { return strings.HasPrefix(p.Path, "/settings/connections/") }

// Pages are all pages, each in the states that look different. Pictures, and the tests that look at every page, walk this list. A test
// requires that each route of the dashboard that answers GET with a page is here: add yours, with its states.
var Pages = []Page{
	{Name: "sign-in", Path: "/sign-in"},
	{Name: "sign-in-wrong", Path: "/sign-in", Do: do(chromedp.SendKeys(`input[name=name]`, "jane"), chromedp.SendKeys(`input[name=password]`, "wrong"), chromedp.Click(`button.main`), chromedp.WaitVisible(`.notice`))},
	{Name: "instance", As: "admin", Path: "/"},
	{Name: "instance-tip", As: "admin", Path: "/", Do: do(chromedp.Focus(`tbody .bar`))},
	{Name: "instance-menu", As: "admin", Path: "/", Do: do(chromedp.Click(`tbody .menu summary`))},
	{Name: "instance-no-match", As: "admin", Path: "/?name=nothing"},
	{Name: "first-run", As: "admin", Path: "/", Empty: true},
	{Name: "first-run-nobody", As: "nobody", Path: "/projects", Empty: true},
	{Name: "project", As: "admin", Path: "/projects/{projectKey}"},
	{Name: "repository", As: "admin", Path: "/projects/{projectKey}/repos/{repoSlug}", Do: do(chromedp.Click(`summary.row`), chromedp.Click(`li:has([title="feature/vendor-import"]) summary.row`))},
	{Name: "repository-empty", As: "admin", Path: "/projects/{projectKey}/repos/docs"},
	{Name: "analysis", As: "admin", Path: "/projects/{projectKey}/repos/{repoSlug}/analysis?branch=main"},
	{Name: "analysis-incomplete", As: "admin", Path: "/projects/{projectKey}/repos/{repoSlug}/analysis?branch=feature%2Fvendor-import"},
	{Name: "analysis-reader", As: "reader", Path: "/projects/{projectKey}/repos/{repoSlug}/analysis?branch=main&showReviewed=true"},
	{Name: "finding", As: "admin", Path: "/findings/{finding}"},
	{Name: "finding-reader", As: "reader", Path: "/findings/{finding}"},
	{Name: "finding-code", As: "admin", Path: "/findings/{codeFinding}"},
	{Name: "confirm-instance", As: "admin", Path: "/rescan"},
	{Name: "confirm", As: "admin", Path: "/projects/{projectKey}/rescan"},
	{Name: "queue", As: "admin", Path: "/queue"},
	{Name: "queue-menu", As: "admin", Path: "/", Do: do(chromedp.Click(`.queue summary`), chromedp.WaitVisible(`.queue .items`))},
	{Name: "queue-empty", As: "nobody", Path: "/queue"},
	{Name: "account-menu", As: "admin", Path: "/queue", Do: do(chromedp.Click(`.account summary`))},
	{Name: "confirm-cancel", As: "admin", Path: "/queue/cancel"},
	{Name: "scan", As: "admin", Path: "/scans/{scanKey}"},
	{Name: "scan-failed", As: "reader", Path: "/scans/{failedScan}"},
	{Name: "scan-running", As: "admin", Path: "/scans/{runningScan}"},
	{Name: "settings-general", As: "admin", Path: "/settings/general"},
	{Name: "settings-general-wrong", As: "admin", Path: "/settings/general", Do: do(chromedp.SetValue(`#parallelScans`, "300"), chromedp.Click(`.fields button.main`), chromedp.WaitVisible(`.notice.bad`))},
	{Name: "settings-access", As: "admin", Path: "/settings/access"},
	{Name: "settings-account", As: "admin", Path: "/settings/access/accounts/padmin"},
	{Name: "settings-groups", As: "admin", Path: "/settings/access/groups", Do: do(chromedp.SetValue(`#group`, "payments-team"), chromedp.SetValue(`#members`, "writer\npadmin"), chromedp.Click(`.box button.main`), chromedp.WaitVisible(`.notice`))},
	{Name: "settings-roles", As: "admin", Path: "/settings/access/roles", Do: do(chromedp.Click(`tbody .menu summary`))},
	{Name: "settings-tokens-empty", As: "admin", Path: "/settings/tokens"},
	{Name: "settings-tokens", As: "admin", Path: "/profile", Do: do(chromedp.SendKeys(`#name`, "nightly scan"), chromedp.Click(`.save button.main`), chromedp.WaitVisible(`.once`), chromedp.Click(`header nav a[href$="/settings/general"]`), chromedp.Click(`.sections a[href$="/settings/tokens"]`), chromedp.WaitVisible(`tbody .ask`))},
	{Name: "settings-hook", As: "admin", Path: "/settings/hook"},
	{Name: "settings-place-hook", As: "admin", Path: "/projects/{projectKey}/repos/{repoSlug}/hook"},
	{Name: "settings-project-hook", As: "padmin", Path: "/projects/{projectKey}/hook"},
	{Name: "settings-scanning", As: "padmin", Path: "/projects/{projectKey}/scanning"},
	{Name: "settings-repository-scanning", As: "admin", Path: "/projects/{projectKey}/repos/{repoSlug}/scanning"},
	{Name: "settings-schedule", As: "admin", Path: "/settings/schedule", Do: do(chromedp.SendKeys(`#cron`, "0 3 * * 6"), chromedp.Click(`button[value=show]`), chromedp.WaitVisible(`.notice li`))},
	{Name: "settings-notifications", As: "admin", Path: "/settings/notifications"},
	{Name: "settings-connections", As: "admin", Path: "/settings/connections"},
	{Name: "settings-connection", As: "admin", Path: "/settings/connections/{connection}", Do: do(chromedp.Click(`.skipped.more summary`))},
	{Name: "settings-connection-new", As: "admin", Path: "/settings/connections/new"},
	{Name: "settings-connection-wrong", As: "admin", Path: "/settings/connections/new", Do: do(chromedp.SendKeys(`#id`, "bitbucket"), chromedp.SendKeys(`#url`, "bitbucket.example.com"), chromedp.Click(`button.main`), chromedp.WaitVisible(`.notice.bad`))},
	{Name: "settings-connection-checked", As: "admin", Path: "/settings/connections/{connection}", Do: do(press(`form[action$=check] button`), chromedp.WaitVisible(`.notice + .box`))},
	{Name: "settings-forge", As: "admin", Path: "/settings/forge"},
	{Name: "settings-logging", As: "admin", Path: "/settings/logging"},
	{Name: "rules", As: "admin", Path: "/rules"},
	{Name: "rules-test", As: "admin", Path: "/rules/test"},
	{Name: "rules-new", As: "admin", Path: "/rules/new", Do: do(
		chromedp.SendKeys(`#name`, "acme key"), chromedp.SendKeys(`#regexp`, "acme_[0-9]{8}"), chromedp.SetValue(`#sample`, "id = acme_12345678 # the shop's\nother = acme_00000001"), chromedp.Click(`button[value=test]`), chromedp.WaitVisible(`mark`),
	)},
	{Name: "audit", As: "admin", Path: "/audit"},
	{Name: "audit-check", As: "admin", Path: "/audit/check"},
	{Name: "profile", As: "writer", Path: "/profile", Do: do(chromedp.SendKeys(`#name`, "nightly scan"), chromedp.Click(`#scope-scan`), chromedp.Click(`.save button.main`), chromedp.WaitVisible(`.once`))},
	{Name: "findings", As: "admin", Path: "/findings"},
	{Name: "findings-filtered", As: "admin", Path: "/findings?severity=high&severity=critical&path=deploy&sort=newest"},
	{Name: "findings-no-match", As: "admin", Path: "/findings?assignee=me"},
	{Name: "trends", As: "admin", Path: "/trends", Do: do(chromedp.Click(`.numbers summary`))},
	{Name: "trends-long", As: "admin", Path: "/trends?days=365"},
	{Name: "dependencies", As: "admin", Path: "/dependencies"},
	{Name: "dependencies-package", As: "admin", Path: "/dependencies/package?ecosystem=npm&name=lodash"},
	{Name: "reviewed", As: "admin", Path: "/reviewed"},
	{Name: "reviewed-repository", As: "writer", Path: "/projects/{projectKey}/repos/{repoSlug}/reviewed"},
	{Name: "reader-projects", As: "reader", Path: "/projects"},
	{Name: "not-permitted", As: "reader", Path: "/", Status: 403},
	{Name: "not-found", As: "reader", Path: "/projects/SHOP", Status: 404},
	{Name: "nothing-to-read", As: "nobody", Path: "/projects"},
}

// Throttled is the page of an account that calls too often, on a server with [Options.Throttle].
var Throttled = Page{Name: "too-many-requests", As: "reader", Path: "/projects", Status: 429}

// Files are the routes that answer GET with something else than a page.
var Files = []string{"/assets/{file}", "/settings", "/rules/own/{ruleId}", "/report", "/projects/{projectKey}/report", "/projects/{projectKey}/repos/{repoSlug}/report", "/audit/export", "/projects/{projectKey}/repos/{repoSlug}/sbom", "/sign-in/{way}", "/sign-in/{way}/callback", "/queue/menu", "/events", "/projects/{projectKey}/events", "/projects/{projectKey}/repos/{repoSlug}/events"}

// press clicks a button whose form is answered at once. chromedp.Click waits for the browser's word that the mouse was released, which never
// comes when the next page is there before it.
func press(selector string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Evaluate[bool]("setTimeout(() => document.querySelector("+strconv.Quote(selector)+").click()), true")(ctx, t)
		return chromedp.Void{}, err
	}
}

func do(actions ...chromedp.Action[chromedp.Void]) []chromedp.Action[chromedp.Void] { return actions }

// Sample fills the names in braces of a path, with project PAY, its repository api, and what the store holds of it: "{scanKey}" is a scan of
// its main branch, "{failedScan}" one that broke off, "{runningScan}" one that has not ended. Over an empty store there is nothing behind these names.
func Sample(ctx context.Context, st *store.Store) (*strings.Replacer, error) {
	const of = " join branch b on b.id = x.branch_id join repository r on r.id = x.repository_id join project p on p.id = r.project_id where p.key = 'PAY' and r.slug = 'api' and "
	pairs := []string{"{$}", "", "{projectKey}", "PAY", "{repoSlug}", "api", "{file}", "nothing.css", "{way}", "nothing", "{user}", "reader", "{ruleId}", "1", "{connection}", ConnectionName}
	for name, query := range map[string]string{
		"{scanKey}":     "select coalesce(max(x.id), 0) from scan x" + of + "b.name = 'main'",
		"{failedScan}":  "select coalesce(max(x.id), 0) from scan x" + of + "b.name = 'build/cache'",
		"{finding}":     "select coalesce(min(o.finding_id), 0) from occurrence o join (select b.id from branch x" + strings.Replace(of, "join branch b on b.id = x.branch_id", "join branch b on b.id = x.id", 1) + "b.name = 'main') m on m.id = o.branch_id",
		"{codeFinding}": "select coalesce(min(o.finding_id), 0) from occurrence o join (select b.id from branch x" + strings.Replace(of, "join branch b on b.id = x.branch_id", "join branch b on b.id = x.id", 1) + "b.name = 'main') m on m.id = o.branch_id where o.flow <> ''",
		"{runningScan}": "select coalesce(max(x.id), 0) from scan x" + of + "b.name = 'feature/refunds'",
	} {
		var id int64
		if err := st.Read.QueryRowContext(ctx, query).Scan(&id); err != nil {
			return nil, fmt.Errorf("sample of %s: %w", name, err)
		}
		pairs = append(pairs, name, db.Key(id))
	}
	return strings.NewReplacer(pairs...), nil
}
