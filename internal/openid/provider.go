// Package openid identifies people by OpenID Connect: the authorization code flow with PKCE
// (https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth, RFC 7636).
//
// [New] makes an [access.Provider] from a [Config]. It asks the issuer for nothing until somebody signs in, so a server starts while the
// issuer is down. It keeps what the issuer says about itself for an hour.
package openid

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/scan"
)

// Config says who identifies people, and as what this server is known there.
type Config struct {
	// Issuer is the URL of the provider, exactly as its tokens name it.
	Issuer string
	// Title is what people know the provider by.
	Title string
	// ClientID and ClientSecret are what the provider knows this server by. The secret is empty for a public client.
	ClientID     string
	ClientSecret scan.Secret
	// Scopes are what is asked for; "openid" is always among them.
	Scopes []string
	// NameClaim and GroupsClaim name the claims with the person's name and groups.
	NameClaim, GroupsClaim string
	// Roots are the authorities that vouch for the provider's certificate; nil means those of the system.
	Roots *x509.CertPool
	// Now is the time; nil means time.Now.
	Now func() time.Time
}

// Provider identifies people by OpenID Connect. It is safe for concurrent use.
type Provider struct {
	config Config
	client *http.Client
	known  discovery
}

// New checks a configuration. It asks nobody.
func New(c Config) (*Provider, error) {
	if err := checkAddress(c.Issuer, ""); err != nil {
		return nil, fmt.Errorf("the issuer %q: %w", c.Issuer, err)
	}
	if u, err := url.Parse(c.Issuer); err != nil || u.RawQuery != "" || u.ForceQuery {
		return nil, fmt.Errorf("the issuer %q: it must have no query", c.Issuer)
	}
	if c.ClientID == "" {
		return nil, errors.New("there is no client id: take the one under which the provider knows this server")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	scopes := []string{oidc.ScopeOpenID}
	for _, s := range c.Scopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	c.Scopes = scopes
	return &Provider{config: c, client: newClient(c.Roots), known: newDiscovery()}, nil
}

// checkAddress refuses an address that is not one of HTTPS. Plain HTTP is possible on this machine alone, for trying things out; issuer is
// then the issuer, which must be there too.
func checkAddress(text, issuer string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Fragment != "":
		return errors.New("it is not an address such as https://login.example.com")
	case u.User != nil:
		return errors.New("it must not hold a name or a password")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && loopback(u.Hostname()) && (issuer == "" || strings.HasPrefix(issuer, "http://")):
		return nil
	}
	return errors.New("it does not begin with https://")
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Ready implements [access.Provider]. It asks the issuer, unless that is known already.
func (p *Provider) Ready(ctx context.Context) error {
	_, err := p.issuer(ctx)
	return err
}

// Begin implements [access.Provider].
func (p *Provider) Begin(ctx context.Context, callback string, a *access.Attempt) (string, error) {
	at, err := p.issuer(ctx)
	if err != nil {
		return "", err
	}
	return p.oauth(at, callback).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// oauth is the client of the issuer's endpoints.
func (p *Provider) oauth(at *issuer, callback string) *oauth2.Config {
	endpoint := at.provider.Endpoint()
	endpoint.AuthStyle = at.style(p.config.ClientSecret)
	return &oauth2.Config{ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret.Reveal(), Endpoint: endpoint, RedirectURL: callback, Scopes: p.config.Scopes}
}
