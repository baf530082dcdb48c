package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan/display"
)

// findGit returns the path of the git program.
func findGit(name string) (string, error) {
	if name == "" {
		name = "git"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("connections to Bitbucket need the git program: %w; install git", err)
	}
	return filepath.Abs(path)
}

// errBroken means that a mirror on disk cannot be used.
var errBroken = errors.New("the mirror is broken")

// clone makes a mirror in a temporary folder and then gives it its name, so that a mirror is whole or does not exist.
func (m *Mirrors) clone(ctx context.Context, dir string, from *known) (err error) {
	temp, err := os.MkdirTemp(m.o.Dir, leftover)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temp))
		}
	}()
	// Without a template there are no hooks.
	if err := m.run(ctx, nil, "init", "--quiet", "--bare", "--template=", "--", temp); err != nil {
		return err
	}
	if err := m.fetch(ctx, temp, from); err != nil {
		return err
	}
	return os.Rename(temp, dir)
}

// fetch makes the branches of a mirror those of the remote.
func (m *Mirrors) fetch(ctx context.Context, dir string, from *known) error {
	return m.run(ctx, from, "--git-dir="+dir, "fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--no-write-fetch-head",
		"--end-of-options", from.URL, "+refs/heads/*:refs/heads/*")
}

// settings are git's settings for every command. They come through the environment, which wins over every file.
func settings(from *known) [][2]string {
	list := [][2]string{
		{"core.hooksPath", "/dev/null"}, {"core.fsmonitor", "false"}, {"core.askPass", "/bin/false"}, {"core.alternateRefsCommand", ""}, {"credential.helper", ""},
		{"gc.auto", "0"}, {"maintenance.auto", "false"},
		// Otherwise an odd object would keep a repository from being scanned. Nothing is checked out, so what git warns of there
		// does not apply.
		{"fetch.fsckObjects", "false"}, {"transfer.fsckObjects", "false"},
		{"submodule.recurse", "false"}, {"fetch.recurseSubmodules", "false"}, {"protocol.allow", "never"}, {"protocol.file.allow", "never"}, {"protocol.ext.allow", "never"},
		{"http.followRedirects", "false"}, {"http.lowSpeedLimit", "1000"}, {"http.lowSpeedTime", "30"}, {"http.cookieFile", ""}, {"transfer.credentialsInUrl", "die"},
	}
	if from == nil {
		return list
	}
	scheme, _, _ := strings.Cut(from.URL, ":")
	list = append(list, [2]string{"protocol." + scheme + ".allow", "always"})
	if from.authorization != "" {
		list = append(list, [2]string{"http." + strings.TrimRight(from.Scope, "/") + "/.extraHeader", "Authorization: " + from.authorization})
	}
	if from.CAFile != "" {
		list = append(list, [2]string{"http.sslCAInfo", from.CAFile})
	}
	return list
}

// environment is the whole environment of git: nothing of this process reaches it.
func (m *Mirrors) environment(from *known) []string {
	env := append([]string{
		"PATH=" + filepath.Dir(m.git) + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + filepath.Join(m.o.Dir, home), "XDG_CONFIG_HOME=" + filepath.Join(m.o.Dir, home), "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false", "SSH_ASKPASS=/bin/false", "GIT_PROTOCOL_FROM_USER=0", "GIT_NO_REPLACE_OBJECTS=1", "GIT_LFS_SKIP_SMUDGE=1",
	}, m.o.Env...)
	list := settings(from)
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(list)))
	for i, s := range list {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s[1]))
	}
	return env
}

const (
	// maxSaid limits how much of git's messages is kept.
	maxSaid = 16 << 10
	// waitDelay is how long git's children may hold its output after they were killed.
	waitDelay = 5 * time.Second
)

// said keeps the beginning of git's messages.
type said struct{ b []byte }

func (s *said) Write(p []byte) (int, error) {
	s.b = append(s.b, p[:min(len(p), maxSaid-len(s.b))]...)
	return len(p), nil
}

// run runs git. When ctx ends, git ends with all its children.
func (m *Mirrors) run(ctx context.Context, from *known, args ...string) error {
	return m.runTo(ctx, nil, from, args...)
}

// runTo runs git and writes its output to out; nil ignores it.
func (m *Mirrors) runTo(ctx context.Context, out io.Writer, from *known, args ...string) error {
	messages := &said{}
	cmd := exec.CommandContext(ctx, m.git, args...) //nolint:gosec // the arguments are our own; an address was checked
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = m.o.Dir, m.environment(from), out, messages
	endTogether(cmd)
	cmd.WaitDelay = waitDelay
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git: %w", err)
	}
	noCore(cmd.Process.Pid)
	err := cmd.Wait()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	text := string(messages.b)
	if from != nil && from.authorization != "" {
		text = hide(text, from.authorization)
	}
	return fmt.Errorf("%w: git says: %s", kindOf(text), display.CutEnd(display.Line(strings.Join(strings.Fields(text), " ")), maxShown))
}

// maxShown limits a message of git in an error, in columns.
const maxShown = 300

// hide removes a credential from a text, with and without the name of its scheme.
func hide(text, authorization string) string {
	_, value, ok := strings.Cut(authorization, " ")
	if !ok {
		value = authorization
	}
	return strings.ReplaceAll(text, value, "[redacted]")
}

// errGit is an error of git without a kind.
var errGit = errors.New("the repository could not be fetched")

// kindOf reads the kind of an error from git's messages, which are in English (LC_ALL=C).
func kindOf(text string) error {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("No space left on device", "Disk quota exceeded"):
		return fmt.Errorf("%w: the disk is full", ErrTemporary)
	case has("error: 301", "error: 302", "error: 303", "error: 307", "error: 308"):
		return ErrMoved
	case has("error: 429", "error: 5", "Could not resolve host", "Failed to connect", "Connection refused", "Connection reset", "timed out", "unexpected disconnect", "early EOF", "Empty reply", "transfer closed", "remote end hung up", "RPC failed"):
		return ErrTemporary
	case has("Authentication failed", "error: 401", "error: 403", "could not read Username", "terminal prompts disabled"):
		return ErrDenied
	case has("error: 404") || has("repository '") && has("' not found"):
		return ErrMissing
	case has("not a git repository", "bad object", "is corrupt", "loose object", "unable to read", "missing blob", "missing tree", "missing commit", "did not send all necessary objects", "cannot lock ref", "unable to create", "bad config"):
		return errBroken
	}
	return errGit
}
