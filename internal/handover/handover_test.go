package handover_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/handover"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/exchanges"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// nodeVariable makes the test binary a node that asks for a credential at the database of that address.
const nodeVariable = "SLUICE_TEST_HANDOVER_NODE"

func TestMain(m *testing.M) {
	if address := os.Getenv(nodeVariable); address != "" {
		if err := node(address); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(teststore.Run(m))
}

const canary = "canary-of-an-exchange-0123456789"

// node asks, prints the id, waits for a line, picks up, and prints the hash of what it got.
func node(address string) error {
	ctx := context.Background()
	st, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	r, err := deskOf(st, nil).Ask(ctx, "app", "ada")
	if err != nil {
		return err
	}
	fmt.Println(r.ID)
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	secret, err := r.Wait(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(secret)
	fmt.Println(hex.EncodeToString(sum[:]))
	return nil
}

func keys() *seal.Keys {
	k, err := seal.New([]byte(strings.Repeat("k", 32)))
	if err != nil {
		panic(err)
	}
	return k
}

func deskOf(st *store.Store, log *slog.Logger) *handover.Desk {
	return handover.New(handover.Options{Store: st.Exchanges, Box: keys().Exchanges(), Poll: 5 * time.Millisecond, Log: log})
}

// onBoth runs a test on SQLite and on PostgreSQL, with the address of the database.
func onBoth(t *testing.T, do func(t *testing.T, address string, st *store.Store)) {
	t.Helper()
	t.Parallel()
	for _, name := range []string{"SQLite", "PostgreSQL"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := ""
			if name == "SQLite" {
				address = teststore.SQLite(t)
			} else {
				address = teststore.Postgres(t, os.Getenv(testpostgres.Variable))
			}
			do(t, address, opened(t, address))
		})
	}
}

func opened(t *testing.T, address string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return st
}

func rows(t *testing.T, st *store.Store) (n int) {
	t.Helper()
	require.NoError(t, st.Read.QueryRowContext(t.Context(), "select count(*) from credential_exchange").Scan(&n))
	return n
}

// expire makes all requests as old as they may get.
func expire(t *testing.T, st *store.Store) {
	t.Helper()
	_, err := st.Write.ExecContext(t.Context(), "update credential_exchange set expires_at = expires_at - $1", exchanges.Life.Milliseconds())
	require.NoError(t, err)
}

func TestACredentialIsHandedOverOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, address string, st *store.Store) {
		asks, receives := deskOf(st, nil), deskOf(opened(t, address), nil)
		r, err := asks.Ask(t.Context(), "app", "ada")
		require.NoError(t, err)
		other, err := asks.Ask(t.Context(), "app", "")
		require.NoError(t, err)
		require.NotEqual(t, r.ID, other.ID)
		require.ErrorIs(t, receives.Fill(t.Context(), r.ID, "another app", []byte("evil")), handover.ErrNoRequest, "only its owner answers")
		require.ErrorIs(t, receives.Fill(t.Context(), "unknown", "app", []byte("evil")), handover.ErrNoRequest)
		require.NoError(t, receives.Fill(t.Context(), r.ID, "app", []byte(canary)))
		require.ErrorIs(t, receives.Fill(t.Context(), r.ID, "app", []byte("later")), handover.ErrNoRequest, "once")
		secret, err := r.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, canary, string(secret))
		require.Equal(t, 1, rows(t, st), "it is deleted when it is picked up")
		require.ErrorIs(t, receives.Fill(t.Context(), r.ID, "app", []byte("later")), handover.ErrNoRequest)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = r.Wait(ended)
		require.Error(t, err, "single use")
		other.Close(ended)
		require.Zero(t, rows(t, st), "what nobody waits for is deleted, also when the wait was cancelled")
	})
}

func TestARequestExpires(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, st *store.Store) {
		d := deskOf(st, nil)
		var left int64
		early, err := d.Ask(t.Context(), "app", "")
		require.NoError(t, err)
		late, err := d.Ask(t.Context(), "app", "")
		require.NoError(t, err)
		require.NoError(t, st.Read.QueryRowContext(t.Context(), "select max(expires_at) - "+st.Clock+" from credential_exchange").Scan(&left))
		require.LessOrEqual(t, left, int64(60_000), "by the database's clock")
		require.NoError(t, d.Fill(t.Context(), early.ID, "app", []byte(canary)))
		expire(t, st)
		require.ErrorIs(t, d.Fill(t.Context(), late.ID, "app", []byte(canary)), handover.ErrNoRequest, "too late to answer")
		_, err = st.Exchanges.Take(t.Context(), early.ID)
		require.ErrorIs(t, err, db.ErrNotFound, "too late to pick up, although the row is still there")
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = early.Wait(ended)
		require.ErrorIs(t, err, handover.ErrNobody)
		require.Equal(t, 2, rows(t, st))
		require.NoError(t, d.Sweep(t.Context()))
		require.Zero(t, rows(t, st))
	})
}

// TestOfManyWhoPickUpOneGetsIt on several nodes, and of many answers one counts.
func TestOfManyWhoPickUpOneGetsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, address string, st *store.Store) {
		stores := []*store.Store{st, opened(t, address)}
		r, err := deskOf(st, nil).Ask(t.Context(), "app", "")
		require.NoError(t, err)
		race := func(do func(i int, st *store.Store) error) (won int) {
			var mu sync.Mutex
			var all sync.WaitGroup
			for i := range 16 {
				all.Go(func() {
					err := do(i, stores[i%2])
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						won++
					}
				})
			}
			all.Wait()
			return won
		}
		require.Equal(t, 1, race(func(i int, st *store.Store) error {
			return deskOf(st, nil).Fill(t.Context(), r.ID, "app", fmt.Append(nil, "secret ", i))
		}))
		require.Equal(t, 1, race(func(_ int, st *store.Store) error {
			_, err := st.Exchanges.Take(t.Context(), r.ID)
			return err
		}))
		require.Zero(t, rows(t, st))
	})
}

// TestARowThatIsMovedDoesNotOpen although it was sealed by the right server: an answer is bound to its request.
func TestARowThatIsMovedDoesNotOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, st *store.Store) {
		d := deskOf(st, nil)
		one, err := d.Ask(t.Context(), "app", "")
		require.NoError(t, err)
		two, err := d.Ask(t.Context(), "app", "")
		require.NoError(t, err)
		require.NoError(t, d.Fill(t.Context(), one.ID, "app", []byte(canary)))
		_, err = st.Write.ExecContext(t.Context(), "update credential_exchange set sealed = (select sealed from credential_exchange where id = $1) where id = $2", one.ID, two.ID)
		require.NoError(t, err)
		_, err = two.Wait(t.Context())
		require.ErrorContains(t, err, "cannot be opened")
		require.NotContains(t, err.Error(), canary)
		// Even with one key for both, an answer belongs to its request.
		three, err := d.Ask(t.Context(), "app", "")
		require.NoError(t, err)
		exec := func(statement string, args ...any) {
			_, err := st.Write.ExecContext(t.Context(), statement, args...)
			require.NoError(t, err)
		}
		exec("update credential_exchange set public_key = (select public_key from credential_exchange where id = $1) where id = $2", three.ID, one.ID)
		exec("update credential_exchange set sealed = '' where id = $1", one.ID)
		require.NoError(t, d.Fill(t.Context(), one.ID, "app", []byte(canary)))
		exec("update credential_exchange set sealed = (select sealed from credential_exchange where id = $1) where id = $2", one.ID, three.ID)
		_, err = three.Wait(t.Context())
		require.ErrorContains(t, err, "cannot be opened")
	})
}

func TestRequestsAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, address string, st *store.Store) {
		desks := []*handover.Desk{deskOf(st, nil), deskOf(opened(t, address), nil)}
		var mu sync.Mutex
		var open []*handover.Request
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				if r, err := desks[i%2].Ask(t.Context(), "app", "ada"); err == nil {
					mu.Lock()
					defer mu.Unlock()
					open = append(open, r)
				}
			})
		}
		all.Wait()
		require.Len(t, open, 4, "at most four of an owner wait, however many ask at once")
		_, err := desks[0].Ask(t.Context(), "another app", "ada")
		require.NoError(t, err)
		for _, r := range open {
			r.Close(t.Context())
		}
		asked := 0
		for ; asked < 1000; asked++ {
			r, err := desks[0].Ask(t.Context(), "app", "ada")
			if err != nil {
				require.ErrorIs(t, err, exchanges.ErrTooMany)
				break
			}
			r.Close(t.Context())
		}
		require.Equal(t, 600, 5+asked, "of one person; refused requests do not count")
		r, err := desks[0].Ask(t.Context(), "app", "grace")
		require.NoError(t, err, "others may go on")
		r.Close(t.Context())
		_, err = st.Write.ExecContext(t.Context(), "update allowance set since = since - 600000")
		require.NoError(t, err)
		r, err = desks[1].Ask(t.Context(), "app", "ada")
		require.NoError(t, err, "ten minutes later")
		r.Close(t.Context())
		_, err = st.Write.ExecContext(t.Context(), "update allowance set used = 3000 where who = ''")
		require.NoError(t, err)
		_, err = desks[1].Ask(t.Context(), "app", "")
		require.ErrorIs(t, err, exchanges.ErrTooMany, "in all")
	})
}

// forms are the ways in which a text could be written somewhere.
func forms(text string) map[string]string {
	list := map[string]string{"plain": text, "hex": hex.EncodeToString([]byte(text))}
	for i := range 3 {
		// What base64 makes of the text depends on what precedes it; its middle part does not.
		list[fmt.Sprint("base64 at ", i)] = strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", i)+text)), "=")[i*4/3+2:][:24]
	}
	return list
}

// TestTheSearchFindsWhatIsThere in base64 at any place.
func TestTheSearchFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	for i := range 6 {
		text := base64.StdEncoding.EncodeToString([]byte("header"[:i] + canary + "tail"))
		hits := 0
		for _, form := range forms(canary) {
			hits += strings.Count(text, form)
		}
		require.Positive(t, hits, i)
	}
}

// requireNowhere looks for texts in all files of a folder, or in all rows of PostgreSQL.
func requireNowhere(t *testing.T, address string, st *store.Store, texts map[string]string) {
	t.Helper()
	found := 0
	if st.Postgres {
		require.NoError(t, db.Each(t.Context(), st.Read, "select table_name from information_schema.tables where table_schema = 'public'", nil, func(row *sql.Rows) error {
			var name string
			if err := row.Scan(&name); err != nil {
				return err
			}
			found++
			for form, text := range texts {
				var n int
				if err := st.Read.QueryRowContext(t.Context(), "select count(*) from "+name+" x where x::text like '%' || $1 || '%'", text).Scan(&n); err != nil {
					return err
				}
				require.Zero(t, n, "%s in table %s", form, name)
			}
			return nil
		}))
		require.Greater(t, found, 10, "the search itself works")
		return
	}
	require.NoError(t, filepath.WalkDir(filepath.Dir(address), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		found++
		for form, text := range texts {
			require.False(t, bytes.Contains(content, []byte(text)), "%s in %s", form, path)
		}
		return err
	}))
	require.GreaterOrEqual(t, found, 2, "the database and its log")
}

// TestNoCanaryStaysAnywhere looks for a credential in rows, in deleted rows, in the log of the database, in logs, in what
// processes say and in temporary files: while it waits, after it was picked up, and after the node that asked was killed.
func TestNoCanaryStaysAnywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, address string, st *store.Store) {
		var log bytes.Buffer
		receives := deskOf(st, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		temp := t.TempDir()
		for _, killed := range []bool{false, true, false} {
			cmd := exec.CommandContext(testwait.Context(t), os.Args[0])
			cmd.Env = append(os.Environ(), nodeVariable+"="+address, "TMPDIR="+temp)
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			var problems bytes.Buffer
			cmd.Stderr = &problems
			require.NoError(t, cmd.Start())
			lines := bufio.NewScanner(out)
			require.True(t, lines.Scan(), "%s", &problems)
			id := lines.Text()
			require.NoError(t, receives.Fill(t.Context(), id, "app", []byte(canary)))
			var sealed string
			require.NoError(t, st.Read.QueryRowContext(t.Context(), "select sealed from credential_exchange where id = $1", id).Scan(&sealed))
			require.NotEmpty(t, sealed)
			requireNowhere(t, address, st, forms(canary))
			if killed {
				require.NoError(t, cmd.Process.Kill())
				require.Error(t, cmd.Wait())
				_, err := st.Exchanges.Take(t.Context(), id)
				require.NoError(t, err, "another node can take the row")
				expire(t, st)
			} else {
				_, err := in.Write([]byte("\n"))
				require.NoError(t, err)
				require.True(t, lines.Scan(), "%s", &problems)
				sum := sha256.Sum256([]byte(canary))
				require.Equal(t, hex.EncodeToString(sum[:]), lines.Text())
				require.NoError(t, cmd.Wait())
			}
			require.Zero(t, rows(t, st))
			require.NoError(t, st.Exchanges.Scrub(t.Context()))
			texts := forms(canary)
			texts["sealed"] = strings.TrimPrefix(sealed, "v1:")[:40]
			requireNowhere(t, address, st, texts)
			require.NotContains(t, problems.String()+log.String(), canary)
			left, err := os.ReadDir(temp)
			require.NoError(t, err)
			require.Empty(t, left, "no temporary files")
		}
	})
}
