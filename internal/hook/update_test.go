package hook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	zero = strings.Repeat("0", 40)
	one  = strings.Repeat("1", 40)
	two  = strings.Repeat("ab", 20)
)

func TestReadUpdates(t *testing.T) {
	t.Parallel()
	got, err := ReadUpdates(strings.NewReader(zero + " " + one + " refs/heads/a b\xff\n\n" + two + " " + zero + " refs/tags/x"))
	require.NoError(t, err)
	require.Equal(t, []Update{{zero, one, "refs/heads/a b\xff"}, {two, zero, "refs/tags/x"}}, got)
	require.False(t, got[0].Deletes())
	require.True(t, got[1].Deletes())
}

func TestReadUpdatesErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":       {"", "no updates"},
		"blank":       {"\n\n", "no updates"},
		"two fields":  {zero + " " + one + "\n", "line 1 is not"},
		"no name":     {zero + " " + one + " \n", "line 1 is not"},
		"short":       {zero + " 1234 refs/heads/x\n", "line 1 does not begin"},
		"upper case":  {zero + " " + strings.ToUpper(two) + " refs/heads/x\n", "line 1 does not begin"},
		"second line": {zero + " " + one + " a\nx y z\n", "line 2 does not begin"},
		"sha256":      {strings.Repeat("0", 64) + " " + strings.Repeat("1", 64) + " refs/heads/x\n", "SHA-256"},
		"long":        {zero + " " + one + " " + strings.Repeat("x", maxUpdateLine), "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadUpdates(strings.NewReader(c.text))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func FuzzReadUpdates(f *testing.F) {
	for _, seed := range []string{"", zero + " " + one + " refs/heads/x\n", "a b c", zero + " " + one, strings.Repeat("0", 64) + " x y", "\x00\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		updates, err := ReadUpdates(strings.NewReader(text))
		require.Equal(t, err != nil, len(updates) == 0)
		for _, u := range updates {
			require.Len(t, u.New, sha1Digits)
			require.NotContains(t, u.Ref, "\n")
			require.NotEmpty(t, u.Ref)
		}
	})
}

func TestBypasses(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]bool{
		"": false, "fix": false, "skip-sluice-check": false, "** skip-sluice-check **": false, "**Skip-Sluice-Check**": false,
		"fix\n\n**skip-sluice-check**": true, "x **skip-soteri-security-check** y": true,
	} {
		require.Equal(t, want, Bypasses(message), message)
	}
}

func TestCaller(t *testing.T) {
	t.Parallel()
	env := func(pairs ...string) Lookup {
		return func(name string) (string, bool) {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1], true
				}
			}
			return "", false
		}
	}
	for _, c := range []struct {
		pairs              []string
		dir                string
		repository, pusher string
	}{
		{nil, "/srv/git/acme/shop.git", "acme/shop", ""},
		{nil, "/srv/acme/shop/.git", "acme/shop", ""},
		{nil, "/", "///", ""},
		{[]string{"BB_PROJECT_KEY", "ACME", "BB_REPO_SLUG", "shop", "BB_USER_NAME", "ann"}, "/x", "ACME/shop", "ann"},
		{[]string{"BB_PROJECT_KEY", "ACME", "GL_PROJECT_PATH", "group/sub/shop", "GL_USERNAME", "bob", "REMOTE_USER", "eve"}, "/x", "group/sub/shop", "bob"},
		{[]string{"GITEA_REPO_USER_NAME", "ann", "GITEA_REPO_NAME", "shop", "GITEA_PUSHER_NAME", "ann"}, "/x", "ann/shop", "ann"},
		{[]string{"REMOTE_USER", "eve"}, "/srv/a/b.git", "a/b", "eve"},
	} {
		require.Equal(t, c.repository, RepositoryName(env(c.pairs...), c.dir))
		require.Equal(t, c.pusher, Pusher(env(c.pairs...)))
	}
}
