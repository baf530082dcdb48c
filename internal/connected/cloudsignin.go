package connected

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/rights"
	"github.com/sluice-scan/sluice/scan"
)

// Consumer is the OAuth consumer of Bitbucket Cloud by which people sign in. Its callback address there is that of the
// sign-in page's way; it needs the scopes account and repository
// (https://developer.atlassian.com/cloud/bitbucket/oauth-2/).
type Consumer struct {
	Key    string
	Secret scan.Secret
}

// cloudSite is where people sign in.
const cloudSite = "https://bitbucket.org"

// maxCloudPages bounds a list of Cloud: 20,000 repositories.
const maxCloudPages = 200

// cloudWay lets people sign in at Bitbucket Cloud, for one workspace.
type cloudWay struct {
	set       *Set
	id        int64
	workspace string
}

var _ access.Provider = (*cloudWay)(nil)

func (w *cloudWay) config(callback string) *oauth2.Config {
	c := w.set.o.Consumer
	return &oauth2.Config{
		ClientID: c.Key, ClientSecret: c.Secret.Reveal(), RedirectURL: callback,
		Endpoint: oauth2.Endpoint{AuthURL: cloudSite + "/site/oauth2/authorize", TokenURL: cloudSite + "/site/oauth2/access_token", AuthStyle: oauth2.AuthStyleInHeader},
	}
}

// network is the context in which tokens are asked for. Redirects are not followed: a code or a token would go with them.
func (w *cloudWay) network(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: w.set.o.Transport, Timeout: signInTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
}

// Ready implements access.Provider. Bitbucket Cloud has nothing to ask beforehand.
func (w *cloudWay) Ready(context.Context) error { return nil }

// Begin implements access.Provider. A server that does not know PKCE ignores the challenge.
func (w *cloudWay) Begin(_ context.Context, callback string, a *access.Attempt) (string, error) {
	return w.config(callback).AuthCodeURL(a.State, oauth2.S256ChallengeOption(a.Verifier)), nil
}

// Finish implements access.Provider.
func (w *cloudWay) Finish(ctx context.Context, callback string, a *access.Attempt, query url.Values) (*access.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	if query.Get("code") == "" {
		return nil, &access.NotAdmittedError{Text: "Bitbucket did not let you in, or you did not agree. Try again.", Reason: "the answer has no code: " + access.Shortened(query.Get("error"))}
	}
	token, err := w.config(callback).Exchange(w.network(ctx), query.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return nil, tokenProblem(err)
	}
	who, may, err := w.ask(ctx, token.AccessToken)
	switch {
	case errors.Is(err, bitbucket.ErrCredential), errors.Is(err, bitbucket.ErrNotPermitted), errors.Is(err, errNotOfWorkspace):
		return nil, &access.NotAdmittedError{Text: "Bitbucket does not say what you may see in the workspace " + w.workspace + ". Are you a member?", Reason: "the workspace is not open to the user"}
	case err != nil:
		return nil, &access.UnavailableError{Err: err}
	}
	return &access.Person{
		Identity: accounts.Identity{Issuer: cloudSite, Subject: who.AccountID}, Names: []string{who.Nickname},
		Settle: func(ctx context.Context, account int64) error {
			x := &rights.Account{Account: account, Connection: w.id, Name: who.Nickname, Subject: who.AccountID}
			if token.RefreshToken != "" {
				x.Token = w.set.o.Box.Seal(token.RefreshToken, rights.Place(account, w.id))
			}
			return w.set.o.Store.Rights.Save(ctx, x, may)
		},
	}, nil
}

// tokenProblem says why there is no token. The errors of the library quote the answer, which may hold one.
func tokenProblem(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response.StatusCode < 500 {
		return &access.NotAdmittedError{Text: "Bitbucket did not accept the sign-in. Try again; if that does not help, an administrator checks the consumer's key and secret.", Reason: fmt.Sprintf("the code is refused: %d %s", refused.Response.StatusCode, access.Shortened(refused.ErrorCode))}
	}
	if refused != nil {
		return &access.UnavailableError{Err: fmt.Errorf("the token endpoint answers %d", refused.Response.StatusCode)}
	}
	var named *url.Error
	if errors.As(err, &named) {
		return &access.UnavailableError{Err: named.Err}
	}
	return &access.UnavailableError{Err: errors.New("the token endpoint gives no token")}
}

// cloudUser is a user as the API sends it. The account id never changes; the nickname may.
type cloudUser struct {
	AccountID string `json:"account_id"`
	Nickname  string `json:"nickname"`
}

// errNotOfWorkspace means that a user is no member of the workspace.
var errNotOfWorkspace = errors.New("the user is not a member of the workspace")

// ask asks as a user who that is, and which repositories of the workspace the user may see.
func (w *cloudWay) ask(ctx context.Context, token string) (who cloudUser, may []rights.Right, err error) {
	client, err := bitbucket.New(bitbucket.Options{Product: bitbucket.Cloud, Auth: bitbucket.Bearer(token), UserAgent: w.set.o.Agent, Log: w.set.o.Log, Transport: w.set.o.Transport, Limits: &bitbucket.Limits{Park: 5 * time.Second}})
	if err != nil {
		return who, nil, err
	}
	if err := client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: "/user", Out: &who}); err != nil {
		return who, nil, fmt.Errorf("ask who the user is: %w", err)
	}
	if who.AccountID == "" {
		return who, nil, errors.New("ask who the user is: the answer has no account_id")
	}
	roles := map[string]accounts.Role{"read": accounts.RoleRead, "write": accounts.RoleWrite, "admin": accounts.RoleWrite}
	err = client.Pages(ctx, "/user/workspaces"+bitbucket.Path(w.workspace, "permissions", "repositories"), nil, maxCloudPages, func(raw json.RawMessage) error {
		var row struct {
			Permission string `json:"permission"`
			Repository struct {
				UUID string `json:"uuid"`
			} `json:"repository"`
		}
		if err := json.Unmarshal(raw, &row); err != nil || row.Repository.UUID == "" {
			return errors.New("a repository of the list has no uuid")
		}
		if role, ok := roles[row.Permission]; ok {
			may = append(may, rights.Right{Identity: "cloud:" + row.Repository.UUID, Role: role})
		}
		return nil
	})
	if errors.Is(err, bitbucket.ErrNotFound) {
		err = errNotOfWorkspace
	}
	if err != nil {
		return who, nil, fmt.Errorf("list what the user may see: %w", err)
	}
	return who, may, nil
}

// again asks what an account may see, with the token that Bitbucket gave for that. fresh is the token for the next time,
// sealed; empty to keep the one that is there.
func (w *cloudWay) again(ctx context.Context, x *rights.Account) (may []rights.Right, name, fresh string, err error) {
	if x.Token == "" {
		return nil, "", "", errAskNobody
	}
	kept, err := w.set.o.Box.Open(x.Token, rights.Place(x.Account, x.Connection))
	if err != nil {
		return nil, "", "", fmt.Errorf("%w: the token that was kept cannot be read", errDenied)
	}
	token, err := w.config("").TokenSource(w.network(ctx), &oauth2.Token{RefreshToken: kept}).Token()
	if err != nil {
		err = tokenProblem(err)
		var refused *access.NotAdmittedError
		if errors.As(err, &refused) {
			err = fmt.Errorf("%w: the token that was kept does not work any longer", errDenied)
		}
		return nil, "", "", err
	}
	who, may, err := w.ask(ctx, token.AccessToken)
	switch {
	case errors.Is(err, errNotOfWorkspace), errors.Is(err, bitbucket.ErrCredential), errors.Is(err, bitbucket.ErrNotPermitted):
		return nil, "", "", fmt.Errorf("%w: the workspace is not open to the user", errDenied)
	case err != nil:
		return nil, "", "", err
	case who.AccountID != x.Subject:
		return nil, "", "", fmt.Errorf("%w: the token belongs to somebody else", errDenied)
	}
	if token.RefreshToken != "" && token.RefreshToken != kept {
		fresh = w.set.o.Box.Seal(token.RefreshToken, rights.Place(x.Account, x.Connection))
	}
	return may, who.Nickname, fresh, nil
}
