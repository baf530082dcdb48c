package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/verify"
)

func response(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

// githubToken has the shape of a token and a wrong checksum. The verifier asks for the shape only.
func githubToken(i int) scan.Finding {
	return scan.Finding{
		Engine: "secrets", RuleID: "GITHUB_CLASSIC_PAT", Severity: scan.SeverityHigh, Confidence: scan.ConfidenceHigh,
		Message: "A token.", Path: "a.env", Position: scan.Position{StartLine: i + 1},
		Secret: scan.NewSecret("ghp_" + fmt.Sprintf("%036d", i)), Fingerprint: fmt.Sprintf("%032x", i),
	}
}

func many(n int, make func(int) scan.Finding) []scan.Finding {
	list := []scan.Finding{}
	for i := range n {
		list = append(list, make(i))
	}
	return list
}

func notesText(notes []scan.Note) string {
	var b strings.Builder
	for _, n := range notes {
		fmt.Fprintf(&b, "%s: %s\n", n.Code, n.Text)
	}
	return b.String()
}

// alive answers every call like GitHub for a working token, and counts the calls.
func alive(calls *[]string) transport {
	var mu sync.Mutex
	return func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		*calls = append(*calls, r.Header.Get("Authorization"))
		return response(r, http.StatusOK, `{"login":"ann"}`), nil
	}
}

func TestEachSecretIsSentOnce(t *testing.T) {
	t.Parallel()
	var calls []string
	again := githubToken(1)
	again.Path, again.Commit = "old.env", strings.Repeat("c3", 20)
	list, notes := ask(t, verify.Options{Transport: alive(&calls)}, githubToken(1), again, githubToken(1))
	require.Len(t, calls, 1)
	for _, f := range list {
		require.Equal(t, scan.VerifyActive, f.Verified)
		require.Equal(t, "A token. It works: api.github.com accepted it during this scan.", f.Message)
	}
	require.Equal(t, "verified: 1 secret was sent to the providers (VERIFY): 1 active, 0 revoked, 0 unclear\n", notesText(notes))
}

func TestWhatIsNeverSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*scan.Finding)
	}{
		{"suppressed inline", func(f *scan.Finding) { f.Suppression = &scan.Suppression{Kind: scan.SuppressedInline} }},
		{"suppressed by path", func(f *scan.Finding) { f.Suppression = &scan.Suppression{Kind: scan.SuppressedPath} }},
		{"in the baseline", func(f *scan.Finding) { f.Suppression = &scan.Suppression{Kind: scan.SuppressedBaseline} }},
		{"a rule without a provider", func(f *scan.Finding) { f.RuleID = "GENERIC_PASSWORD" }},
		{"a rule that nobody knows", func(f *scan.Finding) { f.RuleID = "MINE" }},
		{"another tool's", func(f *scan.Finding) { f.Engine = "import" }},
		{"without text", func(f *scan.Finding) { f.Secret = scan.NewSecret("") }},
		{"encoded", func(f *scan.Finding) {
			f.Secret = scan.NewSecret("Z2hwXzAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAx")
		}},
		{"with more around it", func(f *scan.Finding) { f.Secret = scan.NewSecret(f.Secret.Reveal() + "\r\nX-Other: 1") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var calls []string
			f := githubToken(1)
			c.change(&f)
			list, notes := ask(t, verify.Options{Transport: alive(&calls)}, f)
			require.Empty(t, calls)
			require.Empty(t, notes)
			require.Equal(t, f, list[0])
		})
	}
}

func TestSuppressedTwinStaysAsItIs(t *testing.T) {
	t.Parallel()
	var calls []string
	twin := githubToken(1)
	twin.Suppression = &scan.Suppression{Kind: scan.SuppressedPath}
	list, _ := ask(t, verify.Options{Transport: alive(&calls)}, twin, githubToken(1))
	require.Len(t, calls, 1)
	require.Equal(t, twin, list[0])
	require.Equal(t, scan.VerifyActive, list[1].Verified)
}

func TestTheWorstAreSentFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls []string
		list := many(7, githubToken)
		list[5].Severity = scan.SeverityCritical
		list[3].New = true
		list, notes := ask(t, verify.Options{Transport: alive(&calls), MaxSecrets: 3}, list...)
		require.Equal(t, []string{
			"Bearer " + list[5].Secret.Reveal(), "Bearer " + list[3].Secret.Reveal(), "Bearer " + list[0].Secret.Reveal(),
		}, calls)
		require.Equal(t, scan.VerifyNone, list[1].Verified)
		require.Equal(t, "verified: 3 secrets were sent to the providers (VERIFY): 3 active, 0 revoked, 0 unclear\n"+
			"not-verified: 4 secrets were not verified: one scan sends at most 3 secrets within 1m0s, and leaves a provider alone that does not answer or asks for a pause\n",
			notesText(notes))
	})
}

func TestOneHostIsAskedAtItsPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var times []time.Duration
		started := time.Now()
		record := transport(func(r *http.Request) (*http.Response, error) {
			times = append(times, time.Since(started))
			if len(times) == 2 {
				time.Sleep(400 * time.Millisecond)
			}
			return response(r, http.StatusOK, `{"login":"ann"}`), nil
		})
		ask(t, verify.Options{Transport: record}, many(4, githubToken)...)
		require.Equal(t, []time.Duration{0, 250 * time.Millisecond, 650 * time.Millisecond, 900 * time.Millisecond}, times)
	})
}

func TestFourHostsAreAskedAtOnce(t *testing.T) {
	t.Parallel()
	found := findings(t)
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		busy, most := map[string]int{}, 0
		slow := transport(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			busy[r.URL.Host]++
			require.Equal(t, 1, busy[r.URL.Host], r.URL.Host)
			most = max(most, len(busy))
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			delete(busy, r.URL.Host)
			return response(r, http.StatusOK, `{}`), nil
		})
		var list []scan.Finding
		for _, f := range found {
			list = append(list, f)
		}
		ask(t, verify.Options{Transport: slow}, list...)
		require.Equal(t, 4, most)
	})
}

func TestSilentProvider(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		silent := transport(func(r *http.Request) (*http.Response, error) {
			calls++
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		started := time.Now()
		list, notes := ask(t, verify.Options{Transport: silent}, many(5, githubToken)...)
		require.Equal(t, 20*time.Second, time.Since(started))
		require.Equal(t, 2, calls)
		require.Equal(t, scan.VerifyUnknown, list[1].Verified)
		require.Equal(t, scan.VerifyNone, list[2].Verified)
		require.Contains(t, notesText(notes), "verify-unclear: 2 answers of providers say nothing, and the severities stay: api.github.com (no answer in time) 2 times\n")
		require.Contains(t, notesText(notes), "not-verified: 3 secrets were not verified")
	})
}

func TestBodyThatNeverEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		drip := transport(func(r *http.Request) (*http.Response, error) {
			body, w := io.Pipe()
			context.AfterFunc(r.Context(), func() { _ = w.CloseWithError(r.Context().Err()) })
			go func() {
				for {
					if _, err := io.WriteString(w, " "); err != nil {
						return
					}
					select {
					case <-time.After(time.Second):
					case <-r.Context().Done():
						return
					}
				}
			}()
			return &http.Response{StatusCode: http.StatusOK, Body: body, Request: r}, nil
		})
		started := time.Now()
		list, _ := ask(t, verify.Options{Transport: drip}, githubToken(1))
		require.Equal(t, 10*time.Second, time.Since(started))
		require.Equal(t, scan.VerifyUnknown, list[0].Verified)
	})
}

// endless is a body without an end. It counts what is read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return copy(p, bytes.Repeat([]byte{' '}, len(p))), nil
}
func (e *endless) Close() error { return nil }

func TestBodyIsCapped(t *testing.T) {
	t.Parallel()
	body := &endless{}
	flood := transport(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: body, Request: r}, nil
	})
	list, _ := ask(t, verify.Options{Transport: flood}, githubToken(1))
	require.Equal(t, scan.VerifyUnknown, list[0].Verified)
	require.LessOrEqual(t, body.read, 128<<10)
}

func TestBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := transport(func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(3 * time.Second):
				return response(r, http.StatusOK, `{"login":"ann"}`), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		started := time.Now()
		list, notes := ask(t, verify.Options{Transport: slow, Budget: 10 * time.Second}, many(50, githubToken)...)
		require.Equal(t, 10*time.Second, time.Since(started))
		require.Equal(t, scan.VerifyActive, list[2].Verified)
		require.Equal(t, scan.VerifyUnknown, list[3].Verified)
		require.Equal(t, scan.VerifyNone, list[4].Verified)
		require.Contains(t, notesText(notes), "not-verified: 46 secrets were not verified: one scan sends at most 200 secrets within 10s")
	})
}

func TestCancellationEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		v := verify.New(rules(t), verify.Options{Transport: transport(func(r *http.Request) (*http.Response, error) {
			calls++
			time.AfterFunc(time.Second, cancel)
			<-r.Context().Done()
			return nil, r.Context().Err()
		})})
		started := time.Now()
		v.Verify(ctx, many(50, githubToken))
		require.Equal(t, time.Second, time.Since(started))
		require.Equal(t, 1, calls)
	})
}

func TestPauseIsHonoured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		busy := transport(func(r *http.Request) (*http.Response, error) {
			calls++
			return response(r, http.StatusTooManyRequests, `{"login":"ann"}`), nil
		})
		list, notes := ask(t, verify.Options{Transport: busy}, many(3, githubToken)...)
		require.Equal(t, 1, calls)
		require.Equal(t, scan.VerifyUnknown, list[0].Verified)
		require.Contains(t, notesText(notes), "verify-unclear: 1 answer of a provider says nothing, and the severities stay: api.github.com (too many calls)\n")
		require.Contains(t, notesText(notes), "not-verified: 2 secrets were")
	})
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	p := &provider{answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "session=1")
		http.Redirect(w, r, "https://elsewhere.example/user", http.StatusTemporaryRedirect)
	}}
	list, notes := ask(t, verify.Options{Transport: dial(t, p)}, githubToken(1), githubToken(2))
	require.Equal(t, []string{"GET https://api.github.com/user", "GET https://api.github.com/user"}, p.calls)
	require.Equal(t, scan.VerifyUnknown, list[0].Verified)
	require.Contains(t, notesText(notes), "api.github.com (a redirect) 2 times")
}

func TestNoCookies(t *testing.T) {
	t.Parallel()
	var cookies []string
	p := &provider{answer: func(w http.ResponseWriter, r *http.Request) {
		cookies = append(cookies, r.Header.Get("Cookie"))
		w.Header().Set("Set-Cookie", "session=1; Secure")
		_, _ = io.WriteString(w, `{"login":"ann"}`)
	}}
	ask(t, verify.Options{Transport: dial(t, p)}, githubToken(1), githubToken(2))
	require.Equal(t, []string{"", ""}, cookies)
}

// TestNoDoorShowsTheSecret lets every call fail in each way, with the worst error that a transport can return.
func TestNoDoorShowsTheSecret(t *testing.T) {
	t.Parallel()
	found := findings(t)
	failures := map[string]transport{
		"error that quotes the address": func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New(r.Header.Get("Authorization") + r.URL.RawQuery)}
		},
		"body that breaks off": func(r *http.Request) (*http.Response, error) {
			fail := io.NopCloser(io.MultiReader(strings.NewReader(r.URL.String()), brokenReader{r.URL.String()}))
			return &http.Response{StatusCode: http.StatusOK, Body: fail, Request: r}, nil
		},
		"echo": func(r *http.Request) (*http.Response, error) {
			return response(r, http.StatusTeapot, `{"message":"`+r.URL.String()+r.Header.Get("Authorization")+`"}`), nil
		},
		"redirect to itself": func(r *http.Request) (*http.Response, error) {
			out := response(r, http.StatusFound, "")
			out.Header.Set("Location", r.URL.String())
			return out, nil
		},
	}
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for id, f := range found {
				var log bytes.Buffer
				options := verify.Options{Transport: fail, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
				list, notes := ask(t, options, f)
				require.Equal(t, scan.VerifyUnknown, list[0].Verified, id)
				require.Contains(t, log.String(), id)
				text := f.Secret.Reveal()
				for _, form := range []string{text, url.QueryEscape(text), url.PathEscape(text), text[len(text)/2:]} {
					require.NotContains(t, log.String(), form, id)
					require.NotContains(t, notesText(notes), form, id)
					require.NotContains(t, list[0].Message, form, id)
				}
			}
		})
	}
}

type brokenReader struct{ address string }

func (b brokenReader) Read([]byte) (int, error) { return 0, errors.New("read " + b.address) }

func TestSameAnswersSameResult(t *testing.T) {
	t.Parallel()
	found := findings(t)
	var list []scan.Finding
	for _, id := range []string{"SLACK_BOT_TOKEN", "GITHUB_CLASSIC_PAT", "NPM_TOKEN", "STRIPE_SECRET_KEY", "TELEGRAM_BOT_TOKEN", "NOTION_TOKEN"} {
		list = append(list, found[id])
	}
	var first []scan.Finding
	var firstNotes []scan.Note
	for i := range 20 {
		answers := transport(func(r *http.Request) (*http.Response, error) {
			switch r.URL.Host {
			case "registry.npmjs.org":
				return response(r, http.StatusUnauthorized, `{}`), nil
			case "api.github.com":
				return response(r, http.StatusOK, `{"login":"ann"}`), nil
			case "slack.com":
				return nil, io.ErrUnexpectedEOF
			}
			return response(r, http.StatusForbidden, ``), nil
		})
		got, notes := ask(t, verify.Options{Transport: answers}, append([]scan.Finding{}, list...)...)
		if i == 0 {
			first, firstNotes = got, notes
			require.Equal(t, "verified: 6 secrets were sent to the providers (VERIFY): 1 active, 1 revoked, 4 unclear\n"+
				"verify-unclear: 4 answers of providers say nothing, and the severities stay: api.notion.com (HTTP 403), api.stripe.com (HTTP 403), "+
				"api.telegram.org (HTTP 403), slack.com (no connection)\n", notesText(notes))
			continue
		}
		require.Equal(t, first, got)
		require.Equal(t, firstNotes, notes)
	}
}
