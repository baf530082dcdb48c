package bitbucket

import "context"

// The names of users that git sends to Cloud with a token ("Using access tokens" and "Using API tokens",
// support.atlassian.com).
const (
	gitTokenUser    = "x-token-auth"
	gitAPITokenUser = "x-bitbucket-api-token-auth"
)

// GitAuthorization returns the value of the header Authorization for git over http, valid now; empty if there is no
// credential. An OAuth consumer gets a token for it.
func (c *Client) GitAuthorization(ctx context.Context) (string, error) {
	auth, err := c.credentials.API(ctx)
	if err != nil {
		return "", err
	}
	if c.product == DataCenter {
		return auth.Header(), nil
	}
	switch auth.kind {
	case authBearer:
		return basicHeader(gitTokenUser, auth.secret), nil
	case authBasic:
		return basicHeader(gitAPITokenUser, auth.secret), nil
	case authClient:
		token, err := c.accessToken(ctx, auth)
		if err != nil {
			return "", err
		}
		return basicHeader(gitTokenUser, token), nil
	}
	return "", nil
}
