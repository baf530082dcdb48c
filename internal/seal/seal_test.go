package seal_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/seal"
)

func keysOf(t *testing.T, b byte) *seal.Keys {
	t.Helper()
	keys, err := seal.New(bytes.Repeat([]byte{b}, 32))
	require.NoError(t, err)
	return keys
}

func TestHashIsKeyed(t *testing.T) {
	t.Parallel()
	k := keysOf(t, 1)
	require.Equal(t, k.Hash("canary"), keysOf(t, 1).Hash("canary"), "the same on every node and after a restart")
	require.NotEqual(t, k.Hash("canary"), k.Hash("canary "))
	require.NotEqual(t, k.Hash("canary"), keysOf(t, 2).Hash("canary"))
	require.Len(t, k.Hash(""), 64)
}

func TestSealedTextOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	k := keysOf(t, 1)
	for _, text := range []string{"", "canary", "ключ\r\n\x00", strings.Repeat("x", 10_000)} {
		sealed := k.Seal(text, "review 1 global")
		require.NotContains(t, sealed, "canary")
		opened, err := k.Open(sealed, "review 1 global")
		require.NoError(t, err)
		require.Equal(t, text, opened)
		require.NotEqual(t, sealed, k.Seal(text, "review 1 global"), "a nonce of its own")
		for _, bad := range []struct {
			keys          *seal.Keys
			sealed, place string
		}{{keysOf(t, 2), sealed, "review 1 global"}, {k, sealed, "review 2 global"}, {k, sealed[:len(sealed)-2], "review 1 global"}, {k, "v1:", "review 1 global"}, {k, "", ""}, {k, "v1:?", ""}} {
			_, err := bad.keys.Open(bad.sealed, bad.place)
			require.ErrorIs(t, err, seal.ErrOpen)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	master := bytes.Repeat([]byte{1}, 32)
	for _, text := range []string{hex.EncodeToString(master), base64.StdEncoding.EncodeToString(master) + "\n", base64.RawURLEncoding.EncodeToString(master)} {
		k, err := seal.Parse(text)
		require.NoError(t, err)
		require.Equal(t, keysOf(t, 1).Hash("x"), k.Hash("x"))
	}
	for _, text := range []string{"", "short", hex.EncodeToString(master[1:]), strings.Repeat("?", 44)} {
		_, err := seal.Parse(text)
		require.ErrorContains(t, err, "openssl rand")
		if text != "" {
			require.NotContains(t, err.Error(), text)
		}
	}
}

func TestMasterKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.key")
	var wait sync.WaitGroup
	hashes := make([]string, 8)
	for i := range hashes {
		wait.Go(func() {
			k, _, err := seal.LoadOrCreate(path)
			if err != nil {
				t.Error(err)
				return
			}
			hashes[i] = k.Hash("x")
		})
	}
	wait.Wait()
	for _, h := range hashes {
		require.Equal(t, hashes[0], h, "processes that start together have one key")
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.NoError(t, os.Chmod(path, 0o644))
	_, _, err = seal.LoadOrCreate(path)
	require.ErrorContains(t, err, "chmod 600")
}

type record map[string]string

func (r record) SetFirst(_ context.Context, key, value string) (string, error) {
	if r[key] == "" {
		r[key] = value
	}
	return r[key], nil
}

func TestWrongKeyIsNoticed(t *testing.T) {
	t.Parallel()
	r := record{}
	require.NoError(t, keysOf(t, 1).Verify(t.Context(), r))
	require.NoError(t, keysOf(t, 1).Verify(t.Context(), r))
	require.ErrorIs(t, keysOf(t, 2).Verify(t.Context(), r), seal.ErrWrongKey)
}

// TestASignInIsSealedUnderAnotherKey than the texts of secrets.
func TestASignInIsSealedUnderAnotherKey(t *testing.T) {
	t.Parallel()
	keys := keysOf(t, 7)
	sealed := keys.SignIn().Seal("state", "place")
	text, err := keys.SignIn().Open(sealed, "place")
	require.NoError(t, err)
	require.Equal(t, "state", text)
	_, err = keys.Open(sealed, "place")
	require.ErrorIs(t, err, seal.ErrOpen)
	_, err = keys.SignIn().Open(sealed, "elsewhere")
	require.ErrorIs(t, err, seal.ErrOpen)
	cookie, err := http.ParseSetCookie((&http.Cookie{Name: "x", Value: sealed}).String())
	require.NoError(t, err)
	require.Equal(t, sealed, cookie.Value)
}
