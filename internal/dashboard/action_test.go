package dashboard_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/dashboard"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// action is what a person does on a page with one of its forms.
type action struct {
	// form is the route of the form.
	form string
	// path is the page where it stands; empty for the page that the action before led to.
	path string
	// do opens and fills; send is what sends the form.
	do   []chromedp.Action[chromedp.Void]
	send string
	// says is in the page that follows, and shows is one of its elements; empty for nothing.
	says, shows string
}

// on lists what is done before a form is sent.
func on(actions ...chromedp.Action[chromedp.Void]) []chromedp.Action[chromedp.Void] { return actions }

func fill(selector, text string) chromedp.Action[chromedp.Void] {
	return chromedp.SetValue(selector, text)
}

func tap(selector string) chromedp.Action[chromedp.Void] { return chromedp.Click(selector) }

// asked are the actions of a row that asks before it removes something.
func asked(row string) (do []chromedp.Action[chromedp.Void], send string) {
	return on(tap(row+" .ask summary"), chromedp.WaitVisible(row+" .ask .danger")), row + " .ask .danger"
}

// ask is an action that asks first.
func ask(form, path, row, says string) action {
	do, send := asked(row)
	return action{form: form, path: path, do: do, send: send, says: says}
}

const (
	repositoryForm = "POST /projects/{projectKey}/repos/{repoSlug}"
	accessPage     = "/settings/access"
	webBranch      = "/projects/PAY/repos/web/analysis?branch=main"
)

// actions are those of an administrator on a full instance, in order. Later ones need what earlier ones have made.
var actions = []action{
	{"POST /theme", "/projects", on(tap(`header .account summary`)), `button[value=dark]`, "", `html[data-theme=dark]`},

	// Scans: from each level, and out of the queue again: one by one, in the head of a branch, and all after a question.
	{"POST /scan", "/", nil, `.total button[value=outdated]`, "scans done", ``},
	{"POST /projects/{projectKey}/scan", "/projects", on(tap(`[data-row$="/SHOP"] .menu summary`)), `[data-row$="/SHOP"] .menu button[value=outdated]`, "", `.notice`},
	{repositoryForm + "/scan", "/projects/PAY/repos/web", on(tap(`[data-row="main"] .menu summary`)), `[data-row="main"] .menu button[value=rescan]`, "0 of 1 scan done", ``},
	{"POST /scans/{scanKey}/cancel", webBranch, nil, `.offers form[action$="/cancel"] button`, "The scan is cancelled.", ``},
	{"POST /scans/{scanKey}/cancel", "/projects/PAY/repos/api/analysis?branch=feature%2Frefunds", nil, `.offers form[action$="/cancel"] button`, "The scan is cancelled.", ``},
	{"POST /queue/cancel", "/queue", on(tap(`main a[href$="/queue/cancel"]`), chromedp.WaitVisible(`button[value=all]`)), `button[value=all]`, "The scans are cancelled.", ``},

	// Findings: of several repositories at once, then one of them, and its text.
	{"POST /findings/triage", "/findings", on(
		tap(`tr:has(a[href*="/projects/PAY"]) input[name=finding]`), tap(`tr:has(a[href*="/projects/SHOP"]) input[name=finding]`),
		fill(`.decide input[name=reason]`, "moved to the vault"), fill(`.decide input[name=expires]`, "2124-01-31")), `button[value=accept]`, "Accepted.", ``},
	{"POST /findings/triage", "/findings", on(tap(`tr[data-row]:nth-child(1) input`), tap(`tr[data-row]:nth-child(2) input`), fill(`.decide input[name=assignee]`, "writer")), `button[value=assign]`, "Assigned.", ``},
	{repositoryForm + "/findings/triage", "/findings/{finding}", on(fill(`input[name=reason]`, "not used any more"), fill(`input[name=expires]`, "2124-02-29")), `button[value=accept]`, "accepted until 2124-02-29: not used any more", ``},
	{repositoryForm + "/findings/triage", "", on(fill(`input[name=assignee]`, "writer")), `button[value=assign]`, "Assigned to writer.", ``},
	{repositoryForm + "/findings/triage", "", on(fill(`textarea[name=comment]`, "asked the team")), `button[value=comment]`, "asked the team", ``},
	{repositoryForm + "/findings/triage", "", nil, `button[value=reopen]`, "Open again.", ``},
	{repositoryForm + "/findings/{finding}/reveal", "", nil, `.reveal button`, "This page does not show it again", `.shown mark`},

	// Reviewed texts.
	{"POST /reviewed/add", "/reviewed", on(fill(`textarea[name=text]`, "made-up-text-1"), fill(`input[name=comment]`, "of a test")), `form[action$="/add"] button`, "of a test", ``},
	{"POST /reviewed/remove", "", nil, `tr:has(th) form[action$="/remove"] button[aria-label*="of a test"]`, "Removed.", ``},
	{repositoryForm + "/reviewed/add", "/projects/PAY/repos/api/reviewed", on(fill(`textarea[name=text]`, "made-up-text-2"), fill(`input[name=comment]`, "of the api")), `form[action$="/add"] button`, "of the api", ``},

	// Rules: on and off, a new one with its test field, and a text for all of them.
	{"POST /rules/switch", "/rules?name=ADAFRUIT_IO_KEY", nil, `form[action$="/rules/switch"] button`, "The rule is off.", `button.toggle:not(.on)`},
	{"POST /rules/new", "/rules/new", on(fill(`#name`, "acme key"), fill(`#regexp`, "acme_(")), `.save button.main`, "missing", `#regexp-problem`},
	{"POST /rules/new", "", on(fill(`#regexp`, "acme_[0-9]{8}"), fill(`#sample`, "one\nid = acme_12345678")), `button[value=test]`, "1 match", `mark`},
	{"POST /rules/new", "", nil, `.save button.main`, "The rule is added.", ``},
	{"POST /rules/own/{ruleId}", "/rules?name=ACME_KEY", on(tap(`.own a.name`), chromedp.WaitVisible(`#regexp`), fill(`#regexp`, "acme_[0-9]{9}")), `.save button.main`, "The rule is saved.", ``},
	{"POST /rules/own/{ruleId}/switch", "/rules?name=ACME_KEY", nil, `form[action*="/rules/own/"] .toggle`, "The rule is off.", ``},
	ask("POST /rules/own/{ruleId}/remove", "/rules?name=ACME_KEY", `.own tr:has(th)`, "The rule is removed."),
	{"POST /rules/test", "/rules/test", on(fill(`#sample`, "tick_0123456789abcdef01234567")), `form.box button.main`, "Ticket system token", `mark`},

	// Settings: wrong, right by the enter key, and the default again.
	{"POST /settings/general", "/settings/general", on(fill(`#parallelScans`, "1000")), `.fields button.main`, "It must be a whole number from 0 to 256", ``},
	{"POST /settings/general", "", on(fill(`#parallelScans`, "6")), `#clusterParallelScans` + enter, "The settings are saved.", ``},
	{"POST /settings/general", "", nil, `button[value=parallelScans]`, "The setting has its default value again.", ``},

	// Accounts, groups, roles and tokens.
	{"POST /settings/access/accounts", accessPage, on(fill(`#user`, "newcomer"), fill(`#password`, "a-long-password")), `.box button.main`, "The account is added.", ``},
	{"POST /settings/access/accounts/{user}", accessPage + "/accounts/newcomer", on(fill(`#email`, "newcomer@example.com")), `.box button.main`, "The account is saved.", ``},
	{"POST /settings/access/groups", accessPage + "/groups", on(fill(`#group`, "team-a"), fill(`#members`, "newcomer")), `.box button.main`, "The group is saved.", ``},
	{"POST /settings/access/roles", accessPage + "/roles", on(fill(`#kind`, "group"), fill(`#who`, "team-a"), fill(`#scope`, "SHOP"), fill(`#role`, "WRITE")), `.box button.main`, "The role is given.", ``},
	ask("POST /settings/access/roles/remove", "", `tr:has(input[name=scope][value=SHOP])`, "The role is removed."),
	ask("POST /settings/access/groups/remove", accessPage+"/groups", `tr:has(th)`, "The group and its roles are removed."),
	{"POST /profile/tokens", "/profile", on(fill(`#name`, "nightly")), `.save button.main`, "Copy it now", `.once`},
	{"POST /profile/tokens", "/profile", on(fill(`#name`, "weekly")), `.save button.main`, "Copy it now", `.once`},
	ask("POST /settings/tokens/revoke", "/settings/tokens", `tr:has(.ask)`, "The token is revoked."),
	ask("POST /profile/tokens/revoke", "/profile", `tr:has(.ask)`, "The token is revoked."),

	// The hook of the instance, a project and a repository.
	{"POST /settings/hook", "/settings/hook", on(fill(`#hookPosition`, "INHERITED_OR_ENABLED")), `.fields button.main`, "The settings are saved.", ``},
	{"POST /projects/{projectKey}/hook", "/projects/PAY/hook", on(tap(`#hook-refuse`)), `button.main`, "The hook refuses pushes with secrets.", ``},
	{repositoryForm + "/hook", "/projects/PAY/repos/api/hook", on(tap(`#hook-off`)), `button.main`, "The hook does not check pushes.", ``},

	// What is scanned by itself in a project and a repository.
	{"POST /projects/{projectKey}/scanning", "/projects/PAY/scanning", on(tap(`#scanOnPush-true`)), `button.main`, "Scan every push: now on", ``},
	{repositoryForm + "/scanning", "/projects/PAY/repos/api/scanning", on(tap(`#scanOnPush-false`)), `button.main`, "Scan every push: now off", ``},

	// Schedules, mails, connections, the log.
	{"POST /settings/schedule", "/settings/schedule", on(fill(`#scope`, "LEG"), fill(`#cron`, "0 3 * * 6")), `button[value=show]`, "The next runs", ``},
	{"POST /settings/schedule", "", nil, `.box button.main`, "The schedule is saved.", ``},
	ask("POST /settings/schedule/remove", "", `tr:has(input[value=LEG])`, "The schedule is removed."),
	{"POST /settings/notifications", "/settings/notifications", on(fill(`#keepMailDays`, "20")), `.fields button.main`, "The settings are saved.", ``},
	{"POST /settings/notifications/test", "", on(fill(`#email`, "admin@example.com")), `form[action$="/test"] button`, "A mail went to admin@example.com.", ``},
	{"POST /settings/notifications/retry", "", nil, `tr:has(.bad) form[action$="/retry"] button`, "The mail is sent again, within seconds.", ``},
	ask("POST /settings/notifications/drop", "", `tr:has(.ask)`, "The mail is dropped."),
	{"POST /settings/notifications/channels", "/settings/notifications", on(fill(`#name`, "team"), fill(`#target`, "https://chat.example.com/hook"), fill(`#scope`, "PAY")), `form[action$="/channels"] button`, "It is shown this once.", `.once`},
	{"POST /settings/notifications/channels/test", "/settings/notifications", nil, `form[action$="/channels/test"] button`, "A message went to team.", ``},
	{"POST /settings/notifications/channels/switch", "/settings/notifications", nil, `form[action$="/channels/switch"] button`, "Switch on", `tr:has(form[action$="/channels/switch"]) .chip.old`},
	ask("POST /settings/notifications/channels/remove", "", `tr:has(form[action$="/channels/switch"])`, "The channel is removed."),
	{"POST /settings/connections/sync", "/settings/connections", nil, `form[action$="/sync"] button`, "The server lists the connection again.", ``},
	ask("POST /settings/connections/confirm", "", `.box:has(.ask)`, "What was held back is confirmed as gone."),
	{"POST /settings/logging", "/settings/logging", on(fill(`#level`, "DEBUG")), `button.main`, "An override is set: DEBUG.", ``},

	// Sessions on other devices, the password, and the way out.
	{"POST /profile/sessions/end", "/profile", nil, `form[action$="/sessions/end"] button`, "The session has ended.", ``},
	{"POST /profile/sessions/end-others", "", nil, `form[action$="/end-others"] button`, "All other sessions have ended.", ``},
	{"POST /profile/password", "", on(fill(`#current`, testdashboard.Password("admin")), fill(`#password`, "another-password"), fill(`#again`, "another-password")), `form[action$="/password"] button`, "Your password is changed.", ``},
	{"POST /sign-out", "", on(tap(`header .account summary`)), `form[action$="/sign-out"] button`, "", `input[name=password]`},
}

// enter at the end of a selector sends a form by the enter key, out of a field of it.
const enter = " <enter>"

// otherForms are those that other tests send from a browser: files in [TestABrowserExchangesFiles], the first form of every tab, an empty
// instance in [TestFromNothingToAScan], a Bitbucket in [TestConnectingInABrowser], signing in through one in the test of that,
// and the forms of the Forge app in theirs.
var otherForms = []string{
	"POST /reviewed/import", "POST /reviewed/export", repositoryForm + "/reviewed/export", repositoryForm + "/reviewed/remove", "POST /sign-in", "POST /list",
	"POST /sign-in/{way}", "POST /settings/connections/new", "POST /settings/connections/{connection}/check", "POST /settings/connections/{connection}/save",
	"POST /settings/connections/{connection}/rotate", "POST /settings/connections/{connection}/remove",
	"POST /settings/forge", "POST /settings/forge/confirm", "POST /settings/forge/deactivate", "POST /settings/forge/remove",
}

// TestEveryActionInABrowser sends every form of every page as a person does who clicks.
func TestEveryActionInABrowser(t *testing.T) {
	t.Parallel()
	s := newDemo(t, "/sluice")
	phones := []*browser{s.browser("admin"), s.browser("admin")}
	b := s.tab("admin")
	routes, missing := http.NewServeMux(), map[string]bool{}
	for _, r := range dashboard.Pages() {
		if r.Method == http.MethodPost {
			routes.Handle("POST "+r.Path, http.NotFoundHandler())
			missing["POST "+r.Path] = true
		}
	}
	for _, form := range otherForms {
		require.True(t, missing[form], form)
		delete(missing, form)
	}
	s.holdBack()
	for i, a := range actions {
		what := a.form + " " + a.send
		if a.path != "" {
			b.open(s.sample.Replace(a.path))
		}
		b.posts()
		// What does not appear is named soon, not when all tests have taken too long.
		step, end := context.WithTimeout(b, time.Minute)
		require.NoError(t, chromedp.Do(step, a.do...), what)
		last := tap(a.send)
		if selector, ok := strings.CutSuffix(a.send, enter); ok {
			last = chromedp.SendKeys(selector, "\r")
		}
		_, err := chromedp.RunResponse(step, last)
		require.NoError(t, err, what)
		end()
		sent := b.posts()
		require.Len(t, sent, 1, what)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, sent[0], nil)
		require.NoError(t, err)
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/sluice")
		_, pattern := routes.Handler(r)
		require.Equal(t, a.form, pattern, "%d: %s", i, what)
		delete(missing, a.form)
		require.Contains(t, strings.ToLower(value[string](b, `document.querySelector("main").innerText`)), strings.ToLower(a.says), what)
		if a.shows != "" {
			require.True(t, value[bool](b, "!!document.querySelector(`"+a.shows+"`)"), what+" shows "+a.shows)
		}
	}
	require.Empty(t, missing, "add an action for each of these forms")
	b.quiet()

	for _, phone := range phones {
		require.Contains(t, phone.get("/projects").header.Get("Location"), "/sign-in", "its session has ended")
	}
	require.Len(t, s.told("finding.revealed"), 1)
	accepted := strings.Join(s.told("finding.triaged"), "\n")
	require.Regexp(t, `admin PAY/\S+ finding \w+: \w+ to ACCEPTED`, accepted)
	require.Regexp(t, `admin SHOP/\S+ finding \w+: \w+ to ACCEPTED`, accepted)
	require.Equal(t, []string{"directory", "directory"}, s.sources.Asked)
}

// holdBack lets the repositories of the first connection be missing from a listing, as a person must confirm.
func (s *service) holdBack() {
	s.t.Helper()
	from, err := s.store.Connections.Ensure(s.t.Context(), connections.Repos, connections.KindFolder)
	require.NoError(s.t, err)
	s.sources.List[0].Key = from.ID
	sync := s.store.Catalog.Sync(from.ID)
	missing, err := sync.Missing(s.t.Context(), nil, true)
	require.NoError(s.t, err)
	_, err = sync.Hold(s.t.Context(), missing)
	require.NoError(s.t, err)
}

// TestABrowserExchangesFiles: what is downloaded can be uploaded again, and works.
func TestABrowserExchangesFiles(t *testing.T) {
	t.Parallel()
	s := newService(t, "/sluice", testdashboard.Projects)
	b := s.tab("admin")
	dir := t.TempDir()
	_, err := chromedp.CallBrowser(b, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(b).BrowserContextID, DownloadPath: dir})
	require.NoError(t, err)
	// loaded clicks what leads to a file, and waits for it.
	loaded := func(selector string) (path, text string) {
		b.do(tap(selector))
		require.Eventually(t, func() bool {
			list, err := filepath.Glob(filepath.Join(dir, "*.csv"))
			require.NoError(t, err)
			if len(list) == 0 {
				return false
			}
			path = list[0]
			return true
		}, 30*time.Second, 20*time.Millisecond)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		kept := path + ".kept.csv.1"
		require.NoError(t, os.Rename(path, kept))
		return kept, string(data)
	}

	b.open("/projects/PAY/repos/api/reviewed")
	b.sent(fill(`textarea[name=text]`, "made-up-text-3"), fill(`input[name=comment]`, "of the api"), tap(`form[action$="/add"] button`))
	_, text := loaded(`form[action$="/export"] button`)
	require.Contains(t, text, "made-up-text-3")
	b.click(`form[action$="/remove"] button`)
	require.Contains(t, b.text(`main`), "No text is reviewed")

	b.open("/reviewed")
	b.sent(fill(`textarea[name=text]`, "made-up-text-4"), fill(`input[name=comment]`, "for all"), tap(`form[action$="/add"] button`))
	path, text := loaded(`form[action$="/export"] button`)
	require.Contains(t, text, "made-up-text-4")
	b.sent(chromedp.SetUploadFiles(`input[type=file]`, []string{path}), tap(`button[value=remove]`))
	require.Contains(t, b.text(`main`), "No text is reviewed for all")
	b.sent(chromedp.SetUploadFiles(`input[type=file]`, []string{path}), tap(`button[value=add]`))
	require.Contains(t, b.text(`main`), "for all")
	require.NoError(t, os.WriteFile(path, []byte("text_without_a_name\nx\n"), 0o600))
	b.sent(chromedp.SetUploadFiles(`input[type=file]`, []string{path}), tap(`button[value=add]`))
	require.Contains(t, b.text(`main`), "match_text")

	// The findings of a branch, by the menu.
	b.open("/projects/PAY/repos/api/analysis?branch=main")
	_, text = loaded(`.offers a[download]`)
	require.Contains(t, text, "deploy/file0.py")
	b.open("/audit")
	_, text = loaded(`main a[href*="/audit/export"]`)
	require.Contains(t, text, "sign-in")
	b.quiet()
}
