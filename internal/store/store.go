package store

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/internal/store/exchanges"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/installations"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/retention"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/rights"
	"github.com/sluice-scan/sluice/internal/store/sessions"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/trends"
)

// Store is an open database and the rooms over it. It is safe for concurrent use.
type Store struct {
	*db.DB

	Settings     *settings.Settings
	Status       *status.Counters
	Policy       *policy.Policy
	Queue        *queue.Queue
	Dependencies *dependencies.Dependencies
	Findings     *findings.Findings
	Reviews      *reviews.Reviews
	Trends       *trends.Trends
	Retention    *retention.Retention
	Catalog      *catalog.Catalog
	Connections  *connections.Connections
	Exchanges    *exchanges.Exchanges
	// Installations are those of the Forge app.
	Installations *installations.Installations
	Accounts      *accounts.Accounts
	Audit         *audit.Log
	Mails         *mails.Mails
	Sessions      *sessions.Sessions
	Rights        *rights.Rights
}

// Open opens the database at an address and migrates it. The address is postgres://... or the path of a SQLite file.
// Nodes that open a new PostgreSQL database at the same time wait for each other.
func Open(ctx context.Context, address string) (*Store, error) {
	d, err := db.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	s := &Store{
		DB: d, Settings: settings.New(d), Accounts: accounts.New(d), Audit: audit.New(d), Mails: mails.New(d), Connections: connections.New(d), Exchanges: exchanges.New(d),
		Installations: installations.New(d), Sessions: sessions.New(d), Dependencies: dependencies.New(d), Rights: rights.New(d),
	}
	s.Status = status.New(d, s.Settings)
	s.Trends = trends.New(d, s.Status)
	s.Policy = policy.New(d, s.Settings, s.Status)
	s.Queue = queue.New(d, s.Settings, s.Status)
	s.Findings = findings.New(d, s.Policy, s.Queue, s.Status, s.Dependencies)
	s.Reviews = reviews.New(d, s.Policy, s.Settings, s.Status)
	s.Retention = retention.New(d, s.Settings)
	s.Catalog = catalog.New(d, s.Queue, s.Settings, s.Status)
	return s, nil
}

// Recompute corrects the counters that differ from the rows, ends the batches whose scans have all ended, and returns
// how many counters were wrong. Reasons are a missed update, or an acceptance that has expired.
func (s *Store) Recompute(ctx context.Context) (repaired int, err error) {
	if repaired, err = s.Status.Recompute(ctx); err != nil {
		return repaired, err
	}
	return repaired, s.Queue.EndBatches(ctx, s.Write)
}
