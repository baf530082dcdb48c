package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/server/connections"
	stored "github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/teststore"
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

// folders is a list of connections.
type folders struct {
	list  []connections.Connection
	asked []string
}

func (f *folders) Connections() []connections.Connection { return f.list }

func (f *folders) Sync(id string) bool {
	f.asked = append(f.asked, id)
	return id == f.list[0].ID
}

func TestConnectionsAndSync(t *testing.T) {
	t.Parallel()
	f := &folders{list: []connections.Connection{
		{ID: "directory", Type: "DIRECTORY", Name: "/git", Synced: time.UnixMilli(0).UTC()}, {ID: "other", Type: "DIRECTORY", Problem: "the folder cannot be read", Syncing: true, Skipped: []connections.Skipped{{Name: "PAY/link", Reason: "a link"}}},
	}}
	s := newService(t, func(o *server.Options) { o.Connections = f })
	from, err := s.store.Connections.Ensure(t.Context(), stored.Repos, stored.KindFolder)
	require.NoError(t, err)
	f.list[0].Key = from.ID
	first := map[string]any{"id": "directory", "type": "DIRECTORY", "name": "/git", "state": "ACTIVE", "syncing": false, "lastSyncDate": "1970-01-01T00:00:00.000Z", "heldCount": 0.0, "held": []any{}, "skippedCount": 0.0, "skipped": []any{}}
	require.Equal(t, []any{
		first, map[string]any{"id": "other", "type": "DIRECTORY", "name": "", "state": "FAILING", "problem": "the folder cannot be read", "syncing": true, "lastSyncDate": nil, "heldCount": 0.0, "held": []any{}, "skippedCount": 1.0,
			"skipped": []any{map[string]any{"name": "PAY/link", "reason": "a link"}}},
	}, s.call("admin", http.MethodGet, "/connections").json(t)["values"])
	a := s.call("admin", http.MethodPost, "/connections/directory/sync")
	require.Equal(t, http.StatusAccepted, a.status)
	require.Equal(t, first, a.json(t))
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodPost, "/connections/none/sync").status)
	require.Equal(t, []string{"directory", "none"}, f.asked)
	require.Equal(t, http.StatusForbidden, s.call("grantee", http.MethodPost, "/connections/directory/sync").status)

	// What a suspicious listing lacks is listed, and a person confirms that it is gone.
	s.list("PAY", "api: main=1", "web: main=1")
	missing, err := teststore.Sync(t, s.store).Missing(t.Context(), nil, true)
	require.NoError(t, err)
	_, err = teststore.Sync(t, s.store).Hold(t.Context(), missing)
	require.NoError(t, err)
	values := s.call("admin", http.MethodGet, "/connections").json(t)["values"].([]any)
	shown := values[0].(map[string]any)
	require.Equal(t, []any{"SUSPICIOUS", 2.0}, []any{shown["state"], shown["heldCount"]})
	require.Zero(t, values[1].(map[string]any)["heldCount"], "another connection lacks nothing")
	require.NotEmpty(t, s.call("reader", http.MethodGet, "/status/projects/PAY/repos/api").json(t)["missingSince"])
	require.Equal(t, http.StatusForbidden, s.call("grantee", http.MethodPost, "/connections/directory/confirm").status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodPost, "/connections/none/confirm").status)
	a = s.call("admin", http.MethodPost, "/connections/directory/confirm")
	require.Equal(t, []any{http.StatusAccepted, 2.0}, []any{a.status, a.json(t)["confirmed"]})
	missing, err = teststore.Sync(t, s.store).Missing(t.Context(), nil, true)
	require.NoError(t, err)
	require.Len(t, missing.Due(nil, time.Hour, time.Now()).Repositories, 2)
}
