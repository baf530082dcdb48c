package ground

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/cgi" //nolint:gosec // it runs git http-backend in tests
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Git runs git in a folder and returns its output.
func Git(dir string, args ...string) (string, error) { return GitWith(dir, nil, nil, args...) }

// GitWith runs git with an input and more environment.
func GitWith(dir string, input []byte, env []string, args ...string) (string, error) {
	cmd := exec.Command("git", args...) //nolint:noctx,gosec // a test's own repository
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(input)
	cmd.Env = append([]string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com",
		"GIT_AUTHOR_DATE=2026-11-01T10:00:00Z", "GIT_COMMITTER_DATE=2026-11-01T10:00:00Z",
	}, env...)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %v: %w: %s", args, err, problem.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// Repositories are bare repositories below one folder, and the program that serves them.
type Repositories struct {
	Root    string
	backend string
}

// New returns the repositories below an empty folder.
func New(root string) (*Repositories, error) {
	path, err := exec.Command("git", "--exec-path").Output() //nolint:noctx // it ends at once
	if err != nil {
		return nil, fmt.Errorf("find git http-backend: %w", err)
	}
	return &Repositories{root, filepath.Join(strings.TrimSpace(string(path)), "git-http-backend")}, nil
}

// Add makes an empty bare repository whose HEAD is main, and returns its folder.
func (r *Repositories) Add(name string) (dir string, err error) {
	template := filepath.Join(r.Root, "template.git")
	if _, err := os.Stat(template); err != nil {
		if _, err := Git(r.Root, "init", "-q", "--bare", "--template=", "-b", "main", template); err != nil {
			return "", err
		}
		if _, err := Git(template, "config", "http.receivepack", "true"); err != nil {
			return "", err
		}
		// As the products do: partial clones, and single commits by their hash.
		for _, name := range []string{"uploadpack.allowFilter", "uploadpack.allowReachableSHA1InWant"} {
			if _, err := Git(template, "config", name, "true"); err != nil {
				return "", err
			}
		}
	}
	dir = filepath.Join(r.Root, name)
	return dir, os.CopyFS(dir, os.DirFS(template))
}

// Serve serves one repository over smart HTTP. rest is what follows the repository in the path of the request.
func (r *Repositories) Serve(w http.ResponseWriter, request *http.Request, dir, rest string) {
	inner := request.Clone(request.Context())
	inner.URL.Path = "/" + filepath.Base(dir) + "/" + rest
	inner.Header.Del("Authorization")
	(&cgi.Handler{
		Path: r.backend, Dir: r.Root, Env: []string{"GIT_PROJECT_ROOT=" + r.Root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=ada", "HOME=" + r.Root, "GIT_CONFIG_NOSYSTEM=1"},
		InheritEnv: []string{"PATH"},
	}).ServeHTTP(w, inner)
}

// Writes reports whether a request of git wants to write.
func Writes(request *http.Request) bool {
	return request.URL.Query().Get("service") == "git-receive-pack" || strings.HasSuffix(request.URL.Path, "/git-receive-pack")
}

// Heads returns the branches of a repository with their commits.
func Heads(dir string) map[string]string {
	list := map[string]string{}
	out, err := Git(dir, "for-each-ref", "--format=%(objectname) %(refname:strip=2)", "refs/heads/")
	if err != nil {
		panic(err)
	}
	for line := range strings.SplitSeq(out, "\n") {
		if hash, name, ok := strings.Cut(line, " "); ok {
			list[name] = hash
		}
	}
	return list
}

// Commit commits files to a branch, given as pairs of path and content, and returns the commit. A branch that does not
// exist begins at from, or empty. An empty content deletes the file.
func (r *Repositories) Commit(dir, branch, from string, files ...string) (string, error) {
	index, err := os.CreateTemp(r.Root, "index-")
	if err != nil {
		return "", err
	}
	defer os.Remove(index.Name()) //nolint:errcheck // the folder goes
	_ = index.Close()
	if err := os.Remove(index.Name()); err != nil {
		return "", err
	}
	env := []string{"GIT_INDEX_FILE=" + index.Name()}
	heads := Heads(dir)
	parent := heads[branch]
	if parent == "" {
		parent = heads[from]
	}
	message := "change"
	for i := 0; i < len(files); i += 2 {
		message += " " + files[i]
	}
	commit := []string{"commit-tree", "-m", message}
	if parent != "" {
		commit = append(commit, "-p", parent)
		if _, err := GitWith(dir, nil, env, "read-tree", parent); err != nil {
			return "", err
		}
	}
	for i := 0; i < len(files); i += 2 {
		if files[i+1] == "" {
			if _, err := GitWith(dir, nil, env, "rm", "--cached", "-q", "--", files[i]); err != nil {
				return "", err
			}
			continue
		}
		blob, err := GitWith(dir, []byte(files[i+1]), nil, "hash-object", "-w", "--stdin")
		if err != nil {
			return "", err
		}
		if _, err := GitWith(dir, nil, env, "update-index", "--add", "--cacheinfo", "100644,"+blob+","+files[i]); err != nil {
			return "", err
		}
	}
	tree, err := GitWith(dir, nil, env, "write-tree")
	if err != nil {
		return "", err
	}
	hash, err := Git(dir, append(commit, tree)...)
	if err != nil {
		return "", err
	}
	_, err = Git(dir, "update-ref", "refs/heads/"+branch, hash)
	return hash, err
}

// Branch creates branches at the head of another one, in one step.
func Branch(dir, from string, names ...string) error {
	head := Heads(dir)[from]
	var commands strings.Builder
	for _, name := range names {
		fmt.Fprintf(&commands, "update refs/heads/%s %s\n", name, head)
	}
	_, err := GitWith(dir, []byte(commands.String()), nil, "update-ref", "--stdin")
	return err
}
