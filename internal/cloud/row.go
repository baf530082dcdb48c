package cloud

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/sluice-scan/sluice/internal/connection"
)

// projectRow, workspaceRow and repositoryRow are what the API sends ("Repositories", OpenAPI of Bitbucket Cloud 2.0).
type projectRow struct {
	UUID string `json:"uuid"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

type workspaceRow struct {
	UUID string `json:"uuid"`
	Slug string `json:"slug"`
}

type repositoryRow struct {
	UUID       string       `json:"uuid"`
	Slug       string       `json:"slug"`
	Name       string       `json:"name"`
	SCM        string       `json:"scm"`
	Updated    string       `json:"updated_on"`
	Project    projectRow   `json:"project"`
	Workspace  workspaceRow `json:"workspace"`
	MainBranch *struct {
		Name string `json:"name"`
	} `json:"mainbranch"`
	Parent json.RawMessage `json:"parent"`
}

// repositoryFields are the fields of a repository that are asked for, and rowFields those of a list. Without next in it, a
// list would end after its first page.
const repositoryFields = "uuid,slug,name,scm,updated_on,mainbranch.name,parent.full_name,project.uuid,project.key,project.name,workspace.uuid,workspace.slug"

var rowFields = "next,values." + strings.ReplaceAll(repositoryFields, ",", ",values.")

var uuid = regexp.MustCompile(`^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$`)

// isUUID reports whether a text is a UUID in braces.
func isUUID(text string) bool { return uuid.MatchString(text) }

// identity returns the text that stays the same when something is renamed.
func identity(uuid string) string { return "cloud:" + uuid }

func (p *projectRow) project() connection.Project {
	return connection.Project{Key: p.Key, Name: cmp.Or(connection.Shown(p.Name), p.Key), Identity: identity(p.UUID)}
}

func (r *repositoryRow) fullName() string { return r.Project.Key + "/" + r.Slug }

func (r *repositoryRow) location(name string) connection.Location {
	return connection.Location{Connection: name, Project: r.Project.Key, Slug: r.Slug, ID: r.UUID}
}

func (r *repositoryRow) repository(name string) connection.Repository {
	return connection.Repository{Slug: r.Slug, Name: cmp.Or(connection.Shown(r.Name), r.Slug), Location: r.location(name).String(), Identity: identity(r.UUID)}
}

// reason tells people why a repository is left out; "" if it is not.
func (c *Connection) reason(r *repositoryRow) string {
	f := &c.o.Filter
	switch {
	case !isUUID(r.UUID) || !isUUID(r.Project.UUID) || strings.HasPrefix(r.Project.Key, "~"):
		return connection.BadName
	case f.Excludes(r.Project.Key, r.Slug) != "":
		return f.Excludes(r.Project.Key, r.Slug)
	case r.SCM != "" && r.SCM != "git":
		return "it is not a git repository"
	case len(r.Parent) > 0 && string(r.Parent) != "null" && !f.Forks:
		return "it is a fork"
	}
	return ""
}
