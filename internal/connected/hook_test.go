package connected_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// hooked is a product whose webhooks reach a node.
type hooked struct {
	*product
	link string
	set  *connected.Set
}

func newHooked(t *testing.T, p *product, slugs ...string) *hooked {
	t.Helper()
	h := &hooked{product: p}
	var receiver atomic.Pointer[http.Handler]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*receiver.Load()).ServeHTTP(w, r) }))
	t.Cleanup(func() { p.Settle(); server.Close() })
	h.link = server.URL + "/sluice"
	p.add(slugs...)
	p.put(func(s *connected.Settings) { s.Webhooks = true })
	h.set, _ = p.nodeWith("n1", func(o *connected.Options) { o.Link = h.link })
	handler := h.set.Receiver()
	receiver.Store(&handler)
	p.sync()
	return h
}

// secretOf is the secret that the product got for its webhooks.
func (h *hooked) secretOf() string { return h.Hooks()[0].Secret }

func (h *hooked) address() string { return h.link + connected.HookPath + h.row().Hook.Path }

// TestAPushIsSeenByItsWebhook: the time between listings is an hour.
func TestAPushIsSeenByItsWebhook(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		for i, b := range []site.Behaviour{{}, {NoProjectHooks: true}, {Created: true, LeakSecrets: true}} {
			p.Set(b)
			p.RemoveHooks()
			slug := fmt.Sprintf("a%d", i)
			newHooked(t, p, slug)
			require.NotEmpty(t, p.Hooks())
			hash, err := p.Push("PAY", slug, "main", "", "x.txt", rand())
			require.NoError(t, err)
			testwait.Until(t, func() bool { return p.head(slug, "main") == hash }, "the push is seen")
			require.NoError(t, p.Branches("PAY", slug, "main", "side", "other"))
			testwait.Until(t, func() bool { return p.head(slug, "side") == hash && p.head(slug, "other") == hash }, "new branches are seen")
			require.NoError(t, p.DeleteBranch("PAY", slug, "side"))
			testwait.Until(t, func() bool { return p.head(slug, "side") == "" }, "a deleted branch is seen")
			require.Empty(t, p.row().Hook.Problem)
			require.False(t, p.row().Hook.Heard.IsZero())
			p.Move("PAY", slug, "PAY", slug+"-moved")
			testwait.Until(t, func() bool { return p.head(slug+"-moved", "main") == hash }, "a rename is seen")
		}
	})
}

func rand() string { return time.Now().String() }

// post sends a body to the receiver.
func (h *hooked) post(path string, body []byte, headers ...string) int {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, path, bytes.NewReader(body))
	require.NoError(h.t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(h.t, err)
	text, err := io.ReadAll(answer.Body)
	require.NoError(h.t, err)
	require.NoError(h.t, answer.Body.Close())
	require.NotContains(h.t, string(text), h.secretOf())
	return answer.StatusCode
}

func (h *hooked) looks() int {
	h.t.Helper()
	n, err := h.store.Connections.Looks(h.t.Context(), h.row().ID)
	require.NoError(h.t, err)
	return n
}

// TestOnlyASignedEventCounts tries every way round the signature.
func TestOnlyASignedEventCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		h := newHooked(t, p, "a")
		id, project := p.ID("PAY", "a"), 101
		event := fmt.Appendf(nil, `{"eventKey":"repo:refs_changed","repository":{"id":%d,"slug":"a","project":{"id":%d,"key":"PAY"}},"changes":[]}`, id, project)
		right := site.Sign(h.secretOf(), event)
		refused := map[string][]string{
			"no signature":         nil,
			"empty":                {"X-Hub-Signature", ""},
			"another secret":       {"X-Hub-Signature", site.Sign("x", event)},
			"an empty secret":      {"X-Hub-Signature", site.Sign("", event)},
			"another body":         {"X-Hub-Signature", site.Sign(h.secretOf(), append([]byte(" "), event...))},
			"without the scheme":   {"X-Hub-Signature", strings.TrimPrefix(right, "sha256=")},
			"sha1":                 {"X-Hub-Signature", strings.Replace(right, "sha256", "sha1", 1)},
			"cut":                  {"X-Hub-Signature", right[:len(right)-2]},
			"longer":               {"X-Hub-Signature", right + "00"},
			"two":                  {"X-Hub-Signature", "sha256=00", "X-Hub-Signature", right},
			"as a ping":            {"X-Event-Key", "diagnostics:ping"},
			"as a ping, wrong one": {"X-Event-Key", "diagnostics:ping", "X-Hub-Signature", site.Sign("x", event)},
		}
		for name, headers := range refused {
			require.Equal(t, http.StatusUnauthorized, h.post(h.address(), event, headers...), name)
		}
		require.False(t, h.row().Hook.Refused.IsZero())
		require.True(t, h.row().Hook.Heard.IsZero())
		require.Equal(t, http.StatusUnauthorized, h.post(h.address(), []byte(`{"changes":[]}`)), "a ping that names something")
		require.Equal(t, http.StatusUnauthorized, h.post(h.address(), []byte(`not JSON`)))
		for name, body := range map[string]string{"empty": "{}", "test": `{"test":true}`} {
			require.Equal(t, http.StatusOK, h.post(h.address(), []byte(body)), name)
			require.Equal(t, http.StatusOK, h.post(h.address(), []byte(body), "X-Event-Key", "diagnostics:ping"), name)
		}
		require.True(t, h.row().Hook.Heard.IsZero(), "the test call proves nothing")
		require.Equal(t, http.StatusNotFound, h.post(h.link+connected.HookPath+"x", event, "X-Hub-Signature", right))
		require.Equal(t, http.StatusNotFound, h.post(h.link+connected.HookPath, event, "X-Hub-Signature", right))
		require.Equal(t, http.StatusRequestEntityTooLarge, h.post(h.address(), bytes.Repeat([]byte(" "), 11<<20), "X-Hub-Signature", right))
		got, err := http.Get(h.address()) //nolint:noctx // a test
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		require.Equal(t, http.StatusMethodNotAllowed, got.StatusCode)

		// After a right signature the answer is always 200.
		for _, body := range []string{string(event), `[]`, `"x"`, `{"eventKey":"new:event"}`, `{"repository":{"id":1,"slug":"../x","project":{"key":"PAY"}}}`, `{"repository":null,"changes":[]}`, `{"pullRequest":{}}`,
			`{"repository":{"id":999,"slug":"unknown","project":{"id":9,"key":"NONE"}},"changes":[]}`} {
			require.Equal(t, http.StatusOK, h.post(h.address(), []byte(body), "X-Hub-Signature", site.Sign(h.secretOf(), []byte(body)), "X-Request-Id", rand()), body)
		}
		require.False(t, h.row().Hook.Heard.IsZero())
		testwait.Until(t, func() bool { return h.looks() == 0 }, "one that is unknown blocks nothing")
	})
}

// TestARepeatedDeliveryDoesNothing, also when all arrive at once.
func TestARepeatedDeliveryDoesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		h := newHooked(t, p, "a")
		body := fmt.Appendf(nil, `{"repository":{"id":%d,"slug":"a","project":{"id":101,"key":"PAY"}},"changes":[]}`, p.ID("PAY", "a"))
		asked := func() (n int) {
			for _, r := range p.Requests() {
				if strings.HasSuffix(r.Path, "/repos/a") {
					n++
				}
			}
			return n
		}
		for _, headers := range [][]string{{"X-Request-Id", "one"}, {"X-Request-Id", "two"}} {
			before := asked()
			var sending sync.WaitGroup
			for range 10 {
				sending.Go(func() {
					if status := h.post(h.address(), body, append(headers, "X-Hub-Signature", site.Sign(h.secretOf(), body))...); status != http.StatusOK {
						t.Error(status)
					}
				})
			}
			sending.Wait()
			testwait.Until(t, func() bool { return h.looks() == 0 && asked() > before }, "it is looked at")
			require.Equal(t, before+1, asked())
		}
	})
}

// TestWebhooksAreRepaired: deleted, switched off, sent elsewhere, doubled, with another secret.
func TestWebhooksAreRepaired(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		newHooked(t, p, "a")
		require.Len(t, p.Hooks(), 1)
		good := p.Hooks()[0]
		same := func() bool {
			list := p.Hooks()
			return len(list) == 1 && list[0].Active && list[0].Name == good.Name && list[0].URL == good.URL && list[0].Secret == good.Secret && slices.Equal(list[0].Events, good.Events)
		}
		for name, damage := range map[string]func(){
			"deleted":      func() { p.RemoveHooks() },
			"switched off": func() { p.ChangeHook(0, func(x *site.Hook) { x.Active = false }) },
			"sent elsewhere": func() {
				p.ChangeHook(0, func(x *site.Hook) { x.URL = "http://127.0.0.1:1/" + good.URL[strings.LastIndex(good.URL, "/")+1:] })
			},
			"with fewer events": func() { p.ChangeHook(0, func(x *site.Hook) { x.Events = x.Events[1:] }) },
			"renamed":           func() { p.ChangeHook(0, func(x *site.Hook) { x.Name = "x" }) },
		} {
			damage()
			require.False(t, same(), name)
			p.sync()
			require.True(t, same(), name)
		}
		// Another secret there: a wrong signature says so.
		p.ChangeHook(0, func(x *site.Hook) { x.Secret = "other" })
		_, err := p.Push("PAY", "a", "main", "", "x.txt", rand())
		require.NoError(t, err)
		testwait.Until(t, func() bool { return !p.row().Hook.Refused.IsZero() }, "it is refused")
		p.sync()
		require.True(t, same())
		require.True(t, p.row().Hook.Refused.IsZero())
		// An unclear answer makes no second webhook, and a second one goes.
		p.RemoveHooks()
		posts := 0
		p.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/webhooks") || posts > 0 {
				return false
			}
			posts++
			p.Intercept(nil)
			p.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusBadGateway)
			return true
		})
		p.sync()
		require.Equal(t, 1, posts)
		require.True(t, same())
		p.CopyHook(0)
		p.sync()
		require.True(t, same())
		// What is not ours stays.
		p.CopyHook(0)
		p.ChangeHook(1, func(x *site.Hook) { x.URL = "https://ci.example.com/hook" })
		p.sync()
		require.Len(t, p.Hooks(), 2)
		_, hooks, err := p.admin.Remove(t.Context(), p.row())
		require.NoError(t, err)
		require.NoError(t, hooks)
		require.Len(t, p.Hooks(), 1)
		require.Equal(t, "https://ci.example.com/hook", p.Hooks()[0].URL)
	})
}

// TestAnotherSecretLosesNoEvent: events signed with the former secret count while the webhooks change.
func TestAnotherSecretLosesNoEvent(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		h := newHooked(t, p, "a")
		old := h.secretOf()
		require.NoError(t, p.admin.NewSecret(t.Context(), p.row().ID))
		testwait.Until(t, func() bool { return h.secretOf() != old }, "the webhook changes")
		testwait.Until(t, func() bool { return h.set.Connections()[0].Key != 0 && p.row().Hook.Former != "" }, "the node knows both")
		body := []byte(`{"eventKey":"x"}`)
		for _, secret := range []string{old, h.secretOf()} {
			require.Equal(t, http.StatusOK, h.post(h.address(), body, "X-Hub-Signature", site.Sign(secret, body), "X-Request-Id", secret[:8]))
		}
		rows, err := p.store.Connections.Remotes(t.Context())
		require.NoError(t, err)
		require.NotContains(t, fmt.Sprintf("%+v", rows), h.secretOf(), "sealed")
		require.NotContains(t, fmt.Sprintf("%+v", rows), old)
	})
}

// TestOlderServersKnowFewerEvents: a webhook is refused as a whole for one event that the server does not know.
func TestOlderServersKnowFewerEvents(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.Know("repo:refs_changed", "repo:modified", "pr:opened")
		newHooked(t, p, "a")
		require.Equal(t, []string{"repo:refs_changed", "repo:modified", "pr:opened"}, p.Hooks()[0].Events)
		require.Empty(t, p.row().Hook.Problem)
	})
}

// TestARightThatIsMissingIsTold, and the listing works all the same.
func TestARightThatIsMissingIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.Allow(site.Credential{Secret: "reader", Project: "PAY", Level: site.Read})
		p.add("a")
		_, err := p.admin.Put(t.Context(), "bb", &connected.Settings{URL: p.base, Webhooks: true, Every: connected.Duration(time.Hour)}, &connected.Credential{Secret: "reader"})
		require.NoError(t, err)
		p.nodeWith("n1", func(o *connected.Options) { o.Link = "https://sluice.example.com" })
		p.sync()
		require.Contains(t, p.row().Hook.Problem, "must administer")
		require.Empty(t, p.row().Problem)
		require.Equal(t, "PAY/a", p.slugs())
	})
}

// TestWithoutAPublicAddressThereAreNoWebhooks, and people learn why.
func TestWithoutAPublicAddressThereAreNoWebhooks(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.add("a")
		p.put(func(s *connected.Settings) { s.Webhooks = true })
		p.node("n1")
		p.sync()
		require.Contains(t, p.row().Hook.Problem, "--link")
		require.Empty(t, p.Hooks())
	})
}

// TestLostEventsAreFoundByListings: every event is lost, doubled or late; in the end the store has what Bitbucket has.
func TestLostEventsAreFoundByListings(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		newHooked(t, p, "a", "b", "c")
		var mu sync.Mutex
		var held []site.Delivery
		n := 0
		p.Tamper(func(d site.Delivery) []site.Delivery {
			mu.Lock()
			defer mu.Unlock()
			n++
			switch n % 4 {
			case 0:
				return nil
			case 1:
				return []site.Delivery{d, d}
			case 2:
				held = append(held, d)
				return nil
			}
			list := slices.Clone(held)
			held = nil
			slices.Reverse(list)
			return append([]site.Delivery{d}, list...)
		})
		heads := map[string]string{}
		for i := range 12 {
			slug := []string{"a", "b", "c"}[i%3]
			hash, err := p.Push("PAY", slug, fmt.Sprintf("f%d", i%2), "main", "x.txt", rand())
			require.NoError(t, err)
			heads[slug+fmt.Sprintf(" f%d", i%2)] = hash
		}
		p.Settle()
		p.sync()
		for key, hash := range heads {
			slug, branch, _ := strings.Cut(key, " ")
			testwait.Until(t, func() bool { return p.head(slug, branch) == hash }, key)
		}
	})
}

// TestALookThatFailsIsTriedAgain, and does not stop those behind it.
func TestALookThatFailsIsTriedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		newHooked(t, p, "a", "b")
		p.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/repos/a") {
				w.WriteHeader(http.StatusConflict)
				return true
			}
			return false
		})
		_, err := p.Push("PAY", "a", "main", "", "x.txt", rand())
		require.NoError(t, err)
		hash, err := p.Push("PAY", "b", "main", "", "x.txt", rand())
		require.NoError(t, err)
		testwait.Until(t, func() bool { return p.head("b", "main") == hash }, "the other one is seen")
		testwait.Until(t, func() bool {
			n, err := p.store.Connections.Looks(t.Context(), p.row().ID)
			return err == nil && n == 1
		}, "it waits for its next attempt")
		_, err = p.store.Connections.NextLook(t.Context(), p.row().ID)
		require.Error(t, err, "but not now")
	})
}

// TestALookBelongsToOneNode: takers of one look at once, and an event that comes while it is looked at.
func TestALookBelongsToOneNode(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		p.put(nil)
		c, id := p.store.Connections, p.row().ID
		for range 3 {
			require.NoError(t, c.Ask(t.Context(), p.store.Write, id, connections.Look{Location: "x"}))
		}
		var taken atomic.Int64
		var look connections.Look
		var takers sync.WaitGroup
		var mu sync.Mutex
		for range 8 {
			takers.Go(func() {
				if l, err := c.NextLook(context.Background(), id); err == nil {
					taken.Add(1)
					mu.Lock()
					look = l
					mu.Unlock()
				}
			})
		}
		takers.Wait()
		require.EqualValues(t, 1, taken.Load())
		require.NoError(t, c.Ask(t.Context(), p.store.Write, id, connections.Look{Location: "x"}))
		require.NoError(t, c.Looked(t.Context(), id, look, 0))
		again, err := c.NextLook(t.Context(), id)
		require.NoError(t, err, "the event that came meanwhile")
		require.NoError(t, c.Looked(t.Context(), id, again, 0))
		n, err := c.Looks(t.Context(), id)
		require.NoError(t, err)
		require.Zero(t, n)
	})
}
