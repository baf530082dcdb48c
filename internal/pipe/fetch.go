package pipe

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// fetchTime bounds one fetch of a missing commit.
const fetchTime = 2 * time.Minute

// fetch brings a branch or a commit that the clone does not hold: through the auth proxy, which adds its credentials to
// git over http as well, or with the access token over https.
func (p *publisher) fetch(ctx context.Context, r *scan.Repository, want string, depth int) error {
	origin := p.config.Pipeline.GitOrigin
	if origin == "" {
		return errors.New("BITBUCKET_GIT_HTTP_ORIGIN is not set")
	}
	options := scan.FetchOptions{URL: origin, Want: []string{want}, Depth: depth}
	a := &p.config.Access
	switch {
	case p.connection == nil:
		return errors.New("Bitbucket cannot be reached")
	case p.connection.Proxy != "":
		options.Proxy = p.connection.Proxy
		options.URL = "http://" + strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")
	default:
		options.URL = "https://" + strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")
		switch {
		case !a.AccessToken.Empty() && p.config.Product() == bitbucket.Cloud:
			options.Username, options.Password = "x-token-auth", a.AccessToken
		case !a.AccessToken.Empty():
			options.Password = a.AccessToken
		case !a.APIToken.Empty() && p.config.Product() == bitbucket.Cloud:
			options.Username, options.Password = "x-bitbucket-api-token-auth", a.APIToken
		case !a.APIToken.Empty():
			options.Username, options.Password = a.Username, a.APIToken
		case !a.AppPassword.Empty():
			options.Username, options.Password = a.Username, a.AppPassword
		}
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	return r.Fetch(ctx, options)
}
