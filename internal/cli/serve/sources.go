package serve

import (
	"context"
	"log/slog"
	"path/filepath"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/connections"
)

// mirrorsFolder is the folder of the mirrors in the data folder.
const mirrorsFolder = "mirrors"

// proxyVariables are the variables of this process that git may know.
var proxyVariables = []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"}

// admin keeps the connections of a store.
func (r *commands) admin(st *store.Store, keys *seal.Keys, log *slog.Logger) connected.Admin {
	return connected.Admin{Store: st, Box: keys.Connections(), Agent: "sluice/" + cli.Version(), Log: log}
}

// sources returns the connections of the server: those in its database, and the folder c, if it is not nil.
func (s *service) sources(ctx context.Context, c connection.Connection, app *forgeApp) (*connected.Set, error) {
	o := connected.Options{Admin: s.run.admin(s.store, s.keys, s.log), Node: s.config.Node, Data: s.config.Data, Link: s.config.Link, Consumer: s.config.SignIn.Consumer}
	if app != nil {
		o.App = app
	}
	var proxies []string
	for _, name := range proxyVariables {
		if value, ok := s.run.Getenv(name); ok {
			proxies = append(proxies, name+"="+value)
		}
	}
	mirrors, err := mirror.New(mirror.Options{Dir: filepath.Join(s.config.Data, mirrorsFolder), Quota: int64(s.config.MirrorQuota), Env: proxies, Log: s.log})
	if err != nil {
		s.log.Warn("this server cannot read from Bitbucket", "reason", err)
	}
	o.Mirrors = mirrors
	if c != nil {
		from, err := s.store.Connections.Ensure(ctx, connections.Repos, connections.KindFolder)
		if err != nil {
			return nil, err
		}
		o.Folder = &connected.Folder{Connection: c, ID: from.ID, Path: s.config.Repos, Every: s.config.Sync}
	}
	return connected.New(o), nil
}
