package cli_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// drawnPasswords draws passwords and remembers them.
type drawnPasswords struct {
	random *rand.Rand
	drawn  []string
}

func (c *drawnPasswords) password(length int) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%*+-=?^_~"
	b := make([]byte, length)
	for i := range b {
		b[i] = alphabet[c.random.IntN(len(alphabet))]
	}
	// One character of each kind, so that it looks like a password.
	b[1], b[3], b[5], b[7] = 'k', 'Q', '7', '!'
	c.drawn = append(c.drawn, string(b))
	return string(b)
}

// requireNowhere fails if a text contains six consecutive characters of a canary.
func (c *drawnPasswords) requireNowhere(t *testing.T, text, where string) {
	t.Helper()
	for _, password := range c.drawn {
		for i := 0; i+6 <= len(password); i++ {
			if at := strings.Index(text, password[i:i+6]); at >= 0 {
				require.Failf(t, "printed", "%s holds %q of %q: ...%s...", where, password[i:i+6], password, text[max(0, at-80):min(len(text), at+40)])
			}
		}
	}
}

// No output of the program contains passwords from manifests, settings, minified files, tests and the history: not the
// terminal, any format, the debug log, the report in Bitbucket, the page of the preview, the cache, or the explanation
// of a rule.
func TestNoDoorLetsAPasswordOut(t *testing.T) {
	t.Parallel()
	c := &drawnPasswords{random: rand.New(rand.NewPCG(11, 12))}
	v := func() string { return c.password(20) }
	r := newRepository(t)
	r.commit("gone.txt", "old pass"+"word: "+v()+"\n", "README.md", "# x\n")
	first := r.git("rev-parse", "HEAD")
	files := map[string]string{
		"gone.txt":                 "new\n",
		"requirements.txt":         "--extra-index-url https://ci:" + v() + "@pypi.acme.io/simple\nrequests==2.19.0\ngit+https://bot:" + v() + "@git.acme.io/x.git@v1\n",
		"package.json":             fmt.Sprintf("{\n \"dependencies\": {\n  \"lodash\": \"4.17.15\",\n  \"x\": \"git+https://x:%s@git.acme.io/x.git\"\n }\n}\n", strings.ReplaceAll(v(), "#", "x")),
		".npmrc":                   "//npm.acme.io/:_authTo" + "ken=" + c.password(36) + "\n//npm.acme.io/:_pass" + "word=" + v() + "\n",
		"a.env":                    "DB_PASS" + "WORD=" + v() + "\nAPI_TO" + "KEN=" + c.password(40) + "\nNOTE=" + v() + "\n",
		"conf/a.properties":        "db.pass" + "word=" + v() + "\nother.pass" + "word=" + v() + "\n",
		"test/fixtures/x.yml":      "pass" + "word: " + strings.NewReplacer("#", "x", "!", "x").Replace(v()) + "\nother: " + v() + "\n",
		"web/min.js":               "var a=\"" + strings.Repeat("x", 3000) + "\";var pass" + "word=\"" + v() + "\";to" + "ken=\"" + c.password(32) + "\";\nvar apiKey = \"" + c.password(32) + "\";\n",
		"export/users.csv":         "url,user,pass" + "word\nacme.io,ann," + v() + "\n",
		"docs/runbook.md":          "The pass" + "word of the relay is " + v() + " since May.\n",
		"deploy/run.sh":            "mysql -uroot -p'" + v() + "' shop\ncurl -u 'ann:" + v() + "' https://acme.io/\n",
		"config/database.xml":      "<c><pass" + "word>" + v() + "</pass" + "word><user pass" + "word=\"" + v() + "\"/></c>\n",
		"broken/package-lock.json": "{\"lockfileVersion\": 3, \"packages\": {\"\": {\"resolved\": \"https://u:" + v() + "@npm.acme.io/x.tgz\"\n",
	}
	var list []string
	for name, text := range files {
		list = append(list, name, text)
	}
	head := r.commit(list...)
	out := t.TempDir()
	args := []string{"scan", "--history", "full", "--db-update", "off", "--cache-dir", filepath.Join(out, "cache"), "--fail-on", "none"}
	for _, name := range []string{"text", "json", "sarif", "csv", "junit", "html", "cyclonedx", "spdx"} {
		args = append(args, "--format", name+"="+filepath.Join(out, name))
	}
	got := inProcess(t, []string{"DEBUG=true"}, append(args, r.dir)...)
	require.NotEqual(t, scan.ExitUsage, got.code, got.stderr)
	c.requireNowhere(t, got.stdout, "the terminal")
	c.requireNowhere(t, got.stderr, "the log")

	server := fakebitbucket.New()
	got = inProcess(t, pipeline(r, proxy(t, server), head, "DEBUG=true", "DB_UPDATE=off", "BASE_COMMIT="+first))
	require.NotEqual(t, scan.ExitUsage, got.code, got.stderr)
	c.requireNowhere(t, got.stdout+got.stderr, "the pipe")
	c.requireNowhere(t, string(server.Dump()), "Bitbucket")
	require.NotEmpty(t, server.Reports(head))

	got = inProcess(t, nil, "preview", "--base", first, "--output", filepath.Join(out, "page"), r.dir)
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	c.requireNowhere(t, got.stdout+got.stderr, "the preview")
	for name, text := range files {
		for line := 1; line <= strings.Count(text, "\n"); line++ {
			got = inProcess(t, nil, "rules", "explain", fmt.Sprintf("%s:%d", filepath.Join(r.dir, name), line))
			c.requireNowhere(t, got.stdout+got.stderr, "the explanation of "+name)
		}
	}
	written := 0
	require.NoError(t, filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		c.requireNowhere(t, string(data), path)
		written++
		return err
	}))
	require.Greater(t, written, 8)
}
