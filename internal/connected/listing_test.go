package connected_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// TestGoneNeedsTwoProofs: what a listing lacks is deleted only when the server says so itself.
func TestGoneNeedsTwoProofs(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.add("a", "b", "c", "d")
		p.put(nil)
		p.node("n1")
		p.sync()
		require.Equal(t, "PAY/a PAY/b PAY/c PAY/d", p.slugs())
		id := p.ID("PAY", "b")
		// The right to one repository is taken away: the list lacks it, and a direct question is refused.
		deny := func(exists bool) {
			p.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
				switch {
				case strings.HasSuffix(r.URL.Path, "/latest/repos"):
					_, _ = fmt.Fprintf(w, `{"values":[{"id":%d,"slug":"a","project":{"id":%d,"key":"PAY"}}],"isLastPage":true}`, p.ID("PAY", "a"), 101)
				case strings.HasSuffix(r.URL.Path, "/repos/b") && exists:
					_, _ = fmt.Fprintf(w, `{"id":%d,"slug":"b","project":{"id":%d,"key":"PAY"}}`, id, 101)
				case strings.Contains(r.URL.Path, "/repos/b"), strings.Contains(r.URL.Path, "/repos/c"), strings.Contains(r.URL.Path, "/repos/d"):
					w.WriteHeader(http.StatusUnauthorized)
					_, _ = fmt.Fprint(w, `{"errors":[{"message":"no","exceptionName":"com.atlassian.bitbucket.AuthorisationException"}]}`)
				default:
					return false
				}
				return true
			})
		}
		for _, exists := range []bool{false, true} {
			deny(exists)
			row := p.sync()
			require.Equal(t, "PAY/a PAY/b PAY/c PAY/d", p.slugs())
			require.Len(t, row.Skipped, 3)
			require.Contains(t, row.Skipped[1].Reason, "what is known of it is kept")
		}
		// Now one is really deleted.
		p.Intercept(nil)
		p.Delete("PAY", "c")
		p.sync()
		require.Equal(t, "PAY/a PAY/b PAY/d", p.slugs())
	})
}

// TestRenamesKeepWhatIsKnown, also when another repository takes the former name.
func TestRenamesKeepWhatIsKnown(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.add("a", "b", "c")
		p.AddProject("NET", "Net")
		p.put(nil)
		p.node("n1")
		p.sync()
		p.Move("PAY", "a", "NET", "z")
		p.Move("PAY", "b", "PAY", "a")
		p.RenameProject("NET", "WEB")
		p.sync()
		require.Equal(t, "PAY/a PAY/c WEB/z", p.slugs())
		entries, err := p.store.Audit.List(t.Context(), audit.Filter{Action: "renamed"}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.NotEmpty(t, entries)
		// Deleted and made again: another repository.
		p.Delete("PAY", "c")
		p.add("c")
		p.sync()
		require.Equal(t, "PAY/a PAY/c WEB/z", p.slugs())
	})
}

// TestOneNodeListsAtATime counts the listings that run at once on three nodes.
func TestOneNodeListsAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.add("a")
		var now, most atomic.Int64
		release := make(chan struct{})
		p.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/latest/repos") {
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				<-release
				now.Add(-1)
			}
			return false
		})
		p.put(nil)
		for _, name := range []string{"n1", "n2", "n3"} {
			p.node(name)
		}
		testwait.Until(t, func() bool { return now.Load() == 1 }, "a listing begins")
		// A request that comes meanwhile is for the next one.
		require.NoError(t, p.store.Connections.Request(t.Context(), p.row().ID))
		close(release)
		testwait.Until(t, func() bool { r := p.row(); return !r.IsDue && !r.Syncing && !r.Synced.IsZero() }, "the listings end")
		require.EqualValues(t, 1, most.Load())
		lists := 0
		for _, r := range p.Requests() {
			if strings.HasSuffix(r.Path, "/latest/repos") {
				lists++
			}
		}
		require.Equal(t, 2, lists)
	})
}

// TestAChangeByAPersonIsFollowed: patterns, a new credential, and removal, while the server runs.
func TestAChangeByAPersonIsFollowed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.add("a", "b", "c", "d", "e", "f")
		p.put(nil)
		set, _ := p.node("n1")
		p.sync()
		p.put(func(s *connected.Settings) { s.Exclude = []string{"PAY/b"} })
		testwait.Until(t, func() bool { return p.slugs() == "PAY/a PAY/c PAY/d PAY/e PAY/f" }, "what is excluded goes: %s", p.slugs())
		require.Equal(t, connection.StateActive, state(set))
		p.Revoke(secret)
		require.NoError(t, p.store.Connections.Request(t.Context(), p.row().ID))
		testwait.Until(t, func() bool { return p.row().Problem != "" }, "the problem is told")
		require.Contains(t, p.row().Problem, "401")
		p.Allow(site.Credential{Secret: "other", User: "scanner", Level: site.Admin})
		_, err := p.admin.Put(t.Context(), "bb", &connected.Settings{URL: p.base}, &connected.Credential{Secret: "other"})
		require.NoError(t, err)
		testwait.Until(t, func() bool { r := p.row(); return r.Problem == "" && !r.IsDue && !r.Syncing }, "it works again")
		require.Equal(t, "PAY/a PAY/b PAY/c PAY/d PAY/e PAY/f", p.slugs())
		// A kept credential does not go to another server.
		_, err = p.admin.Put(t.Context(), "bb", &connected.Settings{URL: "https://elsewhere.example.com"}, nil)
		require.ErrorContains(t, err, "give the credential again")
		n, hooks, err := p.admin.Remove(t.Context(), p.row())
		require.NoError(t, err)
		require.NoError(t, hooks)
		require.Equal(t, 6, n)
		require.Empty(t, p.slugs())
		testwait.Until(t, func() bool { return len(set.Connections()) == 0 }, "the server forgets it")
	})
}

func state(set *connected.Set) string {
	list := set.Connections()
	if len(list) != 1 {
		return fmt.Sprint(list)
	}
	return list[0].State(0)
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for _, s := range []connected.Settings{
		{URL: ""}, {URL: "bitbucket.example.com"}, {URL: "ftp://x"}, {URL: "https://ada:pw@x"}, {URL: "https://x/projects/PAY"}, {URL: "https://bitbucket.org"}, {URL: "https://x?y"},
		{URL: "https://x", Every: 1}, {URL: "https://x", Rate: -1}, {URL: "https://x", Authorities: "no"},
	} {
		err := s.Check()
		require.Error(t, err, "%+v", s)
		require.NotContains(t, err.Error(), "BITBUCKET_")
		require.NotContains(t, err.Error(), "pw")
	}
	for _, pattern := range []string{"", "PAY", "[", "PAY/["} {
		s := connected.Settings{URL: "https://x"}
		s.Include = []string{pattern}
		require.Error(t, s.Check(), pattern)
	}
	require.NoError(t, (&connected.Settings{URL: "https://example.com/bitbucket"}).Check())
	for _, name := range []string{"", "A", "a b", "directory", "repos", strings.Repeat("a", 41), "-a", "ä"} {
		require.Error(t, connected.CheckName(name), name)
	}
	for _, c := range []connected.Credential{{}, {Secret: "a\nb"}, {Secret: "canary", User: "a:b"}, {Secret: strings.Repeat("canary", 1000)}} {
		err := c.Check()
		require.Error(t, err)
		require.NotContains(t, err.Error(), "canary")
	}
	c := connected.Credential{User: "ada", Secret: "canary"}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s %q %d", c, c, c, c, c, c)+fmt.Sprint(&c), "canary")
}
