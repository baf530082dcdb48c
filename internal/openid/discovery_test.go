package openid_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/openid"
	"github.com/sluice-scan/sluice/internal/testissuer"
)

// clock is a time that a test sets.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// TestAnIssuerThatIsDown: nothing is asked before somebody signs in; a failure is remembered for a moment; then it is tried again.
func TestAnIssuerThatIsDown(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	i.Do(func(b *testissuer.Behaviour) { b.Down = true })
	now := &clock{at: time.Now()}
	c := config(i)
	c.Now = now.now
	p := provider(t, &c)
	const document = "/.well-known/openid-configuration"
	require.Zero(t, i.Asked(document))
	var unavailable *access.UnavailableError
	require.ErrorAs(t, p.Ready(t.Context()), &unavailable)
	asked := i.Asked(document)
	_, err := p.Begin(t.Context(), callback, attempt("1"))
	require.ErrorAs(t, err, &unavailable)
	_, err = p.Finish(t.Context(), callback, attempt("1"), url.Values{"code": {"x"}})
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, asked, i.Asked(document), "it is not asked again at once")
	i.Do(func(b *testissuer.Behaviour) { b.Down = false })
	require.Error(t, p.Ready(t.Context()))
	now.pass(11 * time.Second)
	require.NoError(t, p.Ready(t.Context()))
	_, err = finish(t, p)
	require.NoError(t, err)

	now.pass(50 * time.Minute)
	asked = i.Asked(document)
	require.NoError(t, p.Ready(t.Context()))
	require.Equal(t, asked, i.Asked(document))
	now.pass(20 * time.Minute)
	i.Do(func(b *testissuer.Behaviour) { b.Down = true })
	require.NoError(t, p.Ready(t.Context()), "what was known still counts")
	require.Greater(t, i.Asked(document), asked)
	asked = i.Asked("/token")
	_, err = p.Finish(t.Context(), callback, attempt("1"), url.Values{"code": {"x"}})
	require.ErrorAs(t, err, &unavailable)
	require.Positive(t, i.Asked("/token")-asked)
}

// TestOneWhoIsGoneSaysNothingAboutTheIssuer.
func TestOneWhoIsGoneSaysNothingAboutTheIssuer(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	c := config(i)
	p := provider(t, &c)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, p.Ready(gone))
	require.NoError(t, p.Ready(t.Context()))
}

// TestManyAskTheIssuerOnce.
func TestManyAskTheIssuerOnce(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	c := config(i)
	p := provider(t, &c)
	errs := make([]error, 20)
	var wait sync.WaitGroup
	for n := range errs {
		wait.Go(func() { errs[n] = p.Ready(t.Context()) })
	}
	wait.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, 1, i.Asked("/.well-known/openid-configuration"))
}

// TestABadConfigurationIsTold, and a bad document.
func TestABadConfigurationIsTold(t *testing.T) {
	t.Parallel()
	for issuer, words := range map[string]string{
		"": "not an address", "login.example.com": "not an address", "http://login.example.com": "https://", "https://user:pass@login.example.com": "must not hold", "https://login.example.com/?x": "no query",
		"ftp://login.example.com": "https://", "https://login.example.com#x": "not an address", "javascript:alert(1)": "not an address",
	} {
		_, err := openid.New(openid.Config{Issuer: issuer, ClientID: "x"})
		require.ErrorContains(t, err, words, issuer)
	}
	_, err := openid.New(openid.Config{Issuer: "https://login.example.com"})
	require.ErrorContains(t, err, "client id")
	i := testissuer.New(t)
	for name, value := range map[string]string{"token_endpoint": "http://evil.example/token", "authorization_endpoint": "javascript:alert(1)", "jwks_uri": "", "userinfo_endpoint": "file:///etc/passwd", "issuer": "https://evil.example"} {
		i.Do(func(b *testissuer.Behaviour) { b.Document = func(d map[string]any) { d[name] = value } })
		c := config(i)
		var unavailable *access.UnavailableError
		require.ErrorAs(t, provider(t, &c).Ready(t.Context()), &unavailable, name)
	}
	i.Do(func(b *testissuer.Behaviour) {
		b.Document = func(d map[string]any) { d["x"] = strings.Repeat("x", 2<<20) }
	})
	c := config(i)
	require.ErrorContains(t, provider(t, &c).Ready(t.Context()), "more than")
}

// TestTheCertificateIsChecked against the given authorities.
func TestTheCertificateIsChecked(t *testing.T) {
	t.Parallel()
	i := testissuer.NewTLS(t)
	c := config(i)
	require.ErrorContains(t, provider(t, &c).Ready(t.Context()), "certificate")
	certificate, err := x509.ParseCertificate(i.Certificate())
	require.NoError(t, err)
	c.Roots = x509.NewCertPool()
	c.Roots.AddCert(certificate)
	require.NoError(t, provider(t, &c).Ready(t.Context()))
}
