package forge_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/installations"
)

func (s *server) state(id string) installations.State {
	s.t.Helper()
	i, err := s.store.Installations.One(s.t.Context(), id)
	if errors.Is(err, db.ErrNotFound) {
		return ""
	}
	require.NoError(s.t, err)
	return i.State
}

func push(repository string) string {
	return `{"eventType":"avi:bitbucket:push:repository","repository":{"uuid":"` + repository + `"},"workspace":{"uuid":"{` + workspace + `}"},"push":{"ref":"main","mainbranch":"main"}}`
}

const repository = "{12345678-1234-1234-1234-123456789abc}"

func TestPairing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		status, _ := s.call("events", `{"eventType":"avi:forge:installed:app","installerAccountId":"ada"}`, nil)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, installations.Pending, s.state(installed))
		status, _ = s.call("events", push(repository), nil)
		require.Equal(t, http.StatusNotFound, status, "nothing is done for an installation that is not paired")
		require.Empty(t, s.heard)
		status, _ = s.takeCode()
		require.Equal(t, http.StatusOK, status)
		require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`, s.code)
		former := s.code
		_, _ = s.takeCode()
		require.NotEqual(t, former, s.code)
		claim := func(text string, account int64) (installations.Installation, error) {
			hash, ok := forge.CodeHash(s.hash, text)
			require.True(t, ok, text)
			return s.store.Installations.Claim(ctx, hash, account)
		}
		_, err := claim(former, 1)
		require.ErrorIs(t, err, installations.ErrCode, "a new code kills the old one")
		i, err := claim(strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s.code, "0", "o"), "1", "l")), 1)
		require.NoError(t, err, "as people type it")
		require.Equal(t, workspace, i.Workspace)
		require.Equal(t, "ada", i.Installer)
		_, err = claim(s.code, 2)
		require.ErrorIs(t, err, installations.ErrClaimed)
		_, err = s.store.Installations.Confirm(ctx, installed, 2)
		require.ErrorIs(t, err, installations.ErrCode, "only who has entered it may confirm")
		require.Equal(t, installations.Pending, s.state(installed))
		_, err = s.store.Installations.Confirm(ctx, installed, 1)
		require.NoError(t, err)
		require.Equal(t, installations.Active, s.state(installed))
		_, err = claim(s.code, 1)
		require.ErrorIs(t, err, installations.ErrCode, "once")
		_, err = s.store.Installations.Confirm(ctx, installed, 1)
		require.ErrorIs(t, err, installations.ErrCode)
		status, answer := s.takeCode()
		require.Equal(t, http.StatusConflict, status, "a paired workspace gives no code: %v", answer)
		var stored string
		require.NoError(t, s.store.Read.QueryRowContext(ctx, "select secret || code_hash from forge_installation").Scan(&stored))
		require.NotContains(t, stored, s.secret)
		require.NotContains(t, s.log.String(), s.secret)
		require.NotContains(t, s.log.String(), s.code)
	})
}

func TestCodesEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		claim := func(account int64) error {
			hash, _ := forge.CodeHash(s.hash, s.code)
			_, err := s.store.Installations.Claim(ctx, hash, account)
			return err
		}
		exec := func(statement string) {
			_, err := s.store.Write.ExecContext(ctx, statement)
			require.NoError(t, err)
		}
		_, _ = s.takeCode()
		exec("update forge_installation set code_until = code_until - 600000")
		require.ErrorIs(t, claim(1), installations.ErrCode, "after ten minutes")
		_, _ = s.takeCode()
		require.NoError(t, claim(1))
		exec("update forge_installation set claimed_until = claimed_until - 120000")
		_, err := s.store.Installations.Confirm(ctx, installed, 1)
		require.ErrorIs(t, err, installations.ErrCode, "two minutes after it was entered")
		require.NoError(t, claim(2), "then others may enter it")
		done, err := s.store.Installations.Revoke(ctx, installed)
		require.NoError(t, err)
		require.True(t, done)
		require.ErrorIs(t, claim(2), installations.ErrCode)
		_, err = s.store.Installations.Confirm(ctx, installed, 2)
		require.ErrorIs(t, err, installations.ErrCode)
		for range 7 {
			status, _ := s.takeCode()
			require.Equal(t, http.StatusOK, status)
		}
		_, _ = s.takeCode()
		status, _ := s.takeCode()
		require.Equal(t, http.StatusTooManyRequests, status, "an installation asks for ten codes in ten minutes")
		exec("delete from allowance")
		for range 5 {
			require.NotErrorIs(t, claim(7), installations.ErrTooMany)
		}
		require.ErrorIs(t, claim(7), installations.ErrTooMany, "five tries of a person")
		for account := range int64(45) {
			require.NotErrorIs(t, claim(100+account), installations.ErrTooMany)
		}
		require.ErrorIs(t, claim(999), installations.ErrTooMany, "fifty of all together")
		exec("update allowance set since = since - 600000")
		require.NotErrorIs(t, claim(7), installations.ErrTooMany)
	})
}

// TestManyEnterOneCode at once: one gets it.
func TestManyEnterOneCode(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		_, _ = s.takeCode()
		hash, _ := forge.CodeHash(s.hash, s.code)
		var all sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for account := range int64(16) {
			all.Go(func() {
				if _, err := s.store.Installations.Claim(t.Context(), hash, account+1); err == nil {
					mu.Lock()
					defer mu.Unlock()
					won++
				}
			})
		}
		all.Wait()
		require.Equal(t, 1, won)
	})
}

func TestEventsSayWhereToLook(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		s.pair()
		pull := `{"eventType":"avi:bitbucket:created:pullrequest","repository":{"uuid":"` + repository + `"},"pullrequest":{"source":{"branch":"fix","repository":{"uuid":"%s"}}}}`
		for _, x := range []struct{ body, heard string }{
			{push(repository), repository + " "},
			{push("12345678-1234-1234-1234-123456789ABC"), repository + " "},
			{strings.Replace(push(repository), `,"mainbranch":"main"`, "", 1), "none"}, // a tag
			{fmt.Sprintf(pull, repository), repository + " fix"},
			{fmt.Sprintf(pull, workspace), repository + " "}, // from a fork
			{`{"eventType":"avi:bitbucket:created:repository","repository":{"uuid":"x"}}`, " "},
			{`{"eventType":"avi:bitbucket:new:thing"}`, "none"},
			{push("../../evil"), "none"},
			{strings.Replace(push(repository), workspace, repository, 1), "none"}, // of another workspace
			{`{"eventType":"avi:bitbucket:push:repository"}`, "none"},
			{"not JSON", "none"},
			{"", "none"},
		} {
			s.heard = nil
			status, _ := s.call("events", x.body, nil)
			require.Equal(t, http.StatusOK, status, "an event that cannot be read is not repeated: %s", x.body)
			if x.heard == "none" {
				require.Empty(t, s.heard, x.body)
				continue
			}
			require.Len(t, s.heard, 1, x.body)
			require.True(t, strings.HasPrefix(s.heard[0], workspace+" "+x.heard+" "), s.heard[0])
		}
		s.heard = nil
		_, _ = s.call("events", push(repository), nil)
		_, _ = s.call("events", strings.Replace(push(repository), "{", `{"retryContext":{"retryCount":1},`, 1), nil)
		require.Len(t, s.heard, 2)
		require.Equal(t, s.heard[0], s.heard[1], "Forge repeats an event with another token: it is the same delivery")
		s.fail = errors.New("the database is down")
		status, _ := s.call("events", push(repository), nil)
		require.Equal(t, http.StatusServiceUnavailable, status, "Forge repeats it")
	})
}

// TestWhoIsRefused: 401 means a bad token and nothing else.
func TestWhoIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		s.pair()
		good := s.token(nil)
		status, _ := s.send("events", push(repository), good)
		require.Equal(t, http.StatusOK, status)
		status, _ = s.send("events", push(repository), good)
		require.Equal(t, http.StatusUnauthorized, status, "a token counts once")
		require.Len(t, s.heard, 1)
		for _, path := range []string{"events", "uninstall", "pairing-code", "exchange/x", "unknown", ""} {
			status, _ = s.send(path, "{}", "x")
			require.Equal(t, http.StatusUnauthorized, status, path)
			status, _ = s.call(path, "{}", set("aud", otherApp))
			require.Equal(t, http.StatusUnauthorized, status, path)
		}
		require.Equal(t, installations.Active, s.state(installed))
		status, _ = s.call("unknown", "{}", nil)
		require.Equal(t, http.StatusNotFound, status)
		status, _ = s.call("events", strings.Repeat("x", 6<<20), nil)
		require.Equal(t, http.StatusRequestEntityTooLarge, status)
		w := httptest.NewRecorder()
		s.server.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/forge/v1/events", http.NoBody))
		require.Equal(t, http.StatusMethodNotAllowed, w.Code)
		s.answer = func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }
		s.pass(25 * time.Hour)
		status, _ = s.call("events", push(repository), nil)
		require.Equal(t, http.StatusServiceUnavailable, status, "the keys are not there: not the token's fault")
		require.NotContains(t, s.log.String(), good)
	})
}

func TestAPairingCodeNeedsARightCall(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		for _, address := range []string{
			"http://abc.webtrigger.atlassian.app/x", "https://webtrigger.atlassian.app.evil.example/x", "https://evilwebtrigger.atlassian.app", "https://.webtrigger.atlassian.app/", "https://u:p@abc.webtrigger.atlassian.app/x",
			"https://abc.webtrigger.atlassian.app:8443/x", "https://127.0.0.1/x", "", "x", "https://abc.webtrigger.atlassian.app/" + strings.Repeat("x", 2000), "https://evil.example/#.webtrigger.atlassian.app",
		} {
			status, _ := s.call("pairing-code", fmt.Sprintf(`{"accountId":"ada","webtrigger":%q}`, address), nil)
			require.Equal(t, http.StatusBadRequest, status, address)
		}
		status, _ := s.call("pairing-code", fmt.Sprintf(`{"accountId":"ada","webtrigger":%q}`, trigger), set("principal", "eve"))
		require.Equal(t, http.StatusForbidden, status)
		status, _ = s.call("pairing-code", "x", nil)
		require.Equal(t, http.StatusBadRequest, status)
		require.Empty(t, s.state(installed), "nothing was registered")
		for i := range 105 {
			id := fmt.Sprint("ari:cloud:ecosystem::installation/x", i)
			status, _ := s.call("events", `{"eventType":"avi:forge:installed:app"}`, func(c map[string]any) {
				set("app.installationId", id)(c)
				set("app.installation.id", id)(c)
				contexts(c, map[string]any{"name": "bitbucket", "workspaceId": fmt.Sprintf("aaaaaaaa-bbbb-cccc-dddd-%012d", i)})
			})
			require.Equal(t, i < 100, status == http.StatusOK, "strangers cannot fill the table")
		}
	})
}

// TestUninstallAndInstallAgain: it is inactive at once, and only a new pairing helps.
func TestUninstallAndInstallAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		s.pair()
		source := forge.NewSource(s.app, "{"+workspace+"}")
		_, err := source.API(t.Context())
		require.NoError(t, err)
		status, _ := s.call("uninstall", "{}", nil)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, installations.Inactive, s.state(installed))
		require.Equal(t, []string{"forge.code.made " + workspace, "forge.uninstalled " + workspace}, s.recorded)
		_, err = source.API(t.Context())
		require.ErrorIs(t, err, forge.ErrInactive, "also although a credential was at hand")
		_, err = source.Git(t.Context(), connection.Location{})
		require.ErrorIs(t, err, forge.ErrInactive)
		status, _ = s.call("events", push(repository), nil)
		require.Equal(t, http.StatusNotFound, status)
		status, _ = s.call("events", `{"eventType":"avi:forge:upgraded:app"}`, nil)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, installations.Inactive, s.state(installed), "a late event does not bring it back")
		again := func(c map[string]any) {
			set("app.installationId", "new")(c)
			set("app.installation.id", "new")(c)
		}
		_, _ = s.call("events", `{"eventType":"avi:forge:installed:app"}`, again)
		require.Equal(t, installations.Pending, s.state("new"))
		_, err = source.API(t.Context())
		require.ErrorIs(t, err, forge.ErrInactive)
	})
}

// TestANewInstallationReplacesTheOld although no uninstall was ever heard.
func TestANewInstallationReplacesTheOld(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		s.pair()
		_, _ = s.call("events", `{"eventType":"avi:forge:installed:app"}`, func(c map[string]any) {
			set("app.installationId", "new")(c)
			set("app.installation.id", "new")(c)
		})
		require.Equal(t, installations.Inactive, s.state(installed))
		require.Equal(t, installations.Pending, s.state("new"))
	})
}

func TestTheAppIsAskedForACredential(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		s.pair()
		source := forge.NewSource(s.app, workspace)
		a, err := source.API(t.Context())
		require.NoError(t, err)
		require.Equal(t, bitbucket.Bearer(systemCanary), a)
		_, err = source.API(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, s.calls, "the calls of a listing share one")
		require.True(t, source.Refused(a))
		_, err = source.API(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, s.calls)
		s.pass(10 * time.Minute)
		_, err = source.API(t.Context())
		require.NoError(t, err)
		require.Equal(t, 3, s.calls)
		g, err := source.Git(connection.WithPerson(t.Context(), "ada"), connection.Location{})
		require.NoError(t, err)
		require.Equal(t, bitbucket.Basic("x-token-auth", systemCanary).Header(), g.Authorization())
		require.Equal(t, 4, s.calls, "each fetch has its own")
		require.NotContains(t, fmt.Sprintf("%v %+v %#v %s %q", g, g, g, g, *g), "Basic")
		var n int
		require.NoError(t, s.store.Read.QueryRowContext(t.Context(), "select count(*) from credential_exchange").Scan(&n))
		require.Zero(t, n)
		require.NoError(t, s.store.Read.QueryRowContext(t.Context(), "select count(*) from allowance where what = 'exchange' and who = 'ada'").Scan(&n))
		require.Equal(t, 1, n, "it counts for the person")
	})
}

func TestWhatTheAppAnswersInstead(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		s.pair()
		source := forge.NewSource(s.app, workspace)
		for status, says := range map[int]string{
			202: "then nothing came", 403: "clock", 404: "not there any more", 410: "not there any more", 500: "answers 500", 302: "could not be reached",
		} {
			s.does = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "https://evil.example/")
				w.WriteHeader(status)
				_, _ = w.Write([]byte("canary-of-the-app"))
			}
			before := s.calls
			_, err := source.Git(t.Context(), connection.Location{})
			require.ErrorContains(t, err, says)
			require.NotContains(t, err.Error(), "canary")
			require.Equal(t, 2, s.calls-before, "one more try, with another id")
			require.Equal(t, installations.Active, s.state(installed), "shortly after an installation refusals are usual")
		}
		s.pass(20 * time.Minute)
		s.does = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }
		_, err := source.Git(t.Context(), connection.Location{})
		require.ErrorIs(t, err, forge.ErrInactive)
		require.Equal(t, installations.Inactive, s.state(installed), "uninstalled, and nobody said so")
		before := s.calls
		_, err = source.Git(t.Context(), connection.Location{})
		require.ErrorIs(t, err, forge.ErrInactive)
		require.Equal(t, before, s.calls)
	})
}

// TestOnlyTheAskedOneHandsOver: other installations, late and repeated answers, and odd credentials do nothing.
func TestOnlyTheAskedOneHandsOver(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		s.pair()
		r, err := s.app.Desk.Ask(t.Context(), installed, "")
		require.NoError(t, err)
		defer r.Close(t.Context())
		status, _ := s.call("exchange/"+r.ID, "{}", func(c map[string]any) {
			set("app.installationId", "other")(c)
			set("app.installation.id", "other")(c)
			contexts(c, map[string]any{"name": "bitbucket", "workspaceId": strings.Replace(workspace, "a", "b", 1)})
		})
		require.Equal(t, http.StatusNotFound, status)
		for _, odd := range []string{"", strings.Repeat("x", 9<<10), "a\nb", "a b", "ü"} {
			s.system = odd
			status, _ = s.call("exchange/"+r.ID, "{}", nil)
			require.Equal(t, http.StatusBadRequest, status)
		}
		s.system = systemCanary
		status, _ = s.call("exchange/unknown", "{}", nil)
		require.Equal(t, http.StatusNotFound, status)
		status, _ = s.call("exchange/"+r.ID, "{}", nil)
		require.Equal(t, http.StatusOK, status)
		status, _ = s.call("exchange/"+r.ID, "{}", nil)
		require.Equal(t, http.StatusNotFound, status)
		token, err := r.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, systemCanary, string(token))
	})
}

// TestAScanLeavesNoCredentialBehind: a repository is fetched by real git with a credential of the app; then the canary is
// looked for in the folder of the server, in the database, in the log and in what git was told.
func TestAScanLeavesNoCredentialBehind(t *testing.T) {
	onBoth(t, func(t *testing.T, s *server) {
		s.pair()
		bb, err := site.New(t.TempDir(), "")
		require.NoError(t, err)
		base, stop := bb.Serve()
		defer stop()
		bb.AddProject("PAY", "Payments")
		require.NoError(t, bb.AddRepository("PAY", "api", nil))
		_, err = bb.Push("PAY", "api", "main", "", "a.txt", "one")
		require.NoError(t, err)
		bb.Allow(site.Credential{Secret: systemCanary, User: "x-token-auth", Level: site.Read})
		bb.MakeAdmin("x-token-auth")
		dir := t.TempDir()
		mirrors, err := mirror.New(mirror.Options{Dir: filepath.Join(dir, "mirrors"), Log: s.app.Log})
		require.NoError(t, err)
		source := forge.NewSource(s.app, workspace)
		var given []*credential.Git
		_, release, err := mirrors.Open(t.Context(), "api", mirror.Remote{URL: base + "/scm/PAY/api.git", Scope: base, Ask: func(ctx context.Context) (mirror.Credential, error) {
			g, err := source.Git(ctx, connection.Location{})
			given = append(given, g)
			return g, err
		}})
		require.NoError(t, err)
		release()
		require.Len(t, given, 1)
		require.Empty(t, given[0].Authorization(), "it was dropped")
		require.NoError(t, s.store.Scrub(t.Context()))
		header := strings.TrimPrefix(bitbucket.Basic("x-token-auth", systemCanary).Header(), "Basic ")
		for _, folder := range []string{dir, os.TempDir()} {
			require.NoError(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
				if err != nil || !e.Type().IsRegular() || folder != dir && !strings.HasPrefix(path, dir) {
					return nil //nolint:nilerr // a file of somebody else may vanish
				}
				content, err := os.ReadFile(path)
				require.False(t, bytes.Contains(content, []byte(systemCanary)) || bytes.Contains(content, []byte(header)), path)
				return err
			}))
		}
		for _, text := range []string{systemCanary, header, s.secret} {
			require.NotContains(t, s.log.String(), text)
		}
	})
}

func FuzzParseEvent(f *testing.F) {
	for _, seed := range []string{"", "{}", push(repository), `{"eventType":"avi:forge:installed:app"}`, `{"eventType":"avi:bitbucket:created:pullrequest"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := forge.ParseEvent(body, workspace)
		if err == nil && e.Repository != "" {
			require.Len(t, e.Repository, 38)
		}
		require.LessOrEqual(t, len(e.Branch), 250)
	})
}

func FuzzParseCode(f *testing.F) {
	for _, seed := range []string{"", "ABCD-EFGH", "abcd efgh", "OIL0-1111", "ABCD-EFGU"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code, ok := forge.ParseCode(text)
		if again, same := forge.ParseCode(code); ok && (!same || again != code) {
			t.Fatalf("%q is read as %q and then as %q", text, code, again)
		}
	})
}
