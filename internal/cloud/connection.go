package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/mirror"
)

// GitURL is the address of the git repositories and pages of Bitbucket Cloud.
const GitURL = "https://bitbucket.org"

// Options configure a connection.
type Options struct {
	// Name is the name of the connection, Workspace the slug or UUID of the workspace. It is never discovered: Bitbucket has
	// removed the lists over all workspaces (CHANGE-2770, developer.atlassian.com/cloud/bitbucket/changelog).
	Name, Workspace string
	Client          *bitbucket.Client
	// Credentials let git in; nil takes the credential of the client.
	Credentials credential.Source
	// CAFile is a file with the authorities of the server; empty means those of the system.
	CAFile  string
	Mirrors *mirror.Mirrors
	Filter  connection.Filter
	Log     *slog.Logger
	// Now replaces the clock; nil means time.Now.
	Now func() time.Time
}

// Connection is a connection to one workspace. It is safe for concurrent use.
type Connection struct {
	o Options

	mu sync.Mutex
	// slug and uuid are the names of the workspace as the last answer had them; empty before the first.
	slug, uuid string
	// listing guards what listings remember, which is only about what to ask for; the store has what is known. hooked is
	// when the webhooks of a repository were last seen right, by UUID.
	listing sync.Mutex
	memory  memory
	hooked  map[string]time.Time
}

// New returns a connection. It does not use the network.
func New(o Options) *Connection {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Connection{o: o, hooked: map[string]time.Time{}}
}

var (
	_ connection.Remote    = (*Connection)(nil)
	_ connection.Refresher = (*Connection)(nil)
)

// workspace is the name of the workspace for calls. Its UUID stays when it is renamed.
func (c *Connection) workspace() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.uuid != "" {
		return c.uuid
	}
	return c.o.Workspace
}

// slugOf is the slug of the workspace.
func (c *Connection) slugOf() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmp.Or(c.slug, c.o.Workspace)
}

// repositoryPath is the path of a repository by its UUID.
func (c *Connection) repositoryPath(id string, more ...string) string {
	return "/repositories" + bitbucket.Path(append([]string{c.workspace(), id}, more...)...)
}

// Check asks Bitbucket whether it accepts the credential for the workspace.
func (c *Connection) Check(ctx context.Context) (who connection.Who, err error) {
	var list struct{ Values []repositoryRow }
	if err := c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: "/repositories" + bitbucket.Path(c.workspace()), Query: url.Values{"pagelen": {"1"}, "fields": {rowFields}}, Out: &list}); err != nil {
		return who, c.explained("list the repositories", err)
	}
	if len(list.Values) == 0 {
		return who, fmt.Errorf("the workspace %s shows this credential no repository: check the name of the workspace, and that the credential may read repositories", c.o.Workspace)
	}
	// Access tokens belong to no user, and may not ask.
	var user struct {
		Name string `json:"display_name"`
	}
	if c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: "/user", Out: &user}) == nil {
		who.User = connection.Shown(user.Name)
	}
	return who, nil
}

// explained adds to an error what the workspace has to do with it.
func (c *Connection) explained(what string, err error) error {
	if errors.Is(err, bitbucket.ErrNotFound) && !errors.Is(err, bitbucket.ErrRemoved) {
		return fmt.Errorf("%s: the workspace %s does not exist, was renamed, or is not shown to this credential: %w", what, c.o.Workspace, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// openCalls is how many requests a fetch by git takes: what the server can do, the references, the objects.
const openCalls = 3

// Open implements connection.Connection: it brings the mirror up to date.
func (c *Connection) Open(ctx context.Context, location string) (dir string, release func(), err error) {
	at, ok := connection.ParseLocation(location)
	if !ok || at.Connection != c.o.Name {
		return "", nil, connection.ErrGone
	}
	if strings.HasPrefix(c.slugOf(), "{") {
		// Git takes the slug of the workspace, which only an answer of the API tells.
		if _, err := c.repository(ctx, at); err != nil {
			return "", nil, err
		}
	}
	dir, release, err = c.openAt(ctx, at)
	if errors.Is(err, mirror.ErrMissing) || errors.Is(err, mirror.ErrDenied) || errors.Is(err, mirror.ErrMoved) {
		// Only the API tells a rename from a deletion or a lost right.
		row, asked := c.repository(ctx, at)
		switch {
		case errors.Is(asked, connection.ErrGone):
			return "", nil, asked
		case asked == nil && row.Slug != at.Slug:
			at.Slug = row.Slug
			dir, release, err = c.openAt(ctx, at)
		}
	}
	var parked *bitbucket.ParkedError
	if errors.Is(err, mirror.ErrTemporary) || errors.As(err, &parked) {
		err = fmt.Errorf("%w: %w", connection.ErrLater, err)
	}
	return dir, release, err
}

func (c *Connection) openAt(ctx context.Context, at connection.Location) (dir string, release func(), err error) {
	if err := c.o.Client.Spend(ctx, bitbucket.GroupGit, openCalls); err != nil {
		return "", nil, err
	}
	return c.o.Mirrors.Open(ctx, c.key(at), c.remote(at))
}

// remote is where git finds a repository. The links that Bitbucket names may lead elsewhere, and the credential would
// follow.
func (c *Connection) remote(at connection.Location) mirror.Remote {
	return mirror.Remote{URL: GitURL + bitbucket.Path(c.slugOf(), at.Slug+".git"), Scope: GitURL, CAFile: c.o.CAFile, Ask: func(ctx context.Context) (mirror.Credential, error) {
		if c.o.Credentials != nil {
			return c.o.Credentials.Git(ctx, at)
		}
		text, err := c.o.Client.GitAuthorization(ctx)
		return credential.NewGit([]byte(text)), err
	}}
}

// Names returns the names under which the API knows a repository.
func (c *Connection) Names(at connection.Location) (workspace, repository string) {
	return c.workspace(), at.ID
}

// CommitURL is the page of a commit.
func (c *Connection) CommitURL(at connection.Location, commit string) string {
	return GitURL + bitbucket.Path(c.slugOf(), at.Slug, "commits", commit)
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
	if reason := c.reason(row); reason != "" {
		return connection.Project{}, fmt.Errorf("%w: %s", connection.ErrLeftOut, reason)
	}
	p, r := row.Project.project(), row.repository(c.o.Name)
	p.Partial = true
	if err := c.o.Client.Spend(ctx, bitbucket.GroupGit, headCalls); err != nil {
		return connection.Project{}, err
	}
	if err := c.fill(ctx, row, &r); err != nil {
		return connection.Project{}, err
	}
	p.Repositories = []connection.Repository{r}
	return p, nil
}

// Gone implements connection.Remote.
func (c *Connection) Gone(ctx context.Context, at connection.Location) (bool, error) {
	row, err := c.repository(bitbucket.Background(ctx), at)
	if errors.Is(err, connection.ErrGone) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return c.reason(row) != "", nil
}

// repository reads one repository by its UUID. The error is ErrGone if Bitbucket answers 404, or if the repository is in
// another workspace now.
func (c *Connection) repository(ctx context.Context, at connection.Location) (*repositoryRow, error) {
	var row repositoryRow
	err := c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: c.repositoryPath(at.ID), Query: url.Values{"fields": {repositoryFields}}, Out: &row})
	var failed *bitbucket.APIError
	switch {
	case errors.As(err, &failed) && failed.Status == http.StatusNotFound && !failed.Page():
		return nil, connection.ErrGone
	case err != nil:
		return nil, err
	case row.UUID != at.ID:
		return nil, errors.New("Bitbucket answered with another repository than the one that was asked for")
	case !c.ours(&row):
		return nil, fmt.Errorf("it is in another workspace now: %w", connection.ErrGone)
	}
	return &row, nil
}

// ours reports whether a row belongs to the workspace, and learns the names of the workspace from it.
func (c *Connection) ours(row *repositoryRow) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := &row.Workspace
	switch {
	case !isUUID(w.UUID) || !connection.IsWord(w.Slug):
		return false
	case c.uuid == "" && w.Slug != c.o.Workspace && w.UUID != c.o.Workspace:
		return false
	case c.uuid != "" && c.uuid != w.UUID:
		return false
	}
	c.uuid, c.slug = w.UUID, w.Slug
	return true
}
