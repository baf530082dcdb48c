package cli_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/hook"
	"github.com/sluice-scan/sluice/scan"
)

// gitServer is a bare repository with the real program as its pre-receive hook, and a clone that pushes to it with real
// git.
type gitServer struct {
	*repository
	bare, audit string
	env         []string
}

// newServer creates a server with one commit on main. flags are the flags of the hook.
func newServer(t testing.TB, flags ...string) *gitServer {
	s := emptyServer(t, flags...)
	s.commit("README", "hello\n")
	s.accepted("main")
	return s
}

func emptyServer(t testing.TB, flags ...string) *gitServer {
	s := &gitServer{repository: newRepository(t), bare: filepath.Join(t.TempDir(), "acme", "shop.git"), audit: filepath.Join(t.TempDir(), "audit.jsonl")}
	s.git("init", "-q", "--bare", "-b", "main", s.bare)
	s.git("remote", "add", "origin", s.bare)
	s.hook(append(flags, "--audit", s.audit)...)
	t.Cleanup(func() {
		data, _ := os.ReadFile(s.audit)
		requireNoSecret(t, string(data))
	})
	return s
}

// hook installs the program with these flags.
func (s *gitServer) hook(flags ...string) {
	s.t.Helper()
	script := "#!/bin/sh\nexec sluice hook pre-receive"
	for _, flag := range flags {
		script += " '" + flag + "'"
	}
	writeProgram(s.t, filepath.Join(s.bare, "hooks", "pre-receive"), []byte(script+"\n"))
}

// try pushes and returns the hook's output to the pusher.
func (s *gitServer) try(args ...string) (said string, ok bool) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "git", append([]string{"push", "-q", "origin"}, args...)...)
	cmd.Dir = s.dir
	cmd.Env = append(append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "LC_ALL=C"), s.env...)
	out, err := cmd.CombinedOutput()
	requireNoSecret(s.t, string(out))
	var lines []string
	for line := range strings.Lines(string(out)) {
		if text, ok := strings.CutPrefix(line, "remote: "); ok {
			text = strings.TrimRight(text, " \n")
			require.LessOrEqual(s.t, utf8.RuneCountInString(text), 100, text)
			lines = append(lines, text)
		}
	}
	said = strings.Join(lines, "\n")
	require.NotContains(s.t, said, "\x1b")
	if err != nil {
		require.Contains(s.t, string(out), "pre-receive hook declined", "git refused it for another reason")
	}
	return said, err == nil
}

func (s *gitServer) accepted(args ...string) string {
	s.t.Helper()
	said, ok := s.try(args...)
	require.True(s.t, ok, said)
	return said
}

func (s *gitServer) refused(args ...string) string {
	s.t.Helper()
	said, ok := s.try(args...)
	require.False(s.t, ok, said)
	return said
}

// say commits everything with a message.
func (s *gitServer) say(message string, files ...string) string {
	s.t.Helper()
	s.commit(files...)
	s.git("commit", "-q", "--amend", "--allow-empty", "-m", message)
	return s.git("rev-parse", "HEAD")
}

func (s *gitServer) entries() []hook.Entry {
	s.t.Helper()
	data, err := os.ReadFile(s.audit)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(s.t, err)
	var list []hook.Entry
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		var e hook.Entry
		require.NoError(s.t, json.Unmarshal(lines.Bytes(), &e))
		require.False(s.t, e.Time.IsZero())
		list = append(list, e)
	}
	return list
}

// canaries is the number of tokens in the tests of the hook.
const canaries = 40

func requireNoSecret(t testing.TB, text string) {
	t.Helper()
	for i := range canaries {
		require.NotContains(t, text, token(i)[8:36])
	}
}

func TestHookBlocks(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.env = []string{"BB_USER_NAME=bob", "BB_PROJECT_KEY=ACME", "BB_REPO_SLUG=shop"}
	s.say("Clean", "a.txt", "a\n")
	commit := s.say("Add the deploy script", "deploy/app.env", "# deploy\nTOKEN="+token(1)+"\n")
	said := s.refused("main")
	for _, text := range []string{
		"Sluice refused this push: 1 secret in 1 of its 2 commits.", " 1. GitHub personal access token", "commit " + commit[:12] + "  Add the deploy script",
		"file   deploy/app.env:2", "line   TOKEN=••••••••", "revoke ", "Revoke each secret first", "git commit -a --amend", "sluice:allow", hook.BypassPhrase,
	} {
		require.Contains(t, said, text)
	}
	entries := s.entries()
	require.Len(t, entries, 1)
	e := entries[0]
	require.Equal(t, hook.Entry{
		Time: e.Time, Event: "pre-receive", Decision: hook.DecisionBlock, Repository: "ACME/shop", Refused: true, Ref: "refs/heads/main", Commit: commit,
		Author: "A <a@example.com>", Committer: "A <a@example.com>", Pusher: "bob", Findings: 1, Rules: []string{"GITHUB_CLASSIC_PAT"},
		Places: []string{"deploy/app.env:2"},
	}, e)
	info, err := os.Stat(s.audit)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	s.say("More", "b.txt", "b\n")
	require.Contains(t, s.refused("main"), "git rebase -i "+commit[:12]+"^")
}

func TestHookWarns(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--mode", "warn")
	s.say("leak", "a.env", "TOKEN="+token(1)+"\n")
	said := s.accepted("main")
	require.Contains(t, said, "WARNING: Sluice accepted this push, but found 1 secret in 1 of its 1 commit.")
	require.Equal(t, hook.DecisionWarn, s.entries()[0].Decision)
	require.False(t, s.entries()[0].Refused)
	require.Equal(t, "acme/shop", s.entries()[0].Repository)
}

func TestHookBypass(t *testing.T) {
	t.Parallel()
	for _, phrase := range []string{"**skip-sluice-check**", "**skip-soteri-security-check**"} {
		t.Run(phrase, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			commit := s.say("a test key\n\n"+phrase, "a.env", "TOKEN="+token(1)+"\n")
			later := s.say("the same file again", "a.env", "TOKEN="+token(1)+"\nmore\n")
			said := s.accepted("main")
			require.Contains(t, said, "WARNING: not checked, because the commit's message says so (recorded): "+commit[:12]+"  a test key")
			require.NotContains(t, said, later[:12])
			require.Len(t, s.entries(), 1)
			require.Equal(t, hook.DecisionBypass, s.entries()[0].Decision)
			require.Equal(t, commit, s.entries()[0].Commit)

			s.say(phrase, "b.env", "TOKEN="+token(2)+"\n")
			bad := s.say("that commit only", "c.env", "TOKEN="+token(3)+"\n")
			said = s.refused("main")
			require.Contains(t, said, bad[:12])
			require.NotContains(t, said, "b.env")

			s.hook("--bypass=false", "--audit", s.audit)
			said = s.refused("main")
			require.Contains(t, said, "b.env")
			require.Contains(t, said, "the message asks for no check, which is not allowed here")
			require.NotContains(t, said, "To push a commit as it is")
		})
	}
}

func TestHookRefs(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	clean := s.git("rev-parse", "HEAD")
	leak := s.say("leak", "a.env", "TOKEN="+token(1)+"\n")
	t.Run("new branch", func(t *testing.T) { require.Contains(t, s.refused("HEAD:refs/heads/feature"), "a.env:1") })
	t.Run("tag", func(t *testing.T) {
		s.git("tag", "light")
		require.Contains(t, s.refused("light"), "a.env:1")
	})
	t.Run("annotated tag", func(t *testing.T) {
		s.git("tag", "-a", "-m", "tag", "heavy")
		s.git("tag", "-a", "-m", "tag of a tag", "heavier", "heavy")
		require.Contains(t, s.refused("heavier"), "a.env:1")
	})
	t.Run("other namespace", func(t *testing.T) { require.Contains(t, s.refused("HEAD:refs/anything/at-all"), "a.env:1") })
	t.Run("tagged file", func(t *testing.T) {
		said := s.refused(s.git("rev-parse", "HEAD:a.env") + ":refs/tags/blob")
		require.Contains(t, said, "(tagged file):1")
		require.Contains(t, said, "delete the tag")
	})
	t.Run("two refs", func(t *testing.T) {
		before := len(s.entries())
		said := s.refused(clean+":refs/heads/good", leak+":refs/heads/bad")
		require.Contains(t, said, "1 secret in 1 of its 1 commit")
		require.Equal(t, "refs/heads/bad", s.entries()[before].Ref)
	})
	t.Run("force push", func(t *testing.T) {
		s.git("checkout", "-q", "--orphan", "other")
		s.say("a history of its own")
		require.Contains(t, s.refused("+HEAD:main"), "1 secret")
		s.git("checkout", "-q", "-B", "forced", clean)
		s.say("another line", "x.txt", "x\n")
		s.accepted("HEAD:main")
		s.git("checkout", "-q", "-B", "forced", clean)
		s.say("yet another", "y.txt", "y\n")
		s.accepted("+HEAD:main")
		s.say("leak", "z.txt", token(2)+"\n")
		require.Contains(t, s.refused("+HEAD:main"), "z.txt:1")
	})
	t.Run("deleted ref", func(t *testing.T) {
		require.Empty(t, s.accepted(clean+":refs/heads/gone"))
		require.Empty(t, s.accepted(":refs/heads/gone"))
	})
}

func TestHookOddRefNames(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.say("leak", "a.env", "TOKEN="+token(1)+"\n")
	for _, ref := range []string{"refs/heads/'quote'", "refs/heads/$(touch${IFS}x)", "refs/heads/ünï", "refs/heads/-dash", "refs/heads/a\xff", "refs/heads/\u202ex", "refs/heads/" + strings.Repeat("long", 40)} {
		require.Contains(t, s.refused("HEAD:"+ref), "a.env:1")
		s.accepted("HEAD~1:" + ref)
	}
	require.NotContains(t, string(must(os.ReadFile(s.audit))), "\u202e")
	require.NoFileExists(t, filepath.Join(s.bare, "x"))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestHookFirstPush(t *testing.T) {
	t.Parallel()
	s := emptyServer(t)
	first := s.say("first", "a.env", "TOKEN="+token(1)+"\n", "b.txt", "b\n")
	s.say("second", "c.txt", "c\n")
	said := s.refused("main")
	require.Contains(t, said, first[:12])
	require.Contains(t, said, "git rebase -i --root")
	clean := emptyServer(t)
	clean.say("first", "a.txt", "a\n")
	require.Empty(t, clean.accepted("main"))
}

func TestHookAddedAndRemovedAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	commit := s.say("oops", "a.env", "TOKEN="+token(1)+"\n")
	s.say("remove it", "a.env", "")
	said := s.refused("main")
	require.Contains(t, said, "1 secret in 1 of its 2 commits")
	require.Contains(t, said, commit[:12])
}

// TestHookBlamesNobodyForTheOld: the hook does not refuse a push for secrets that the repository already contains.
func TestHookBlamesNobodyForTheOld(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--mode", "warn")
	s.say("old leak", "old.env", "# one\nTOKEN="+token(1)+"\n", "dir/deep/more.env", "TOKEN="+token(2)+"\n")
	s.accepted("main")
	s.hook("--audit", s.audit)
	for _, c := range []struct {
		name   string
		change func()
	}{
		{"another file", func() { s.say("x", "x.txt", "x\n") }},
		{"another line of the file", func() { s.say("x", "old.env", "# two\n# three\nTOKEN="+token(1)+"\n") }},
		{"renamed", func() { s.git("mv", "old.env", "new.env"); s.say("rename") }},
		{"renamed and changed", func() {
			s.git("mv", "new.env", "newer.env")
			s.say("x", "newer.env", "# four\nTOKEN="+token(1)+"\n")
		}},
		{"folder renamed", func() { s.git("mv", "dir", "folder"); s.say("x") }},
		{"moved from one file to another", func() { s.say("x", "newer.env", "nothing\n", "x.txt", "TOKEN="+token(1)+"\n") }},
		{"removed", func() { s.say("x", "x.txt", "x\n") }},
		{"new branch from the middle", func() {
			s.git("checkout", "-q", "-b", "feature", "HEAD~2")
			s.say("x", "feature.txt", "x\n")
			require.Empty(t, s.accepted("feature"))
		}},
		{"merge", func() { s.git("checkout", "-q", "main"); s.git("merge", "-q", "--no-ff", "-m", "merge", "feature") }},
	} {
		c.change()
		require.Empty(t, s.accepted("main"), c.name)
	}
	s.say("a new one beside the old", "folder/deep/more.env", "TOKEN="+token(2)+"\nOTHER="+token(3)+"\n")
	said := s.refused("main")
	require.Contains(t, said, "1 secret in")
	require.Contains(t, said, "more.env:2")
}

func TestHookMerges(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.git("checkout", "-q", "-b", "side")
	leak := s.say("side leak", "side.env", "TOKEN="+token(1)+"\n")
	s.git("checkout", "-q", "main")
	s.say("main", "m.txt", "m\n")
	s.git("merge", "-q", "--no-ff", "-m", "the merge", "side")
	merge := s.git("rev-parse", "HEAD")
	said := s.refused("main")
	require.Contains(t, said, leak[:12])
	require.NotContains(t, said, merge[:12], "what a merge takes over is not its own")
	require.Contains(t, said, "--rebase-merges")

	s.git("reset", "-q", "--hard", "HEAD~1")
	s.git("branch", "-q", "-f", "side", "HEAD~1")
	s.git("checkout", "-q", "side")
	s.say("side", "s.txt", "s\n")
	s.git("checkout", "-q", "main")
	s.git("merge", "-q", "--no-commit", "--no-ff", "side")
	merge = s.say("evil merge", "evil.env", "TOKEN="+token(2)+"\n")
	require.Contains(t, s.refused("main"), merge[:12])
}

func TestHookHundredCommits(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var leaks []string
	for i := range 100 {
		text := fmt.Sprintf("line %d\n", i)
		if i%4 == 3 {
			text += token(i/4) + "\n"
		}
		commit := s.commit(fmt.Sprintf("f%d.txt", i), text)
		if i%4 == 3 {
			leaks = append(leaks, commit)
		}
	}
	said := s.refused("main")
	require.Contains(t, said, "25 secrets in 25 of its 100 commits")
	require.Contains(t, said, leaks[19][:12])
	require.NotContains(t, said, leaks[20][:12])
	require.Contains(t, said, "... and 5 more secrets.")
	require.Contains(t, said, "git rebase -i "+leaks[0][:12]+"^")
	require.Len(t, s.entries(), 25)
}

func TestHookAllowComments(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for i, comment := range []string{"# sluice:allow", "// sluice:allow because", "# pragma: allowlist-secret", "/* pragma: allowlist secret */", "<!-- pragma: allowlist-secret -->", "' pragma: allowlist-secret"} {
		s.say("allowed", fmt.Sprintf("f%d", i), "x "+token(i)+" "+comment+"\n")
	}
	require.Empty(t, s.accepted("main"))
	leak := s.say("the comment comes too late", "late", token(7)+"\n")
	s.say("here it is", "late", token(7)+" # sluice:allow\n")
	require.Contains(t, s.refused("main"), leak[:12])
}

func TestHookArchivesAndCodings(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.commit("x.env", "TOKEN="+token(1)+"\n")
	s.git("archive", "--format=zip", "-o", filepath.Join(s.dir, "x.zip"), "HEAD")
	s.git("reset", "-q", "--hard", "HEAD~1")
	s.say("an archive", "y", "y\n")
	require.Contains(t, s.refused("main"), "x.zip!/x.env:1")
}

// TestHookRefusesWhatWasLookedAtOnlyInPart: an archive that is damaged in the middle may contain anything after that.
func TestHookRefusesWhatWasLookedAtOnlyInPart(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for _, name := range []string{"a", "b"} {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = f.Write([]byte(strings.Repeat("text "+name+"\n", 1000)))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	damaged := packed.Bytes()
	copy(damaged[40:], bytes.Repeat([]byte{0xff}, 20))
	s.say("an archive", "x.zip", string(damaged))
	said := s.refused("main")
	require.Contains(t, said, "Sluice refused this push: some of it could not be read in full")
	require.Contains(t, said, "x.zip")
}

// TestHookHostileRepository: the hook ignores the configuration, hooks and attributes of a repository, and does not
// follow links.
func TestHookHostileRepository(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	trap := filepath.Join(t.TempDir(), "ran")
	config := "[include]\n\tpath = " + filepath.Join(s.bare, "more") + "\n[core]\n\tbare = true\n\trepositoryformatversion = 0\n"
	require.NoError(t, os.WriteFile(filepath.Join(s.bare, "config"), []byte(config), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(s.bare, "more"), []byte("[core]\n\tfsmonitor = touch "+trap+"\n[alias]\n\trev-list = !touch "+trap+"\n"), 0o600))
	for _, name := range []string{"reference-transaction.sample", "post-checkout", "pre-commit"} {
		writeProgram(t, filepath.Join(s.bare, "hooks", name), []byte("#!/bin/sh\ntouch "+trap+"\n"))
	}
	secret := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(secret, []byte(token(9)+"\n"), 0o600))
	require.NoError(t, os.Symlink(secret, filepath.Join(s.dir, "link")))
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(s.dir, "zero")))
	s.say("links", ".gitattributes", "* filter=evil diff=evil\n", ".sluice.yml", "suppress: [{path: '**', reason: mine}]\nrules: {builtin: false}\n",
		"soteri-security.yml", "allowlist_paths: ['.*']\n", ".gitleaksignore", "*\n")
	require.Empty(t, s.accepted("main"))
	s.say("the configuration of the push does not count", "a.env", "TOKEN="+token(1)+"\n")
	s.git("commit", "-q", "--amend", "-m", "subject \x1b[31mred\x1b[0m \u202egnp.exe "+token(1)+"\r\x07")
	said := s.refused("main")
	require.Contains(t, said, "a.env:1")
	require.NotContains(t, said, "\u202e")
	require.NoFileExists(t, trap)
}

func TestHookUnreadableFileNames(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.say("names", "with space \x1b[31m\u202e.env", "TOKEN="+token(1)+"\n", strings.Repeat("folder/", 30)+"x.env", "TOKEN="+token(2)+"\n", "w.min.js", strings.Repeat("x ", 400)+token(3)+strings.Repeat(" y", 400)+"\n")
	said := s.refused("main")
	require.Contains(t, said, "3 secrets")
	require.Contains(t, said, "/x.env:1")
}

func TestHookSettings(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "hook.yml")
	settings := func(text string) {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		s.hook("--settings", file)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "own.yml"), []byte("- id: ACME_KEY\n  expression: 'acme_[a-z0-9]{20}'\n- id: ACME_HINT\n  expression: 'hint_[a-z0-9]{20}'\n  blocking: false\n"), 0o600))
	commit := s.say("leak", "a.env", "TOKEN="+token(1)+"\n")
	reset := func() { s.git("push", "-q", "--no-verify", "origin", "+HEAD~1:refs/heads/main") }

	settings("enabled: false\n")
	require.Empty(t, s.accepted("main"))
	settings("{}\n")
	reset()
	settings("mode: warn\naudit: log.jsonl\n")
	require.Contains(t, s.accepted("main"), commit[:12])
	require.FileExists(t, filepath.Join(dir, "log.jsonl"))
	reset()
	settings("fail-on: none\n")
	require.Contains(t, s.accepted("main"), "only a warning")
	reset()
	settings("repositories:\n  Acme/*: {mode: warn}\n  acme/other: {enabled: false}\n")
	require.Contains(t, s.accepted("main"), "WARNING")
	reset()
	settings("repositories: {acme/shop: {enabled: false}}\n")
	require.Empty(t, s.accepted("main"))
	reset()
	settings("position: always\nrepositories: {acme/shop: {enabled: false}}\n")
	s.refused("main")
	settings("position: explicit\n")
	require.Empty(t, s.accepted("main"))
	reset()

	settings("rules: [own.yml]\n")
	s.git("reset", "-q", "--hard", "HEAD~1")
	s.say("own", "a.txt", "acme_a1b2c3d4e5a1b2c3d4e5\n")
	require.Contains(t, s.refused("main"), "Acme key (HIGH)")
	s.git("reset", "-q", "--hard", "HEAD~1")
	s.say("hint", "a.txt", "hint_a1b2c3d4e5a1b2c3d4e5\n")
	require.Contains(t, s.accepted("main"), "Acme hint (HIGH), only a warning")
}

func TestHookFails(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	file := filepath.Join(t.TempDir(), "hook.yml")
	s.say("clean", "a.txt", "a\n")
	for name, c := range map[string]struct{ settings, want string }{
		"no file":         {"", "no such file"},
		"unknown key":     {"modus: block\n", `"modus" is not a key of the settings`},
		"no mode":         {"mode: refuse\n", "use block or warn"},
		"no YAML":         {"{{{", "hook.yml"},
		"missing rules":   {"rules: [gone.yml]\n", "gone.yml"},
		"bad rules":       {"rules: [hook.yml]\n", "a rule is keys and values"},
		"audit":           {"audit: /nonexistent/x\nunknown: 1\n", `"unknown" is not a key`},
		"severity":        {"fail-on: SEVERE\n", "is not a severity"},
		"repository mode": {"mode: warn\nrepositories: {acme/shop: {mode: block}}\nx: 1\n", `"x" is not a key`},
	} {
		_ = os.Remove(file)
		if c.settings != "" {
			require.NoError(t, os.WriteFile(file, []byte(c.settings), 0o600))
		}
		s.hook("--settings", file, "--audit", s.audit)
		before := len(s.entries())
		said := s.refused("main")
		require.Contains(t, said, "Sluice refused this push, because it could not be checked", name)
		require.Contains(t, strings.ReplaceAll(said, "\n    ", " "), c.want, name)
		require.Contains(t, said, "tell the administrator")
		require.Equal(t, hook.DecisionError, s.entries()[before].Decision, name)
		require.True(t, s.entries()[before].Refused)
	}
	for name, text := range map[string]string{"unknown key": "mode: warn\nmodus: x\n", "missing rules": "mode: warn\nrules: [gone.yml]\n"} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		s.hook("--settings", file, "--audit", s.audit)
		s.say("x", "a.txt", name)
		said := s.accepted("main")
		require.Contains(t, said, "WARNING: Sluice accepted this push UNCHECKED", name)
	}
	s.hook("--mode", "warn", "--settings", filepath.Join(filepath.Dir(file), "gone"))
	s.say("x", "a.txt", "the flag goes before the file")
	require.Contains(t, s.accepted("main"), "UNCHECKED")
	s.hook("--nonsense")
	s.say("x", "a.txt", "x")
	require.Contains(t, s.refused("main"), "unknown flag")
}

func TestHookFailsWhenTheAuditCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.hook("--audit", filepath.Join(t.TempDir(), "gone", "audit.jsonl"))
	s.say("clean", "a.txt", "a\n")
	s.accepted("main")
	s.say("**skip-sluice-check**", "a.env", "TOKEN="+token(1)+"\n")
	require.Equal(t, 1, strings.Count(s.refused("main"), "audit: "))
	s.hook("--mode", "warn", "--audit", filepath.Join(t.TempDir(), "gone", "audit.jsonl"))
	require.Contains(t, s.accepted("main"), "audit: ")
}

func TestHookFailsOnDamagedObjects(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.say("clean", "a.txt", "a\n")
	s.accepted("main")
	// Without the parent's tree, nobody can tell what the next commit changes.
	tree := s.git("rev-parse", "HEAD^{tree}")
	s.say("next", "b.txt", "b\n")
	s.hook("--audit", s.audit)
	script := filepath.Join(s.bare, "hooks", "pre-receive")
	text := must(os.ReadFile(script))
	object := filepath.Join(s.bare, "objects", tree[:2], tree[2:])
	damaged := strings.Replace(string(text), "exec", "chmod u+w "+object+" && echo damaged > "+object+"\nexec", 1)
	writeProgram(t, script, []byte(damaged))
	said := s.refused("main")
	require.Contains(t, said, "could not be checked")
	require.Contains(t, said, tree)
}

func TestHookSHA256(t *testing.T) {
	t.Parallel()
	s := &gitServer{repository: &repository{t, t.TempDir()}, bare: filepath.Join(t.TempDir(), "x.git")}
	s.git("init", "-q", "-b", "main", "--object-format=sha256")
	s.git("init", "-q", "--bare", "--object-format=sha256", s.bare)
	s.git("remote", "add", "origin", s.bare)
	s.hook()
	s.commit("a", "a\n")
	require.Contains(t, s.refused("main"), "uses SHA-256 object names")
	s.hook("--mode", "warn")
	require.Contains(t, s.accepted("main"), "UNCHECKED")
}

// TestHookInput runs the command without git.
func TestHookInput(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a", "a\n")
	zero := strings.Repeat("0", 40)
	for name, c := range map[string]struct {
		stdin, want string
		code        int
	}{
		"nothing":       {"", "no updates on standard input", scan.ExitError},
		"garbage":       {"hello\n", `is not "OLD NEW REF"`, scan.ExitError},
		"no names":      {"a b c\n", "two object names", scan.ExitError},
		"unknown":       {zero + " " + strings.Repeat("1", 40) + " refs/heads/x\n", "object is not in the repository", scan.ExitError},
		"deleted":       {commit + " " + zero + " refs/heads/x\n", "", scan.ExitOK},
		"known already": {zero + " " + commit + " refs/heads/x\n", "", scan.ExitOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, out := process(t, []string{"GIT_DIR=" + filepath.Join(r.dir, ".git")}, "hook", "pre-receive")
			cmd.Stdin = strings.NewReader(c.stdin)
			_ = cmd.Run()
			require.Equal(t, c.code, cmd.ProcessState.ExitCode(), out.String())
			if c.want == "" {
				require.Empty(t, out.String())
			}
			require.Contains(t, out.String(), c.want)
		})
	}
}

func TestHookIgnoresWhereSettingsCouldComeFromThePusher(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.env = []string{"FAIL_ON=NONE", "MODE=warn", "RULES=/nowhere", "ENGINES=code", "CONFIG=/nowhere", "BASELINE=/nowhere"}
	s.say("leak", "a.env", "TOKEN="+token(1)+"\n")
	s.refused("main")
}

// TestHookAtOnce: concurrent pushes write whole lines to one audit file.
func TestHookAtOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--mode", "warn")
	s.say("leak", "a.env", "TOKEN="+token(1)+"\n")
	var cmds []*exec.Cmd
	for i := range 6 {
		cmd := exec.CommandContext(t.Context(), "git", "push", "-q", "origin", fmt.Sprintf("HEAD:refs/heads/b%d", i))
		cmd.Dir = s.dir
		require.NoError(t, cmd.Start())
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		require.NoError(t, cmd.Wait())
	}
	var refs []string
	for _, e := range s.entries() {
		refs = append(refs, e.Ref)
	}
	// A later push may find that the commit already exists, and then adds nothing.
	require.NotEmpty(t, refs)
	slices.Sort(refs)
	require.Equal(t, refs, slices.Compact(slices.Clone(refs)))
	require.Regexp(t, `^refs/heads/b\d$`, refs[0])
}

// TestHookRepositoryRules: if the administrator allows it, the configuration of the default branch applies, in its state
// before the push.
func TestHookRepositoryRules(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	file := filepath.Join(t.TempDir(), "hook.yml")
	require.NoError(t, os.WriteFile(file, []byte("repository-rules: true\n"), 0o600))
	s.hook("--settings", file, "--audit", s.audit)
	s.say("both at once", "testdata/a.env", "TOKEN="+token(1)+"\n", ".sluice.yml", "suppress: [{path: testdata/**, reason: made up}]\n")
	require.Contains(t, s.refused("main"), "testdata/a.env:1", "the configuration of the push itself does not count")
	s.git("reset", "-q", "--hard", "HEAD~1")
	s.say("first the rule", ".sluice.yml", "suppress: [{path: testdata/**, reason: made up}]\nrules: {secrets: [{id: ACME_KEY, expression: 'acme_[a-z0-9]{20}'}]}\n",
		"soteri-security.yml", "allowlist_paths: ['^docs/']\n")
	require.Empty(t, s.accepted("main"))
	s.say("then the files", "testdata/a.env", "TOKEN="+token(1)+"\n", "docs/b.env", "TOKEN="+token(2)+"\n")
	require.Empty(t, s.accepted("main"))
	s.git("checkout", "-q", "-b", "side")
	s.say("elsewhere", "c.env", "TOKEN="+token(3)+"\n", "d.txt", "acme_a1b2c3d4e5a1b2c3d4e5\n")
	said := s.refused("side")
	require.Contains(t, said, "2 secrets")
	require.Contains(t, said, "Acme key")
	s.git("checkout", "-q", "main")
	s.say("broken", ".sluice.yml", "suppress: nonsense\n")
	s.accepted("main")
	s.say("next", "e.txt", "e\n")
	require.Contains(t, s.accepted("main"), ".sluice.yml of the default branch is not used")
	s.say("unknown rule", ".sluice.yml", "rules: {disable: [NO_SUCH_RULE]}\n")
	s.accepted("main")
	s.say("next", "testdata/x.env", "TOKEN="+token(4)+"\n")
	said = s.refused("main")
	require.Contains(t, said, "the rules of the default branch are not used")
}
