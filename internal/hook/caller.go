package hook

import (
	"path/filepath"
	"strings"
)

// Lookup reads an environment variable.
type Lookup func(name string) (value string, ok bool)

// pushers are the variables in which servers name the user who pushes: the hook scripts of Bitbucket Data Center,
// GitLab, Gitea and Forgejo, and web servers in front of git http-backend.
var pushers = []string{"BB_USER_NAME", "GL_USERNAME", "GITEA_PUSHER_NAME", "REMOTE_USER"}

// Pusher returns the name of the user who pushes, as the server gives it; empty if it gives none.
func Pusher(lookup Lookup) string {
	for _, name := range pushers {
		if value, _ := lookup(name); value != "" {
			return value
		}
	}
	return ""
}

// RepositoryName returns "project/name": from the server's variables, else the last two parts of the path without
// ".git".
func RepositoryName(lookup Lookup, dir string) string {
	for _, names := range [][2]string{{"BB_PROJECT_KEY", "BB_REPO_SLUG"}, {"GITEA_REPO_USER_NAME", "GITEA_REPO_NAME"}} {
		project, _ := lookup(names[0])
		if name, _ := lookup(names[1]); project != "" && name != "" {
			return project + "/" + name
		}
	}
	if path, _ := lookup("GL_PROJECT_PATH"); path != "" {
		return path
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	name := strings.TrimSuffix(filepath.Base(abs), ".git")
	if name == "" {
		// dir is the ".git" folder of a work tree.
		abs = filepath.Dir(abs)
		name = filepath.Base(abs)
	}
	return filepath.Base(filepath.Dir(abs)) + "/" + name
}
