package datacenter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/mirror"
)

// Options configure a connection.
type Options struct {
	// Name is the name of the connection.
	Name   string
	Client *bitbucket.Client
	// Credentials let git in; the client has its own way to them.
	Credentials credential.Source
	// CAFile is a file with the authorities of the server; empty means those of the system.
	CAFile  string
	Mirrors *mirror.Mirrors
	Filter  connection.Filter
	Log     *slog.Logger
}

// Connection is a connection to one server. It is safe for concurrent use.
type Connection struct{ o Options }

// New returns a connection. It does not use the network.
func New(o Options) *Connection {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Connection{o}
}

var _ connection.Remote = (*Connection)(nil)

// api is the beginning of the paths of the main API.
const api = "/rest/api/latest"

// errAnonymous means that the server ignored the credential.
var errAnonymous = errors.New("the server took the request as anonymous: the credential is not one of this server, or was sent to the wrong address")

// atAddress explains why the first call of a check failed. Where nothing of Bitbucket answers, the advice about a missing
// repository would mislead.
func atAddress(err error) error {
	for _, kind := range []error{bitbucket.ErrNotFound, bitbucket.ErrNotJSON} {
		if errors.Is(err, kind) {
			return fmt.Errorf("there is no REST API of Bitbucket Data Center at this address: check the address, with its context path: %w", kind)
		}
	}
	return fmt.Errorf("ask for the version: %w", err)
}

// Check asks the server whether it accepts the credential.
func (c *Connection) Check(ctx context.Context) (who connection.Who, err error) {
	var properties struct{ Version string }
	if err := c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: api + "/application-properties", Out: &properties}); err != nil {
		return who, atAddress(err)
	}
	who.Version = properties.Version
	var header http.Header
	if err := c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: api + "/projects", Query: url.Values{"limit": {"1"}}, Header: &header}); err != nil {
		return who, fmt.Errorf("list the projects: %w", err)
	}
	name, err := url.PathUnescape(header.Get("X-AUSERNAME"))
	if err != nil {
		name = header.Get("X-AUSERNAME")
	}
	if name != "" && name != "anonymous" {
		who.User = name
		return who, nil
	}
	// A token of a project or repository belongs to no user. Only what is not public proves it.
	var list struct{ Values []struct{} }
	if err := c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: api + "/repos", Query: url.Values{"limit": {"1"}, "visibility": {"private"}}, Out: &list}); err != nil {
		return who, fmt.Errorf("list the repositories: %w", err)
	}
	if len(list.Values) == 0 {
		return who, errAnonymous
	}
	return who, nil
}

// Open implements connection.Connection: it brings the mirror up to date.
func (c *Connection) Open(ctx context.Context, location string) (dir string, release func(), err error) {
	at, ok := connection.ParseLocation(location)
	if !ok || at.Connection != c.o.Name {
		return "", nil, connection.ErrGone
	}
	// The links that the server names may lead elsewhere, and the credential would follow.
	dir, release, err = c.o.Mirrors.Open(ctx, c.key(at), mirror.Remote{
		URL: c.o.Client.Base() + "/scm" + bitbucket.Path(at.Project, at.Slug+".git"), Scope: c.o.Client.Base(), CAFile: c.o.CAFile,
		Ask: func(ctx context.Context) (mirror.Credential, error) { return c.o.Credentials.Git(ctx, at) },
	})
	if errors.Is(err, mirror.ErrMissing) || errors.Is(err, mirror.ErrDenied) {
		// Only the API tells a deleted repository from a lost right or a rename.
		if _, asked := c.repository(ctx, at); errors.Is(asked, connection.ErrGone) {
			return "", nil, fmt.Errorf("%w (or it has another name now, which the next listing finds)", connection.ErrGone)
		}
	}
	if errors.Is(err, mirror.ErrTemporary) {
		err = fmt.Errorf("%w: %w", connection.ErrLater, err)
	}
	return dir, release, err
}

// Names returns the names under which the API knows a repository.
func (c *Connection) Names(at connection.Location) (workspace, repository string) {
	return at.Project, at.Slug
}

// CommitURL is the page of a commit.
func (c *Connection) CommitURL(at connection.Location, commit string) string {
	return c.o.Client.Base() + "/projects" + bitbucket.Path(at.Project, "repos", at.Slug, "commits", commit)
}

// Kept implements connection.Remote.
func (c *Connection) Kept(at connection.Location) (dir string, release func(), ok bool) {
	if at.Connection != c.o.Name {
		return "", nil, false
	}
	return c.o.Mirrors.Kept(c.key(at))
}

func (c *Connection) key(at connection.Location) string { return c.o.Name + "/" + at.ID }

// Look implements connection.Remote.
func (c *Connection) Look(ctx context.Context, at connection.Location) (connection.Project, error) {
	row, err := c.repository(ctx, at)
	if err != nil {
		return connection.Project{}, err
	}
	p := row.Project.project()
	p.Partial = true
	reason, keep := c.reason(row)
	if reason != "" && !keep {
		return connection.Project{}, fmt.Errorf("%w: %s", connection.ErrLeftOut, reason)
	}
	r := row.repository(c.o.Name)
	if r.Problem = reason; reason == "" {
		if err := c.fill(ctx, row, &r); err != nil {
			return connection.Project{}, err
		}
	}
	p.Repositories = []connection.Repository{r}
	return p, nil
}

// Gone implements connection.Remote.
func (c *Connection) Gone(ctx context.Context, at connection.Location) (bool, error) {
	row, err := c.repository(ctx, at)
	if errors.Is(err, connection.ErrGone) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	reason, keep := c.reason(row)
	return reason != "" && !keep, nil
}

// repository reads one repository. The error is ErrGone if the server answers 404, or names another repository.
func (c *Connection) repository(ctx context.Context, at connection.Location) (*repositoryRow, error) {
	var row repositoryRow
	err := c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: api + "/projects" + bitbucket.Path(at.Project, "repos", at.Slug), Out: &row})
	var failed *bitbucket.APIError
	switch {
	case errors.As(err, &failed) && failed.Status == http.StatusNotFound && !failed.Page():
		return nil, connection.ErrGone
	case errors.Is(err, bitbucket.ErrMoved):
		return nil, fmt.Errorf("it has another name now: %w", connection.ErrGone)
	case err != nil:
		return nil, err
	case strconv.Itoa(row.ID) != at.ID:
		return nil, fmt.Errorf("another repository has its name now: %w", connection.ErrGone)
	}
	return &row, nil
}
