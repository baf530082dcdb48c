package pipe

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/scan/git"
)

// fetchTime limits one fetch of a missing commit.
const fetchTime = 2 * time.Minute

// fetch is [Fetcher] with the connection of this run.
func (p *publisher) fetch() func(ctx context.Context, r *git.Repository, want string, depth int) error {
	return Fetcher(p.config, func() (*Connection, error) {
		if p.connection == nil {
			return nil, errors.New("Bitbucket cannot be reached")
		}
		return p.connection, nil
	})
}

// Fetcher returns a function that fetches a branch or a commit that the clone does not contain. It uses the auth proxy,
// which also adds its credentials to git over http, or the access token over https. It calls connect only if something
// is missing.
func Fetcher(c *Config, connect func() (*Connection, error)) func(ctx context.Context, r *git.Repository, want string, depth int) error {
	return func(ctx context.Context, r *git.Repository, want string, depth int) error {
		if c.Pipeline.GitOrigin == "" {
			return errors.New("BITBUCKET_GIT_HTTP_ORIGIN is not set")
		}
		connection, err := connect()
		if err != nil {
			return err
		}
		options := fetchOptions(c, connection)
		options.Want, options.Depth = []string{want}, depth
		ctx, cancel := context.WithTimeout(ctx, fetchTime)
		defer cancel()
		return r.Fetch(ctx, options)
	}
}

func fetchOptions(c *Config, connection *Connection) git.FetchOptions {
	origin, a := c.Pipeline.GitOrigin, &c.Access
	options := git.FetchOptions{URL: origin}
	switch {
	case connection.Proxy != "":
		options.Proxy = connection.Proxy
		options.URL = "http://" + strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")
	default:
		options.URL = "https://" + strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")
		switch {
		case !a.AccessToken.Empty() && c.Product() == bitbucket.Cloud:
			options.Username, options.Password = "x-token-auth", a.AccessToken
		case !a.AccessToken.Empty():
			options.Password = a.AccessToken
		case !a.APIToken.Empty() && c.Product() == bitbucket.Cloud:
			options.Username, options.Password = "x-bitbucket-api-token-auth", a.APIToken
		case !a.APIToken.Empty():
			options.Username, options.Password = a.Username, a.APIToken
		case !a.AppPassword.Empty():
			options.Username, options.Password = a.Username, a.AppPassword
		}
	}
	return options
}
