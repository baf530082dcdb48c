package connected_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// TestAnEventOfTheAppSaysWhereToLook, once, and nothing for a workspace without a connection.
func TestAnEventOfTheAppSaysWhereToLook(t *testing.T) {
	t.Parallel()
	p := newProduct(t, teststore.SQLite(t))
	const workspace, repository = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "{12345678-1234-1234-1234-123456789abc}"
	p.put(func(s *connected.Settings) { s.URL += "/%7B" + workspace + "%7D" })
	set := connected.New(connected.Options{Admin: p.admin, Node: "n", Data: t.TempDir()})
	ctx := testwait.Context(t)
	go set.Run(ctx)
	testwait.Until(t, func() bool { return len(set.Connections()) == 1 }, "the connection is known")
	id := p.row().ID
	at := connection.Location{Connection: "bb", Project: "PAY", Slug: "api", ID: repository}
	_, err := p.store.Catalog.Sync(id).Apply(ctx, &connection.Project{Key: "PAY", Name: "Pay", Repositories: []connection.Repository{{Slug: "api", Name: "api", Location: at.String()}}})
	require.NoError(t, err)
	announce := func(a connected.Announced) { require.NoError(t, set.Announce(ctx, &a)) }
	announce(connected.Announced{Workspace: "other", Delivery: "1", Repository: repository})
	_, err = p.store.Connections.NextLook(ctx, id)
	require.ErrorIs(t, err, db.ErrNotFound)
	announce(connected.Announced{Workspace: workspace, Delivery: "2", Repository: repository, Branch: "fix"})
	l, err := p.store.Connections.NextLook(ctx, id)
	require.NoError(t, err)
	require.Equal(t, at.String(), l.Location)
	require.Equal(t, "fix", l.Branch)
	require.NoError(t, p.store.Connections.Looked(ctx, id, l, 0))
	announce(connected.Announced{Workspace: workspace, Delivery: "2", Repository: repository, Branch: "fix"})
	_, err = p.store.Connections.NextLook(ctx, id)
	require.ErrorIs(t, err, db.ErrNotFound, "a repeated event")
	before := p.row().Revision
	announce(connected.Announced{Workspace: workspace, Delivery: "3", Repository: "{unknown}"})
	require.Greater(t, p.row().Revision, before, "a listing finds it")
}
