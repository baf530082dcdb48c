package fakebitbucket

import (
	"strings"
	"time"
)

// Option changes a Server, at New or later through Set.
type Option func(*config)

type config struct {
	behaviour       Behaviour
	now             func() time.Time
	linkBase        string
	repositories    []Repository
	commits         []string
	pullRequests    map[int]PullRequest
	credentials     []credential
	consumers       []consumer
	rateLimit       int
	rateWindow      time.Duration
	dataCenter      bool
	subPath         string
	dataCenterLimit int
	version         string
}

func defaults() config {
	return config{
		now: time.Now, linkBase: "https://api.bitbucket.org", pullRequests: map[int]PullRequest{},
		dataCenterLimit: 1000, version: "9.4.2",
	}
}

// Repository is a repository that the server knows.
type Repository struct {
	// Workspace is the workspace's slug; on Data Center the key of the project.
	Workspace string
	Slug      string
	// WorkspaceUUID and UUID, with braces, are other names of the two on Cloud; empty means none.
	WorkspaceUUID, UUID string
}

// PullRequest is an open pull request that the server knows.
type PullRequest struct {
	ID                int
	SourceCommit      string // full hash; Cloud shows its first 12 characters
	SourceBranch      string
	DestinationCommit string
	DestinationBranch string
}

// WithBehaviour answers the open questions about Bitbucket.
func WithBehaviour(b Behaviour) Option { return func(c *config) { c.behaviour = b } }

// WithClock sets the clock of timestamps, of token lifetimes and of the rate limit; the default is time.Now.
func WithClock(now func() time.Time) Option { return func(c *config) { c.now = now } }

// WithLinkBase sets scheme and host of the next links in paged answers. The default is the real one,
// https://api.bitbucket.org; a client of a test listener needs the listener's URL.
func WithLinkBase(base string) Option {
	return func(c *config) { c.linkBase = strings.TrimSuffix(base, "/") }
}

// WithRepositories adds repositories. Without any, every repository exists.
func WithRepositories(repositories ...Repository) Option {
	return func(c *config) { c.repositories = append(c.repositories, repositories...) }
}

// WithKnownCommits adds full hashes of pushed commits. Without any, every commit exists. With them, Cloud also accepts
// unambiguous prefixes of at least 7 characters.
func WithKnownCommits(hashes ...string) Option {
	return func(c *config) {
		for _, hash := range hashes {
			c.commits = append(c.commits, strings.ToLower(hash))
		}
	}
}

// WithPullRequests adds pull requests. Without any, comments are accepted for every number, but no pull request can be
// read.
func WithPullRequests(pullRequests ...PullRequest) Option {
	return func(c *config) {
		for _, pr := range pullRequests {
			c.pullRequests[pr.ID] = pr
		}
	}
}

// WithBearer accepts an access token; without scopes it may do everything. Once a server has a bearer token, basic pair
// or OAuth consumer, a direct request needs a credential.
func WithBearer(token string, scopes ...string) Option {
	return func(c *config) { c.credentials = append(c.credentials, credential{bearer: token, scopes: scopes}) }
}

// WithBasic accepts a user (or e-mail) and its password or token, as WithBearer does.
func WithBasic(user, password string, scopes ...string) Option {
	return func(c *config) {
		c.credentials = append(c.credentials, credential{user: user, password: password, scopes: scopes})
	}
}

// WithOAuthConsumer accepts client credentials at /site/oauth2/access_token and issues tokens with the given lifetime; 0
// means 2 h.
func WithOAuthConsumer(id, secret string, lifetime time.Duration, scopes ...string) Option {
	return func(c *config) {
		c.consumers = append(c.consumers, consumer{id, secret, orElse(lifetime, 2*time.Hour), scopes})
	}
}

// WithRateLimit answers 429 to every request of one credential beyond limit within the rolling window; a window of 0
// means an hour. A limit of 0, the default, switches it off.
func WithRateLimit(limit int, window time.Duration) Option {
	return func(c *config) { c.rateLimit, c.rateWindow = limit, orElse(window, time.Hour) }
}

// WithDataCenter serves Data Center below subPath ("" or "/" for none, otherwise like "/bitbucket") next to Cloud.
func WithDataCenter(subPath string) Option {
	return func(c *config) { c.dataCenter, c.subPath = true, "/"+strings.Trim(subPath, "/") }
}

// WithDataCenterLimit sets the administrator's limit of annotations per report; the default is 1000.
func WithDataCenterLimit(limit int) Option { return func(c *config) { c.dataCenterLimit = limit } }

// WithDataCenterVersion sets the version in application-properties.
func WithDataCenterVersion(version string) Option { return func(c *config) { c.version = version } }
