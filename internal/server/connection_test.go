package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/server"
	stored "github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// folders is a list of connections.
type folders struct {
	list  []connection.Live
	asked []string
}

func (f *folders) Connections() []connection.Live { return f.list }

func (f *folders) Sync(id string) bool {
	f.asked = append(f.asked, id)
	return id == f.list[0].ID
}

func TestConnectionsAndSync(t *testing.T) {
	t.Parallel()
	f := &folders{list: []connection.Live{
		{ID: "directory", Type: "DIRECTORY", Name: "/git", Synced: time.UnixMilli(0).UTC()}, {ID: "other", Type: "DIRECTORY", Problem: "the folder cannot be read", Syncing: true, Skipped: []connection.Skipped{{Name: "PAY/link", Reason: "a link"}}},
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
