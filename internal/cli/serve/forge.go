package serve

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/handover"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/scan/pace"
)

// addForgeFlags adds the flags of the Forge app.
func addForgeFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("forge-app", "", "id of the Forge app whose installations may pair: ari:cloud:ecosystem::app/UUID; when empty, none (SLUICE_FORGE_APP)")
	f.String("forge-environment", "PRODUCTION", "environment of the Forge app: PRODUCTION, STAGING or DEVELOPMENT (SLUICE_FORGE_ENVIRONMENT)")
}

// forgeApp is the running server's side of the Forge app.
type forgeApp struct {
	*forge.App
	receiver *forge.Receiver
}

// forge returns the server's side of the Forge app; nil if there is no app.
func (s *service) forge() (*forgeApp, error) {
	if s.config.ForgeApp == "" {
		return nil, nil //nolint:nilnil // there is no app
	}
	verifier, err := forge.NewVerifier(forge.Config{App: s.config.ForgeApp, Environment: s.config.ForgeEnvironment, Keys: &forge.KeySet{Log: s.log}})
	if err != nil {
		return nil, fmt.Errorf("--forge-app: %w", err)
	}
	desk := handover.New(handover.Options{Store: s.store.Exchanges, Box: s.keys.Exchanges(), Log: s.log})
	app := &forge.App{Store: s.store.Installations, Desk: desk, Box: s.keys.Connections(), Log: s.log}
	record := func(ctx context.Context, action, object, detail string) error {
		return s.store.Audit.Add(ctx, &audit.Event{Actor: "Forge app", Action: action, Object: object, Detail: detail})
	}
	return &forgeApp{App: app, receiver: &forge.Receiver{App: app, Verifier: verifier, Hash: s.keys.Hash, Record: record}}, nil
}

// announce tells the connections what the app hears.
func (a *forgeApp) announce(set *connected.Set) {
	if a == nil {
		return
	}
	a.receiver.Hear = func(ctx context.Context, workspace, delivery string, e *forge.Event) error {
		return set.Announce(ctx, &connected.Announced{Workspace: workspace, Delivery: delivery, Repository: e.Repository, Branch: e.Branch})
	}
}

// forgetEvery is the time between looks for what the app left behind.
const forgetEvery = 10 * time.Minute

// run deletes what has expired, until ctx ends.
func (a *forgeApp) run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { a.Desk.Run(ctx) })
	pace.Loop{Every: forgetEvery, Do: a.Store.Sweep, Problem: func(err error) {
		a.Log.Error("what expired of the Forge app could not be deleted", "error", err)
	}}.Run(ctx)
}

// handler answers the app; without one there is nothing.
func (a *forgeApp) handler() http.Handler {
	if a == nil {
		return http.NotFoundHandler()
	}
	return a.receiver
}
