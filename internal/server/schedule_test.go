package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

func TestSchedules(t *testing.T) {
	t.Parallel()
	// A node with a wrong clock: schedules use the database's clock.
	s := newService(t, func(o *server.Options) { o.Now = func() time.Time { return time.Now().AddDate(3, 0, 0) } })
	s.list("PAY", "api: main=1")
	next := func(cron string) string {
		c, err := queue.ParseCron(cron)
		require.NoError(t, err)
		now, err := s.store.Now(t.Context())
		require.NoError(t, err)
		return c.Next(now).Format("2006-01-02T15:04:05.000Z")
	}
	put := func(scope, body string) answer {
		return s.call("grantee", http.MethodPut, "/schedules?scope="+scope, body)
	}
	yearly, daily := next("0 3 29 2 *"), next("@daily")
	a := put("instance", `{"cron":"0 3 29 2 *","mode":"rescan"}`)
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Equal(t, http.StatusOK, put("PAY/api", `{"cron":" @daily "}`).status)
	if daily != next("@daily") {
		t.Skip("the day has just ended")
	}
	require.Equal(t, []any{
		map[string]any{"scope": "instance", "cron": "0 3 29 2 *", "mode": "rescan", "nextDate": yearly},
		map[string]any{"scope": "PAY/api", "cron": "@daily", "mode": "outdated", "nextDate": daily},
	}, s.call("admin", http.MethodGet, "/schedules").json(t)["values"])
	require.Equal(t, false, s.call("admin", http.MethodGet, "/schedules?limit=1").json(t)["isLastPage"])

	midnight, err := time.Parse(time.RFC3339, daily)
	require.NoError(t, err)
	ran, err := s.store.Queue.RunSchedules(t.Context(), midnight)
	require.NoError(t, err)
	require.Equal(t, 1, ran)
	require.Equal(t, "api", s.work().Slug)

	a = put("PAY/none", `{"cron":"sometimes","mode":"x"}`)
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Len(t, a.json(t)["errors"], 3, a.text)
	require.Equal(t, http.StatusBadRequest, put("", `{"cron":"@daily"}`).status)
	require.Equal(t, http.StatusBadRequest, put("a/b/c", `{"cron":"@daily"}`).status)
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/schedules?scope=PAY/api").status)
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/schedules?scope=PAY/api").status)
	require.Len(t, s.call("admin", http.MethodGet, "/schedules").json(t)["values"], 1)
	require.Equal(t, http.StatusForbidden, s.call("padmin", http.MethodGet, "/schedules").status)
}
