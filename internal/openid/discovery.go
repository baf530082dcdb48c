package openid

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

const (
	// discoveryTime is how long somebody waits for what the issuer says about itself.
	discoveryTime = 5 * time.Second
	// knownFor is how long that is believed; then keys that the issuer took back no longer count. If the issuer is down then, the last answer
	// still counts.
	knownFor = time.Hour
	// failedFor is how long a failure is believed, so that many people do not wait for a dead issuer one after another.
	failedFor = 10 * time.Second
	// maxReason bounds how much of an error is told, in columns.
	maxReason = 300
)

// issuer is what an issuer says about itself (https://openid.net/specs/openid-connect-discovery-1_0.html).
type issuer struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	meta     metadata
}

// metadata is the part of the issuer's document that the library leaves out.
type metadata struct {
	TokenAuth []string `json:"token_endpoint_auth_methods_supported"`
	// NamesIssuer promises the issuer in every callback (RFC 9207).
	NamesIssuer bool   `json:"authorization_response_iss_parameter_supported"`
	Keys        string `json:"jwks_uri"`
}

// style is how this server proves to the token endpoint who it is.
func (i *issuer) style(secret scan.Secret) oauth2.AuthStyle {
	if secret.Empty() || len(i.meta.TokenAuth) > 0 && !slices.Contains(i.meta.TokenAuth, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// discovery keeps the last answer of the issuer, and the last failure.
type discovery struct {
	// turn is held by the one who asks. The others wait for that answer.
	turn chan struct{}

	mu       sync.Mutex
	last     *issuer
	until    time.Time
	failure  error
	failedAt time.Time
}

func newDiscovery() discovery { return discovery{turn: make(chan struct{}, 1)} }

// answer gives what is known at a time; fresh is false when the issuer is to be asked.
func (d *discovery) answer(now time.Time) (at *issuer, err error, fresh bool) { //nolint:revive // the error is a remembered one
	d.mu.Lock()
	defer d.mu.Unlock()
	failed := d.failure != nil && now.Before(d.failedAt.Add(failedFor))
	switch {
	case d.last != nil && (failed || now.Before(d.until)):
		return d.last, nil, true
	case failed:
		return nil, d.failure, true
	}
	return nil, nil, false
}

// issuer gives what the issuer says about itself. The error is an [access.UnavailableError].
func (p *Provider) issuer(ctx context.Context) (*issuer, error) {
	ctx, cancel := context.WithTimeout(ctx, discoveryTime)
	defer cancel()
	d := &p.known
	if at, err, fresh := d.answer(p.config.Now()); fresh {
		return at, err
	}
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, &access.UnavailableError{Err: context.Cause(ctx)}
	}
	if at, err, fresh := d.answer(p.config.Now()); fresh {
		return at, err
	}
	at, err := p.discover(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	now := p.config.Now()
	if err == nil {
		d.last, d.until, d.failure = at, now.Add(knownFor), nil
		return at, nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		// The one who asked is gone, which says nothing about the issuer.
		return nil, &access.UnavailableError{Err: context.Cause(ctx)}
	}
	d.failure, d.failedAt = &access.UnavailableError{Err: err}, now
	if d.last != nil {
		return d.last, nil
	}
	return nil, d.failure
}

// discover asks the issuer.
func (p *Provider) discover(ctx context.Context) (*issuer, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.config.Issuer)
	if err != nil {
		return nil, told(err)
	}
	at := &issuer{provider: provider}
	if err := provider.Claims(&at.meta); err != nil {
		return nil, told(err)
	}
	endpoint := provider.Endpoint()
	for name, address := range map[string]string{"authorization_endpoint": endpoint.AuthURL, "token_endpoint": endpoint.TokenURL, "jwks_uri": at.meta.Keys} {
		if err := checkAddress(address, p.config.Issuer); err != nil {
			return nil, fmt.Errorf("the %s of %s cannot be used: %w", name, p.config.Issuer, err)
		}
	}
	if address := provider.UserInfoEndpoint(); address != "" {
		if err := checkAddress(address, p.config.Issuer); err != nil {
			return nil, fmt.Errorf("the userinfo_endpoint of %s cannot be used: %w", p.config.Issuer, err)
		}
	}
	// A clock that is a little fast must not refuse a token that has just been made for a short time.
	at.verifier = provider.Verifier(&oidc.Config{ClientID: p.config.ClientID, Now: func() time.Time { return p.config.Now().Add(-clockSkew) }})
	return at, nil
}

// told makes an error of the provider fit for a log: short, and without control characters.
func told(err error) error {
	return errors.New(display.CutEnd(display.Words(err.Error()), maxReason))
}
