package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/atomicfile"
)

func (r *commands) backupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "backup FILE", Short: "Copy the server's embedded database to a file, while it runs", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		Long:    "The database does not contain the keys of the deployment: keep the key file of the data folder separately.\nFor PostgreSQL use pg_dump.",
		Example: "  sluice backup --data /var/lib/sluice sluice-2026-11-24.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				if err := st.Backup(ctx, args[0]); err != nil {
					return err
				}
				_, err := fmt.Fprintf(r.Stdout, "written: %s\n", args[0])
				return err
			})
		},
	}
	addServeFlags(cmd, false)
	return cmd
}

func (r *commands) restoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Replace the embedded database by a backup; the server must be stopped", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		Long: "Reads the whole backup and checks it first. Keeps the old database next to the new one, as sluice.db.before.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := loadServe(cmd, r.Getenv)
			if err != nil {
				return err
			}
			if c.Database != "" {
				return &variable.UsageError{Err: db.ErrPostgres}
			}
			if err := restore(cmd.Context(), args[0], c.address()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(r.Stdout, "restored: %s\n", c.address())
			return err
		},
	}
	addServeFlags(cmd, false)
	return cmd
}

// restore copies a backup next to the database, checks the copy, and moves it into place.
func restore(ctx context.Context, backup, database string) error {
	from, err := os.Open(backup)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	defer func() { _ = from.Close() }()
	if err := os.MkdirAll(filepath.Dir(database), 0o700); err != nil {
		return err
	}
	return atomicfile.Write(database, atomicfile.Options{Sync: true}, func(temp *os.File) error {
		if _, err := io.Copy(temp, from); err != nil {
			return fmt.Errorf("copy the backup: %w", err)
		}
		if err := checkBackup(ctx, temp.Name()); err != nil {
			return &variable.UsageError{Err: fmt.Errorf("%s is not a usable backup: %w; the database is unchanged", backup, err)}
		}
		for _, suffix := range databaseSuffixes {
			if err := os.Rename(database+suffix, database+".before"+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		return nil
	})
}

// databaseSuffixes are the suffixes of the files of an embedded database.
var databaseSuffixes = []string{"", "-wal", "-shm"}

// checkBackup opens a copy as a database, reads all of it, and removes the files that this creates.
func checkBackup(ctx context.Context, file string) error {
	st, err := store.Open(ctx, file)
	if err == nil {
		err = errors.Join(st.Check(ctx), st.Close())
	}
	for _, suffix := range databaseSuffixes[1:] {
		_ = os.Remove(file + suffix)
	}
	return err
}
