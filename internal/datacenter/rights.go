package datacenter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

// Level is what a user may do with a repository or a project. Each includes those before it.
type Level int

// The levels.
const (
	LevelNone Level = iota
	LevelRead
	LevelWrite
	LevelAdmin
)

// Person is a user of a server.
type Person struct {
	// ID never changes; Name may.
	ID          int
	Name, Email string
}

// Rights are what a user may do, by the identities of repositories and projects; see connection.Repository.
type Rights struct {
	Repositories, Projects map[string]Level
	// Incomplete is true if more would have to be asked than is reasonable. What was not asked is missing.
	Incomplete bool
}

var (
	// ErrNobody means that a credential belongs to no user: it is the token of a project or repository.
	ErrNobody = errors.New("the credential belongs to no user")
	// ErrNoUser means that the server has no such user, or that the user is switched off.
	ErrNoUser = errors.New("the server has no such user, or the user is switched off")
)

// userRow is a user as the API sends it.
type userRow struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"emailAddress"`
	Active *bool  `json:"active"`
}

// Self asks a server to whom the credential of a client belongs. The error is ErrNobody for a token without a user.
func Self(ctx context.Context, client *bitbucket.Client) (Person, error) {
	var header http.Header
	if err := client.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: api + "/projects", Query: url.Values{"limit": {"1"}}, Header: &header, Once: true}); err != nil {
		return Person{}, err
	}
	name, err := url.PathUnescape(header.Get("X-AUSERNAME"))
	if err != nil {
		name = header.Get("X-AUSERNAME")
	}
	if name == "" || name == "anonymous" {
		return Person{}, ErrNobody
	}
	return find(ctx, client, name, nil)
}

// find finds an active user by the exact name. with are more parameters; the user must then match them too.
func find(ctx context.Context, client *bitbucket.Client, name string, with url.Values) (Person, error) {
	query := url.Values{"filter": {name}, "limit": {pageSize}}
	for k, v := range with {
		query[k] = v
	}
	var found *userRow
	// The filter finds what contains the name, in names of all kinds.
	err := client.Pages(ctx, api+"/users", query, maxPages, func(raw json.RawMessage) error {
		var row userRow
		if err := json.Unmarshal(raw, &row); err != nil {
			return fmt.Errorf("a user of the list: %w", err)
		}
		if strings.EqualFold(row.Name, name) && (found == nil || row.Name == name) {
			found = &row
		}
		return nil
	})
	switch {
	case err != nil:
		return Person{}, fmt.Errorf("look for the user: %w", err)
	case found == nil, found.ID <= 0, found.Active != nil && !*found.Active:
		return Person{}, ErrNoUser
	}
	return Person{found.ID, found.Name, found.Email}, nil
}

// RightsOfSelf asks a server what the user of a client's credential may see and do. It takes four lists, however many
// repositories there are. After an error nothing is known.
func RightsOfSelf(ctx context.Context, client *bitbucket.Client) (*Rights, error) {
	r := &Rights{Repositories: map[string]Level{}, Projects: map[string]Level{}}
	// Without a permission the list has what is public, too.
	for _, x := range []struct {
		permission string
		level      Level
	}{{"", LevelRead}, {"REPO_WRITE", LevelWrite}, {"REPO_ADMIN", LevelAdmin}} {
		query := url.Values{"archived": {"ALL"}, "limit": {pageSize}}
		if x.permission != "" {
			query.Set("permission", x.permission)
		}
		if err := client.Pages(ctx, api+"/repos", query, maxPages, func(raw json.RawMessage) error {
			var row struct {
				ID int `json:"id"`
			}
			if err := json.Unmarshal(raw, &row); err != nil || row.ID <= 0 {
				return fmt.Errorf("a repository of the list has no id: %w", err)
			}
			// A repository that is not readable is not writable, whatever another list says.
			if name := identity(row.ID); x.level == LevelRead || r.Repositories[name] != LevelNone {
				r.Repositories[name] = x.level
			}
			return nil
		}); err != nil {
			return nil, fmt.Errorf("list what the user may see: %w", err)
		}
	}
	return r, client.Pages(ctx, api+"/projects", url.Values{"permission": {"PROJECT_ADMIN"}, "limit": {pageSize}}, maxPages, func(raw json.RawMessage) error {
		var row struct {
			ID int `json:"id"`
		}
		if err := json.Unmarshal(raw, &row); err != nil || row.ID <= 0 {
			return fmt.Errorf("a project of the list has no id: %w", err)
		}
		r.Projects[identity(row.ID)] = LevelAdmin
		return nil
	})
}

// Place is a repository of whose rights somebody asks.
type Place struct {
	// Identity and ProjectIdentity are those of the repository and its project.
	Identity, ProjectIdentity, Project, Slug string
}

// maxQuestions limits the questions about one user. A service account asks them one by one.
const maxQuestions = 400

// RightsOf asks a server what a user may do with places, as an administrator's service account. It asks for projects first,
// and for a repository only where the project gives less. The user must still have the id; ErrNoUser if not.
func RightsOf(ctx context.Context, client *bitbucket.Client, name string, id int, places []Place) (*Rights, error) {
	person, err := find(ctx, client, name, nil)
	if err != nil {
		return nil, err
	}
	if person.ID != id {
		// Another user has the name now.
		return nil, ErrNoUser
	}
	a := &asking{client: client, name: person.Name, left: make(chan struct{}, maxQuestions)}
	r := &Rights{Repositories: map[string]Level{}, Projects: map[string]Level{}}
	projects := map[string]string{}
	for _, p := range places {
		projects[p.ProjectIdentity] = p.Project
	}
	levels, err := askAll(ctx, projects, func(ctx context.Context, key string) (Level, error) {
		return a.level(ctx, LevelNone, url.Values{"permission.1.projectKey": {key}}, "PROJECT_")
	})
	if err != nil {
		return nil, err
	}
	rest := map[string]Place{}
	for _, p := range places {
		if r.Repositories[p.Identity] = levels[p.ProjectIdentity]; levels[p.ProjectIdentity] < LevelAdmin {
			rest[p.Identity] = p
		}
	}
	for p, level := range levels {
		if level == LevelAdmin {
			r.Projects[p] = level
		}
	}
	own, err := askAll(ctx, rest, func(ctx context.Context, p Place) (Level, error) {
		return a.level(ctx, levels[p.ProjectIdentity], url.Values{"permission.1.projectKey": {p.Project}, "permission.1.repositorySlug": {p.Slug}}, "REPO_")
	})
	if err != nil {
		return nil, err
	}
	for name, level := range own {
		r.Repositories[name] = max(r.Repositories[name], level)
	}
	r.Incomplete = len(a.left) == cap(a.left)
	return r, nil
}

// asking is questions about one user.
type asking struct {
	client *bitbucket.Client
	name   string
	// left is full when no more questions may be asked.
	left chan struct{}
}

// level asks for the highest level of a user at a place, above one that is known.
func (a *asking) level(ctx context.Context, known Level, place url.Values, prefix string) (Level, error) {
	for _, x := range []struct {
		level Level
		word  string
	}{{LevelRead, "READ"}, {LevelWrite, "WRITE"}, {LevelAdmin, "ADMIN"}} {
		if x.level <= known {
			continue
		}
		select {
		case a.left <- struct{}{}:
		default:
			return known, nil
		}
		query := url.Values{"permission.1": {prefix + x.word}}
		for k, v := range place {
			query[k] = v
		}
		_, err := find(ctx, a.client, a.name, query)
		if errors.Is(err, ErrNoUser) {
			return known, nil
		}
		if err != nil {
			return LevelNone, err
		}
		known = x.level
	}
	return known, nil
}

// askAll asks a question about each of many things, a few at once.
func askAll[T any](ctx context.Context, things map[string]T, ask func(ctx context.Context, thing T) (Level, error)) (map[string]Level, error) {
	type found struct {
		name  string
		level Level
	}
	answers := make(chan found, len(things))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for name, thing := range things {
		group.Go(func() error {
			level, err := ask(ctx, thing)
			answers <- found{name, level}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	close(answers)
	levels := map[string]Level{}
	for x := range answers {
		levels[x.name] = x.level
	}
	return levels, nil
}

// UserID reads the id of a user from the subject of an identity; ok is false for another text.
func UserID(subject string) (id int, ok bool) {
	id, err := strconv.Atoi(subject)
	return id, err == nil && id > 0
}

// Administers reports whether the credential of a client is that of an administrator of the server, who may see the rights
// of others.
func Administers(ctx context.Context, client *bitbucket.Client) (bool, error) {
	who, err := Self(ctx, client)
	if errors.Is(err, ErrNobody) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, permission := range []string{"ADMIN", "SYS_ADMIN"} {
		_, err := find(ctx, client, who.Name, url.Values{"permission": {permission}})
		if err == nil || !errors.Is(err, ErrNoUser) {
			return err == nil, err
		}
	}
	return false, nil
}
