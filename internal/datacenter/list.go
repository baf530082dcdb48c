package datacenter

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
)

const (
	// pageSize is what most servers allow; a smaller limit of the server applies by itself.
	pageSize = "1000"
	// maxPages ends an endless list: 200,000 rows, or 20,000 where pages hold 100.
	maxPages = 200
	// atOnce is how many repositories are asked for their branches at once.
	atOnce = 4
)

// projectRow and repositoryRow are what the API sends ("REST resources", OpenAPI of Bitbucket Data Center 9.2).
type projectRow struct {
	ID   int    `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
	Type string `json:"type"`
}

type repositoryRow struct {
	ID       int             `json:"id"`
	Slug     string          `json:"slug"`
	Name     string          `json:"name"`
	SCM      string          `json:"scmId"`
	State    string          `json:"state"`
	Archived bool            `json:"archived"`
	Origin   json.RawMessage `json:"origin"`
	Project  projectRow      `json:"project"`
}

// identity returns the text that stays the same when something is renamed.
func identity(id int) string { return "dc:" + strconv.Itoa(id) }

func (p *projectRow) personal() bool { return p.Type == "PERSONAL" || strings.HasPrefix(p.Key, "~") }

func (p *projectRow) project() connection.Project {
	return connection.Project{Key: p.Key, Name: cmp.Or(shown(p.Name), p.Key), Personal: p.personal(), Identity: identity(p.ID)}
}

func (r *repositoryRow) name() string { return r.Project.Key + "/" + r.Slug }

func (r *repositoryRow) repository(name string) connection.Repository {
	at := connection.Location{Connection: name, Project: r.Project.Key, Slug: r.Slug, ID: strconv.Itoa(r.ID)}
	return connection.Repository{Slug: r.Slug, Name: cmp.Or(shown(r.Name), r.Slug), Location: at.String(), Identity: identity(r.ID)}
}

func shown(name string) string { return connection.Shown(name) }

// reason tells people why a repository is left out; "" if it is not. keep is true if it still exists for us, so that what
// is known of it stays.
func (c *Connection) reason(r *repositoryRow) (reason string, keep bool) {
	f := &c.o.Filter
	if reason := f.Excludes(r.Project.Key, r.Slug); reason != "" {
		return reason, false
	}
	switch {
	case r.ID <= 0:
		return connection.BadName, false
	case r.SCM != "" && r.SCM != "git":
		return "it is not a git repository", false
	case r.Archived && !f.Archived:
		return "it is archived", false
	case len(r.Origin) > 0 && string(r.Origin) != "null" && !f.Forks:
		return "it is a fork", false
	case r.Project.personal() && !f.Personal:
		return "it is personal", false
	case r.State != "" && r.State != "AVAILABLE":
		return "it is not available: its state is " + shown(r.State), true
	}
	return "", false
}

// List implements connection.Connection.
func (c *Connection) List(ctx context.Context) (connection.Listing, error) {
	ctx = bitbucket.Background(ctx)
	var l connection.Listing
	var problems []error
	projects, err := c.projects(ctx)
	// A token of a repository may not list projects; each repository names its own.
	projectsWhole := err == nil || errors.Is(err, bitbucket.ErrNotPermitted)
	if !projectsWhole {
		problems = append(problems, fmt.Errorf("list the projects: %w", err))
	}
	rows, err := c.repositories(ctx)
	whole := err == nil
	if err != nil {
		if len(rows) == 0 && errors.Is(err, bitbucket.ErrCredential) {
			return l, fmt.Errorf("list the repositories: %w", err)
		}
		problems = append(problems, fmt.Errorf("list the repositories: %w", err))
	}
	l.Whole = whole && projectsWhole
	at := map[int]int{}
	place := func(p *projectRow) int {
		i, ok := at[p.ID]
		if !ok {
			i = len(l.Projects)
			at[p.ID] = i
			l.Projects = append(l.Projects, p.project())
		}
		l.Projects[i].Partial = l.Projects[i].Partial || !whole
		return i
	}
	for i := range projects {
		if p := &projects[i]; connection.IsWord(p.Key) && p.ID > 0 && (c.o.Filter.Personal || !p.personal()) {
			place(p)
		}
	}
	type todo struct {
		row           *repositoryRow
		project, slot int
	}
	var work []todo
	for i := range rows {
		row := &rows[i]
		reason, keep := c.reason(row)
		if reason != "" {
			l.Skipped = append(l.Skipped, connection.Skipped{Name: shown(row.name()), Reason: reason})
			if !keep {
				continue
			}
		}
		p := place(&row.Project)
		r := row.repository(c.o.Name)
		r.Problem = reason
		l.Projects[p].Repositories = append(l.Projects[p].Repositories, r)
		if reason == "" {
			work = append(work, todo{row, p, len(l.Projects[p].Repositories) - 1})
		}
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	failed := make([]error, len(work))
	for i, w := range work {
		group.Go(func() error {
			failed[i] = c.fill(gctx, w.row, &l.Projects[w.project].Repositories[w.slot])
			var parked *bitbucket.ParkedError
			if errors.As(failed[i], &parked) {
				// Nothing more can be asked now.
				return failed[i]
			}
			return gctx.Err()
		})
	}
	if err := group.Wait(); ctx.Err() != nil {
		return connection.Listing{}, ctx.Err()
	} else if err != nil {
		problems = append(problems, err)
	}
	for i, err := range failed {
		var parked *bitbucket.ParkedError
		if err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &parked) {
			problems = append(problems, fmt.Errorf("repository %s: %w", work[i].row.name(), err))
		}
	}
	l.Sort()
	return l, connection.JoinProblems(problems)
}

// projects lists the projects. Personal ones may be missing in it.
func (c *Connection) projects(ctx context.Context) (list []projectRow, err error) {
	seen := map[int]bool{}
	err = c.o.Client.Pages(ctx, api+"/projects", url.Values{"limit": {pageSize}}, maxPages, func(raw json.RawMessage) error {
		var p projectRow
		if json.Unmarshal(raw, &p) == nil && !seen[p.ID] {
			seen[p.ID] = true
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

// repositories lists the repositories of all projects. On an error it returns those that it has read.
func (c *Connection) repositories(ctx context.Context) (list []repositoryRow, err error) {
	seen := map[int]bool{}
	// Rows move between pages while something is created or deleted.
	visit := func(raw json.RawMessage) error {
		var r repositoryRow
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("a repository in the list is not what Bitbucket sends: %w", err)
		}
		if !seen[r.ID] {
			seen[r.ID] = true
			list = append(list, r)
		}
		return nil
	}
	err = c.o.Client.Pages(ctx, api+"/repos", url.Values{"limit": {pageSize}, "archived": {"ALL"}}, maxPages, visit)
	if errors.Is(err, bitbucket.ErrInvalid) && len(list) == 0 {
		// Servers before 8.0 have no archived repositories.
		err = c.o.Client.Pages(ctx, api+"/repos", url.Values{"limit": {pageSize}}, maxPages, visit)
	}
	return list, err
}

// branchRow is a branch. The wire has been seen with both names of the flag, and with the hash's old name.
type branchRow struct {
	ID           string `json:"id"`
	LatestCommit string `json:"latestCommit"`
	Changeset    string `json:"latestChangeset"`
	Default      bool   `json:"default"`
	IsDefault    bool   `json:"isDefault"`
}

var hash = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)

// fill reads the branches of a repository. On an error the repository has a Problem, and keeps the branches that it has.
func (c *Connection) fill(ctx context.Context, row *repositoryRow, r *connection.Repository) error {
	base := api + "/projects" + bitbucket.Path(row.Project.Key, "repos", row.Slug)
	seen := map[string]bool{}
	bad := 0
	err := c.o.Client.Pages(ctx, base+"/branches", url.Values{"limit": {pageSize}, "orderBy": {"ALPHABETICAL"}}, maxPages, func(raw json.RawMessage) error {
		var b branchRow
		// What is no branch gives no name.
		_ = json.Unmarshal(raw, &b)
		name, ok := connection.BranchName(b.ID)
		commit := cmp.Or(b.LatestCommit, b.Changeset)
		if !ok || !hash.MatchString(commit) {
			bad++
			return nil
		}
		if !seen[name] {
			seen[name] = true
			r.Branches = append(r.Branches, connection.Branch{Name: name, Head: commit})
		}
		if b.Default || b.IsDefault {
			r.DefaultBranch = name
		}
		return nil
	})
	if err == nil && r.DefaultBranch == "" && len(r.Branches) > 0 {
		r.DefaultBranch, err = c.defaultBranch(ctx, base, seen)
	}
	switch {
	case err != nil:
		r.Problem = "its branches could not be listed: " + err.Error()
	case bad > 0:
		r.Problem = fmt.Sprintf("%d of its branches have names or commits that git does not allow; they are left out", bad)
	}
	slices.SortFunc(r.Branches, func(a, b connection.Branch) int { return cmp.Compare(a.Name, b.Name) })
	return err
}

// defaultBranch asks for the configured default branch, which may not exist; then there is none.
func (c *Connection) defaultBranch(ctx context.Context, base string, exists map[string]bool) (string, error) {
	for _, path := range []string{"/default-branch", "/branches/default"} {
		var b branchRow
		err := c.o.Client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: base + path, Out: &b})
		if errors.Is(err, bitbucket.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		if name := strings.TrimPrefix(b.ID, "refs/heads/"); exists[name] {
			return name, nil
		}
	}
	return "", nil
}
