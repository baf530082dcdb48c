package dashboard_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// TestPagesOfAdministratorsAreNotTooWide for a phone: nothing scrolls sideways.
func TestPagesOfAdministratorsAreNotTooWide(t *testing.T) {
	t.Parallel()
	s := newService(t, "", testdashboard.Projects)
	s.addHostile(strings.Repeat("unbroken", 30))
	b := s.tab("admin")
	for _, width := range []int64{360, 1280} {
		b.do(chromedp.EmulateViewport(width, 800))
		for _, path := range []string{
			"/settings/general", "/settings/access", "/settings/access/accounts/admin", "/settings/access/groups", "/settings/access/roles", "/settings/tokens", "/settings/hook", "/projects/PAY/hook", "/settings/schedule",
			"/settings/notifications", "/settings/connections", "/settings/forge", "/settings/logging", "/audit", "/audit/check", "/rules", "/rules/new", "/rules/own/1", "/rules/test", "/profile",
		} {
			b.open(path)
			require.LessOrEqual(t, value[float64](b, `document.documentElement.scrollWidth - innerWidth`), 0.0, "%s at %d", path, width)
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
