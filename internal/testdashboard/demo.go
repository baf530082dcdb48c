package testdashboard

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/sluice-scan/sluice/internal/demo"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/worker"
)

// testKeys are the keys of every server here.
func testKeys() (*seal.Keys, error) { return seal.New(bytes.Repeat([]byte{7}, 32)) }

// Demo fills a store with [Projects] as `sluice serve --demo` does, in an empty folder: the repositories are real, so that findings have
// their lines, and there are decisions, trends, schedules and stuck mails. The result reads the repositories. It takes about a second; [Fill]
// is faster where the states of branches are enough.
func Demo(ctx context.Context, st *store.Store, dir string) (*demo.Folder, error) {
	now := time.Now()
	advisories := filepath.Join(dir, "advisories")
	if err := demo.WriteAdvisories(advisories, now); err != nil {
		return nil, err
	}
	folder, err := demo.New(filepath.Join(dir, "repositories"), Projects, now)
	if err != nil {
		return nil, err
	}
	keys, err := testKeys()
	if err != nil {
		return nil, err
	}
	scan := &worker.BranchScan{
		Data: filepath.Join(dir, "data"), Variables: map[string]string{"DB": advisories, "DB_UPDATE": "off"}, Version: "test", Store: st, Log: slog.New(slog.DiscardHandler),
	}
	if err := folder.Fill(ctx, st, scan, keys); err != nil {
		return nil, err
	}
	return folder, nil
}
