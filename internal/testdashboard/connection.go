package testdashboard

import (
	"context"
	"log/slog"
	"time"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/connections"
)

// ConnectionName is the name of the connection that AddConnection makes.
const ConnectionName = "bitbucket"

// CanaryCredential is its credential, which no page may show.
const CanaryCredential = "canary-of-the-dashboards-connection"

// Admin keeps the connections of a server here.
func Admin(st *store.Store) (*connected.Admin, error) {
	keys, err := testKeys()
	if err != nil {
		return nil, err
	}
	return &connected.Admin{Store: st, Box: keys.Connections(), Log: slog.New(slog.DiscardHandler)}, nil
}

// AddConnection makes a connection to a Bitbucket that nobody can reach. Its last listing left something out.
func AddConnection(ctx context.Context, st *store.Store) error {
	a, err := Admin(st)
	if err != nil {
		return err
	}
	s := connected.Settings{URL: "https://bitbucket.example.com", Webhooks: true, Reports: true}
	s.Include, s.Exclude = []string{"OPS/*", "WEB/*"}, []string{"*/old-*"}
	id, err := a.Put(ctx, ConnectionName, &s, &connected.Credential{User: "scanner", Secret: CanaryCredential})
	if err != nil {
		return err
	}
	if taken, err := st.Connections.Take(ctx, id, "test", time.Minute); err != nil || !taken {
		return err
	}
	row, err := st.Connections.Remote(ctx, ConnectionName)
	if err != nil {
		return err
	}
	if err := st.Connections.Done(ctx, id, "test", row.Revision, &connections.Listed{Whole: true, Next: time.Hour, Skipped: []connections.Skip{{Name: "OPS/old-web", Reason: "the settings leave it out"}, {Name: "WEB/archive", Reason: "it is archived"}}}); err != nil {
		return err
	}
	return st.Connections.Hooked(ctx, id, "the server does not know its public address, to which webhooks are sent: start it with --link", time.Time{})
}
