package openid

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/scan/display"
)

const (
	// clockSkew is by how much the clocks of the issuer and of this server may differ.
	clockSkew = time.Minute
	// maxToken bounds the ID token, in bytes.
	maxToken = 256 << 10
	// maxSaid bounds what is shown of the provider's words, in columns.
	maxSaid = 160
)

// Finish implements [access.Provider].
func (p *Provider) Finish(ctx context.Context, callback string, a *access.Attempt, query url.Values) (*access.Person, error) {
	at, err := p.issuer(ctx)
	if err != nil {
		return nil, err
	}
	if from := query.Get("iss"); from != "" && from != p.config.Issuer || from == "" && at.meta.NamesIssuer {
		return nil, p.unverified("the callback names another issuer (RFC 9207)")
	}
	if code := query.Get("error"); code != "" {
		return nil, p.refused(code, query.Get("error_description"), a)
	}
	if query.Get("code") == "" {
		return nil, p.unverified("the callback has no code")
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(at, callback).Exchange(ctx, query.Get("code"), oauth2.VerifierOption(a.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response.StatusCode < 500:
		// Its body is not told: it may repeat what was sent.
		return nil, p.refused(refused.ErrorCode, refused.ErrorDescription, a, query.Get("code"))
	case errors.As(err, &refused):
		return nil, &access.UnavailableError{Err: errors.New("its token endpoint answers " + display.Line(refused.Response.Status))}
	case err != nil:
		return nil, &access.UnavailableError{Err: told(err)}
	}
	claims, err := p.verify(ctx, at, token, a)
	if err != nil {
		return nil, err
	}
	if err := p.complete(ctx, at, token, claims); err != nil {
		return nil, err
	}
	return p.person(claims), nil
}

// verify checks the ID token (https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation) and gives its claims.
func (p *Provider) verify(ctx context.Context, at *issuer, token *oauth2.Token, a *access.Attempt) (claims, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" || len(raw) > maxToken {
		return nil, p.unverified("the provider sent no ID token, or one that is too long")
	}
	id, err := at.verifier.Verify(ctx, raw)
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return nil, &access.NotAdmittedError{Text: p.config.Title + " sent an answer that has expired. Try again; if that does not help, the clocks of the two servers differ.", Reason: "the ID token has expired"}
	case err != nil:
		return nil, p.unverified("the ID token is not valid: " + told(err).Error())
	case a.Nonce == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.Nonce)) != 1:
		return nil, p.unverified("the ID token was made for another sign-in")
	}
	var all claims
	if err := id.Claims(&all); err != nil {
		return nil, p.unverified("the claims cannot be read")
	}
	if party := all.text("azp"); party != "" && party != p.config.ClientID || party == "" && len(id.Audience) > 1 {
		return nil, p.unverified("the ID token was made for another client")
	}
	if id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil {
		return nil, p.unverified("the access token does not belong to the ID token")
	}
	return all, nil
}

// complete asks the provider for claims that the ID token leaves out. Without that, a missing claim would look like no group at all.
func (p *Provider) complete(ctx context.Context, at *issuer, token *oauth2.Token, all claims) error {
	if all.elsewhere(p.config.GroupsClaim) {
		return &access.NotAdmittedError{
			Text:   p.config.Title + " does not tell your groups, because there are too many of them. Ask an administrator to let it send only the groups that this server needs.",
			Reason: "the claim " + p.config.GroupsClaim + " is not in the ID token: the provider wants it to be asked for elsewhere",
		}
	}
	wanted := []string{p.config.NameClaim, p.config.GroupsClaim, "email"}
	if at.provider.UserInfoEndpoint() == "" || !slices.ContainsFunc(wanted, func(name string) bool { return name != "" && !all.has(name) }) {
		return nil
	}
	info, err := at.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return &access.UnavailableError{Err: errors.New("its userinfo endpoint gives no claims")}
	}
	if info.Subject != all.text("sub") {
		return p.unverified("the userinfo endpoint tells of another person")
	}
	var more claims
	if err := info.Claims(&more); err != nil {
		return p.unverified("the claims of the userinfo endpoint cannot be read")
	}
	if !all.has("email") {
		// They belong together.
		delete(all, "email_verified")
		wanted = append(wanted, "email_verified")
	}
	for _, name := range wanted {
		if value, ok := more[name]; ok && !all.has(name) {
			all[name] = value
		}
	}
	return nil
}

// person reads the claims. They are taken as they are; access.Control takes what is usable.
func (p *Provider) person(all claims) *access.Person {
	return &access.Person{
		Identity: accounts.Identity{Issuer: p.config.Issuer, Subject: all.text("sub")},
		Names:    []string{all.text(p.config.NameClaim)}, Email: all.text("email"), EmailVerified: all.truth("email_verified"), Groups: all.list(p.config.GroupsClaim),
	}
}

// unverified says that the provider's answer is not to be trusted.
func (p *Provider) unverified(reason string) error {
	return &access.NotAdmittedError{Text: "The answer of " + p.config.Title + " could not be verified. Try again; the audit log of this server tells why it was refused.", Reason: reason}
}

// refused says in the provider's words why it refuses. Secrets that its words repeat are left out.
func (p *Provider) refused(code, description string, a *access.Attempt, secrets ...string) error {
	said := display.Words(code)
	if description != "" {
		said += " (" + display.Words(description) + ")"
	}
	for _, secret := range append(secrets, p.config.ClientSecret.Reveal(), url.QueryEscape(p.config.ClientSecret.Reveal()), a.Verifier, a.Nonce, a.State) {
		if secret != "" {
			said = strings.ReplaceAll(said, secret, "[redacted]")
		}
	}
	said = display.CutEnd(said, maxSaid)
	if said == "" {
		said = "no reason given"
	}
	return &access.NotAdmittedError{Text: p.config.Title + " did not sign you in: " + said, Reason: "the provider refused: " + said}
}
