package serve

import (
	"context"
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

// newKeyVariable holds the next master key where the present one comes from the environment too.
const newKeyVariable = "SLUICE_NEW_MASTER_KEY"

func (r *commands) rotateKeyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rotate-key", Short: "Give the server another master key; all nodes must be stopped", Args: cli.UsageArgs(cobra.NoArgs),
		Long: "Seals the texts of reviewed findings under another master key. Where the key lies in the data folder, a new one is made\n" +
			"and takes its place; where SLUICE_MASTER_KEY holds it, SLUICE_NEW_MASTER_KEY holds the next one. One that broke off is\n" +
			"called again. Afterwards all results count as old, because what was not reviewed can be compared only when it is found\n" +
			"again: scan what is outdated.",
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
		return r.say("the rotation that broke off was finished already; the new key is in its place")
	}
	old, err := r.serverKeys(ctx, c, st)
	if err != nil {
		return err
	}
	name, value := next.Check()
	reviews, err := st.Reviews.Rekey(ctx, old, next, map[string]string{name: value})
	if err != nil {
		return fmt.Errorf("seal under the new key: %w; the former one holds", err)
	}
	if err := done(); err != nil {
		return fmt.Errorf("the database has the new key, which could not be put into its place: %w; call `sluice rotate-key` again", err)
	}
	if err := note(ctx, st, "masterkey.rotated", "", fmt.Sprintf("%d reviewed texts", reviews)); err != nil {
		return err
	}
	return r.say(fmt.Sprintf("the master key is another one; %d reviewed texts were sealed anew, and all results count as old", reviews))
}

func (r *commands) say(text string) error {
	_, err := fmt.Fprintln(r.Stdout, text)
	return err
}

// nextKeys gives the next keys and what puts them into their place once the database has them. done is nil when the database has
// them already, and they are in their place.
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
		// It broke off before the database had it.
		if err := os.Remove(file + ".new"); err != nil {
			return nil, nil, err
		}
	}
	next, err = seal.Create(file + ".new")
	return next, place, err
}
