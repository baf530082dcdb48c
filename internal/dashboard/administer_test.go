package dashboard_test

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestABrowserAdministers: a setting, a role, a token, a rule and a session, as a person clicks through them. No policy is violated.
func TestABrowserAdministers(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("there is no Chromium: install the package chromium")
	}
	s := newService(t, "/sluice", testdashboard.Projects)
	phone := s.browser("admin")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tab, end := testdashboard.Browser(ctx)
	defer end()
	var mu sync.Mutex
	var said []string
	require.NoError(t, chromedp.Listen(tab, func(event any) {
		// An answer that says what is wrong with a form is no fault of the page.
		if e, ok := event.(*log.EventEntryAdded); ok && e.Entry.Source != "network" {
			mu.Lock()
			said = append(said, e.Entry.Text)
			mu.Unlock()
		}
	}))
	require.NoError(t, testdashboard.Focused(tab))
	require.NoError(t, testdashboard.SignIn(tab, s.url, "admin"))
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		require.NoError(t, chromedp.Do(tab, actions...))
	}
	text := func(selector string) string {
		t.Helper()
		text, err := chromedp.Run(tab, chromedp.Text(selector))
		require.NoError(t, err, selector)
		return text
	}
	// sent clicks, and waits for the page that answers.
	sent := func(selector string) {
		t.Helper()
		_, err := chromedp.RunResponse(tab, chromedp.Click(selector))
		require.NoError(t, err, selector)
	}

	// A setting: from the gear to the form, wrong and then right.
	sent(`header nav a[href$="/settings/general"]`)
	do(chromedp.SetValue(`#parallelScans`, "1000"))
	sent(`.fields button.main`)
	require.Contains(t, text(`#parallelScans-hint`), "it must be a whole number from 0 to 256")
	do(chromedp.SetValue(`#parallelScans`, "6"))
	// The enter key saves; it does not reset anything.
	_, err := chromedp.RunResponse(tab, chromedp.SendKeys(`#clusterParallelScans`, "\r"))
	require.NoError(t, err)
	require.Equal(t, "The settings are saved.", text(`.notice`))
	sent(`button[value=parallelScans]`)
	require.Equal(t, "The setting has its default value again.", text(`.notice`))

	// A role, which is asked for before it is removed.
	sent(`.sections a[href$="/settings/access"]`)
	sent(`.subtabs a[href$="/roles"]`)
	do(chromedp.SendKeys(`#who`, "nobody"), chromedp.SendKeys(`#scope`, "SHOP"), chromedp.SetValue(`#role`, "WRITE"))
	sent(`.save button.main`)
	require.Equal(t, "The role is given.", text(`.notice`))
	row := `tr:has(input[name=scope][value=SHOP])`
	require.Contains(t, text(row), "nobody")
	do(chromedp.Click(row+` summary`), chromedp.WaitVisible(row+` .danger`))
	sent(row + ` .danger`)
	require.Equal(t, "The role is removed.", text(`.notice`))

	// A rule of one's own: an error, a test, and then it is saved.
	sent(`header nav a[href$="/rules"]`)
	sent(`a[href$="/rules/new"]`)
	do(chromedp.SendKeys(`#name`, "acme key"), chromedp.SendKeys(`#regexp`, "acme_("))
	sent(`.save button.main`)
	require.Contains(t, text(`#regexp-problem`), "missing")
	do(chromedp.SetValue(`#regexp`, "acme_[0-9]{8}"), chromedp.SetValue(`#sample`, "one\nid = acme_12345678"))
	sent(`button[value=test]`)
	require.Equal(t, "1 match", text(`#tried`))
	require.Equal(t, "••••••••", text(`mark`))
	require.Contains(t, text(`#enabled + label`), "On")
	sent(`.save button.main`)
	require.Contains(t, text(`.notice`), "The rule is added.")

	// A token: shown once, then revoked.
	do(chromedp.Click(`header .account summary`))
	sent(`header a[href$="/profile"]`)
	do(chromedp.SendKeys(`#name`, "nightly"))
	sent(`.save button.main`)
	require.True(t, strings.HasPrefix(text(`.once`), "slu_"))
	do(chromedp.Click(`header .account summary`))
	sent(`header a[href$="/profile"]`)
	shown, err := chromedp.Run(tab, chromedp.Evaluate[bool](`document.documentElement.outerHTML.includes("slu_")`))
	require.NoError(t, err)
	require.False(t, shown)
	do(chromedp.Click(`.ask summary`), chromedp.WaitVisible(`.ask .danger`))
	sent(`.ask .danger`)
	require.Contains(t, text(`.notice`), "The token is revoked.")

	// The session on another device ends.
	sent(`form[action$="/sessions/end"] button`)
	require.Equal(t, "The session has ended.", text(`.notice`))
	require.Contains(t, phone.get("/projects").header.Get("Location"), "/sign-in")
	wide, err := chromedp.Run(tab, chromedp.Evaluate[bool](`document.documentElement.scrollWidth <= innerWidth`))
	require.NoError(t, err)
	require.True(t, wide)
	mu.Lock()
	defer mu.Unlock()
	require.Empty(t, said)
}

// TestPagesOfAdministratorsAreNotTooWide for a phone: nothing scrolls sideways.
func TestPagesOfAdministratorsAreNotTooWide(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("there is no Chromium: install the package chromium")
	}
	s := newService(t, "", testdashboard.Projects)
	s.addHostile(strings.Repeat("unbroken", 30))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tab, end := testdashboard.Browser(ctx)
	defer end()
	require.NoError(t, testdashboard.Focused(tab))
	require.NoError(t, testdashboard.SignIn(tab, s.url, "admin"))
	for _, width := range []int64{360, 1280} {
		require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(width, 800)))
		for _, path := range []string{
			"/settings/general", "/settings/access", "/settings/access/accounts/admin", "/settings/access/groups", "/settings/access/roles", "/settings/tokens", "/settings/hook", "/projects/PAY/hook", "/settings/schedule",
			"/settings/notifications", "/settings/connections", "/settings/logging", "/audit", "/audit/check", "/rules", "/rules/new", "/rules/own/1", "/rules/test", "/profile",
		} {
			require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.url+path)))
			over, err := chromedp.Run(tab, chromedp.Evaluate[float64](`document.documentElement.scrollWidth - innerWidth`))
			require.NoError(t, err)
			require.LessOrEqual(t, over, 0.0, "%s at %d", path, width)
		}
	}
}

// TestPagesOfAdministratorsAreSmall, also with full lists.
func TestPagesOfAdministratorsAreSmall(t *testing.T) {
	t.Parallel()
	s := newService(t, "", testdashboard.Projects)
	ctx := t.Context()
	for i := range 60 {
		id, err := s.store.Accounts.Add(ctx, &accounts.Account{Name: fmt.Sprintf("somebody-with-a-long-name-%02d", i), Email: "somebody.with.a.long.name@example.com"})
		require.NoError(t, err)
		require.NoError(t, s.store.Accounts.Grant(ctx, id, "PAY/some-repository", accounts.RoleWrite))
		require.NoError(t, s.store.Accounts.SetGroup(ctx, fmt.Sprintf("group-with-a-long-name-%02d", i), []string{"admin", "reader"}))
		require.NoError(t, s.store.Settings.SetHook(ctx, fmt.Sprintf("PAY/repository-%02d", i), true, nil))
		require.NoError(t, s.store.Queue.SetSchedule(ctx, &queue.Schedule{Scope: fmt.Sprintf("PAY/repository-%02d", i), Cron: "0 3 * * 6"}, time.Now()))
		_, err = s.store.Accounts.AddToken(ctx, &accounts.Token{AccountID: id, Name: "nightly scan of everything", Scopes: access.TokenScopes}, fmt.Sprint("text", i))
		require.NoError(t, err)
		require.NoError(t, s.store.Audit.Add(ctx, &audit.Event{Actor: "admin", Action: "PUT /settings", Detail: strings.Repeat("keepResults=5 ", 20)}))
	}
	b := s.browser("admin")
	for _, path := range []string{"/settings/general", "/settings/access", "/settings/access/groups", "/settings/access/roles", "/settings/tokens", "/settings/hook", "/settings/schedule", "/audit", "/rules", "/profile"} {
		a := b.get(path)
		require.Equal(t, http.StatusOK, a.status, path)
		t.Logf("%s: %d bytes", path, len(a.text))
		require.Less(t, len(a.text), 150<<10, path)
		if path != "/settings/general" && path != "/profile" {
			require.Contains(t, a.text, `rel="next" href="`+path+`?page=2"`, path)
			require.Equal(t, http.StatusOK, b.get(path+"?page=2").status)
		}
	}
}
