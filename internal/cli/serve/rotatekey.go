package serve

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/variable"
)

// newKeyVariable contains the next master key if the current one also comes from the environment.
const newKeyVariable = "SLUICE_NEW_MASTER_KEY"

func (r *commands) rotateKeyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rotate-key", Short: "Change the master key of the server; all nodes must be stopped", Args: cli.UsageArgs(cobra.NoArgs),
		Long: "Encrypts the texts of reviewed findings and the credentials of connections with another master key. If the key is in the data folder, a new one is created and\n" +
			"replaces it. If it is in SLUICE_MASTER_KEY, put the next one into SLUICE_NEW_MASTER_KEY. If a rotation is interrupted, run it\n" +
			"again. Afterwards all results count as outdated, because texts without a review can be compared only when a scan finds them\n" +
			"again: scan the outdated branches.",
		Example: "  sluice rotate-key --data /var/lib/sluice\n  SLUICE_NEW_MASTER_KEY=$(openssl rand -base64 32) sluice rotate-key",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadServe(cmd, r.Getenv)
			if err != nil {
				return err
			}
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error { return r.rotateKey(ctx, c, st) })
		},
	}
	addServeFlags(cmd, false)
	return cmd
}

func (r *commands) rotateKey(ctx context.Context, c *serveConfig, st *store.Store) error {
	next, done, err := r.nextKeys(ctx, c, st)
	if err != nil {
		return err
	}
	if done == nil {
		return r.say("the interrupted rotation was already complete; the new key is in place")
	}
	old, err := r.serverKeys(ctx, c, st)
	if err != nil {
		return err
	}
	name, value := next.Check()
	reviews, err := st.Reviews.Rekey(ctx, old, next, map[string]string{name: value}, func(tx *sql.Tx) error {
		before, after := old.Connections(), next.Connections()
		return errors.Join(
			st.Connections.Reseal(ctx, tx, before.Open, after.Seal), st.Installations.Reseal(ctx, tx, before.Open, after.Seal),
			st.Rights.Reseal(ctx, tx, before.Open, after.Seal), st.Mails.ResealChannels(ctx, tx, before.Open, after.Seal),
		)
	})
	if err != nil {
		return fmt.Errorf("encrypt with the new key: %w; the former key still applies", err)
	}
	if err := done(); err != nil {
		return fmt.Errorf("the database uses the new key, but the key file could not be replaced: %w; run `sluice rotate-key` again", err)
	}
	if err := note(ctx, st, "masterkey.rotated", "", fmt.Sprintf("%d reviewed texts", reviews)); err != nil {
		return err
	}
	return r.say(fmt.Sprintf("the master key is changed; %d reviewed texts were encrypted again, and all results count as outdated", reviews))
}

func (r *commands) say(text string) error {
	_, err := fmt.Fprintln(r.Stdout, text)
	return err
}

// nextKeys returns the next keys, and a function that puts them in place once the database uses them. The function is
// nil if the database already uses them and they are in place.
func (r *commands) nextKeys(ctx context.Context, c *serveConfig, st *store.Store) (next *seal.Keys, done func() error, err error) {
	if text, ok := r.Getenv(masterKeyVariable); ok && text != "" {
		text, _ = r.Getenv(newKeyVariable)
		if next, err = seal.Parse(text); err != nil {
			return nil, nil, &variable.UsageError{Err: fmt.Errorf("%s: %w", newKeyVariable, err)}
		}
		return next, func() error { return nil }, nil
	}
	file := filepath.Join(c.Data, masterKeyFile)
	place := func() error { return os.Rename(file+".new", file) }
	next, err = seal.Load(file + ".new")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, nil, &variable.UsageError{Err: err}
	case next.Verify(ctx, st.Settings) == nil:
		return next, nil, place()
	default:
		// The rotation was interrupted before the database used this key.
		if err := os.Remove(file + ".new"); err != nil {
			return nil, nil, err
		}
	}
	next, err = seal.Create(file + ".new")
	return next, place, err
}
