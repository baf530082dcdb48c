package connected_test

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// TestAnEventOfTheAppSaysWhereToLook, once, and nothing for a workspace without a connection.
func TestAnEventOfTheAppSaysWhereToLook(t *testing.T) {
	t.Parallel()
	p := newProduct(t, teststore.SQLite(t))
	const workspace, repository = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "{12345678-1234-1234-1234-123456789abc}"
	p.put(func(s *connected.Settings) { s.URL = "https://bitbucket.org/acme" })
	p.admin.App = apps{}
	_, err := p.admin.Pair(t.Context(), workspace, "bb", func() error { return nil })
	require.NoError(t, err)
	set := connected.New(connected.Options{Admin: p.admin, Node: "n", Data: t.TempDir()})
	ctx := testwait.Context(t)
	go set.Run(ctx)
	testwait.Until(t, func() bool { return len(set.Connections()) == 1 }, "the connection is known")
	id := p.row().ID
	at := connection.Location{Connection: "bb", Project: "PAY", Slug: "api", ID: repository}
	_, err = p.store.Catalog.Sync(id).Apply(ctx, &connection.Project{Key: "PAY", Name: "Pay", Repositories: []connection.Repository{{Slug: "api", Name: "api", Location: at.String()}}})
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

// apps is the Forge app in workspaces: each gives the token secret while it is not in the list of reasons.
type apps struct{ reasons *sync.Map }

func (a apps) Source(workspace string) credential.Source { return appSource{a, workspace} }

func (a apps) Inactive(_ context.Context, workspace string) (string, error) {
	if a.reasons == nil {
		return "", nil
	}
	reason, _ := a.reasons.Load(workspace)
	text, _ := reason.(string)
	return text, nil
}

type appSource struct {
	apps
	workspace string
}

func (s appSource) token(ctx context.Context) (string, error) {
	if reason, _ := s.Inactive(ctx, s.workspace); reason != "" {
		return "", credential.ErrInactive
	}
	return secret, nil
}

func (s appSource) API(ctx context.Context) (bitbucket.Auth, error) {
	token, err := s.token(ctx)
	return bitbucket.Bearer(token), err
}

func (s appSource) Git(ctx context.Context, _ connection.Location) (*credential.Git, error) {
	token, err := s.token(ctx)
	return credential.NewGit([]byte("Basic " + base64.StdEncoding.EncodeToString([]byte("x-token-auth:"+token)))), err
}

func (appSource) Refused(bitbucket.Auth) bool { return false }

func (appSource) Fragile() bool { return false }

// TestAPairedWorkspaceIsListed with the credentials of the app, which the store does not have. When the app is gone, the
// connection is inactive and its clones end; another pairing goes on with the same connection.
func TestAPairedWorkspaceIsListed(t *testing.T) {
	c := newCloud(t, "a", "b")
	uuid := strings.Trim(c.WorkspaceUUID(), "{}")
	reasons := &sync.Map{}
	c.admin.App = apps{reasons}
	confirmed := 0
	confirm := func() error { confirmed++; return nil }
	_, err := c.admin.Pair(t.Context(), uuid, "No Name", confirm)
	var invalid *connected.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Zero(t, confirmed)
	c.put(nil)
	name, err := c.admin.Pair(t.Context(), uuid, "bb", confirm)
	require.NoError(t, err)
	require.Equal(t, "bb", name, "a connection goes on with the app")
	require.Equal(t, 1, confirmed)
	require.Empty(t, c.row().Credential, "the former credential is forgotten")
	_, err = c.admin.Pair(t.Context(), uuid, "other", confirm)
	require.ErrorAs(t, err, &invalid, "a workspace has one connection")
	set, _ := c.node()
	r := c.ended()
	require.Empty(t, r.Problem)
	require.NotZero(t, r.Synced)
	j, _ := c.scanOf("a")
	_, release, err := set.Connection(r.ID).Open(t.Context(), j.Location)
	require.NoError(t, err)
	release()

	reasons.Store(uuid, "the app was uninstalled")
	testwait.Until(t, func() bool { return c.row().Inactive == "the app was uninstalled" }, "it is inactive")
	_, _, err = set.Connection(r.ID).Open(t.Context(), j.Location)
	require.ErrorContains(t, err, "inactive: the app was uninstalled")
	reasons.Delete(uuid)
	name, err = c.admin.Pair(t.Context(), uuid, "", confirm)
	require.NoError(t, err)
	require.Equal(t, "bb", name)
	testwait.Until(t, func() bool { r := c.row(); return r.Inactive == "" && !r.IsDue && !r.Syncing }, "it is listed again")
}
