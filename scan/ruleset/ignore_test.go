package ruleset

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
)

const ignoreExample = `# what we know of

0123456789abcdef0123456789abcdef01234567:a.cfg:github-pat:2
dir\b.cfg:generic-api-key:1
c:d.cfg:unheard-of:1
nonsense
a.cfg:rule:x
../a.cfg:rule:1
:rule:1
a.cfg::1
gone.cfg:github-pat:4
`

func TestGitleaksIgnore(t *testing.T) {
	t.Parallel()
	s := &Set{}
	require.NoError(t, s.Read(".gitleaksignore", []byte(ignoreExample)))
	got := noteTexts(s)
	require.Equal(t, []string{
		".gitleaksignore:6: the entry is left out: it does not end in a line number; write it as file:rule:line",
		".gitleaksignore:7: the entry is left out: it does not end in a line number; write it as file:rule:line",
		".gitleaksignore:8: the entry is left out: its path is not in the repository; write it relative to the root",
		".gitleaksignore:9: the entry is left out: its path is not in the repository; write it relative to the root",
		".gitleaksignore:10: the entry is left out: it names no rule; write it as file:rule:line",
	}, got[:5])
	require.Contains(t, got[5], ".gitleaksignore:3: 4 entries ignore by path and line: the next secret on such a line would be hidden too")
	require.Len(t, got, 6)
	reason := ": on gitleaks' ignore list, by its path and line"
	tests := map[string]struct {
		path, text string
		want       []string
	}{
		"line":       {"a.cfg", "x\n" + github(), []string{"GITHUB_CLASSIC_PAT suppressed by .gitleaksignore:3" + reason}},
		"other line": {"a.cfg", github(), []string{"GITHUB_CLASSIC_PAT"}},
		"other rule": {"a.cfg", "x\nAGE-SECRET-KEY-1\npostgres://ann:kD8mQ2vL5nR9@db.acme.io/x", []string{"POSTGRES_URI"}},
		"generic":    {"dir/b.cfg", github(), []string{"GITHUB_CLASSIC_PAT suppressed by .gitleaksignore:4" + reason}},
		"any rule":   {"c:d.cfg", github(), []string{"GITHUB_CLASSIC_PAT suppressed by .gitleaksignore:5" + reason}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, finds(t, s, test.path, "", test.text))
		})
	}
}

func TestAdviseOnIgnoreLists(t *testing.T) {
	t.Parallel()
	s := &Set{}
	require.NoError(t, s.Read(".gitleaksignore", []byte("a.cfg:github-pat:1\ngone.cfg:github-pat:4\n")))
	d, err := secret.New(s.Options())
	require.NoError(t, err)
	found, err := d.Begin().File(t.Context(), &scan.Content{File: scan.File{Path: "a.cfg"}, Data: []byte(github())})
	require.NoError(t, err)
	require.Len(t, found, 1)
	found[0].Path, found[0].StartLine = "a.cfg", 1
	found[0].Fingerprint = "00112233445566778899aabbccddeeff"
	notes := s.Advise(&scan.Result{Findings: found})
	require.Equal(t, []scan.Note{
		{Code: "gitleaks-ignore", Text: ".gitleaksignore:1: write this into .sluice.yml under suppress in its place: " +
			"- {fingerprint: 00112233445566778899aabbccddeeff, reason: \"ignored before: GITHUB_CLASSIC_PAT at a.cfg:1\"}"},
		{Code: "suppression-unused", Text: "matches nothing in this scan: .gitleaksignore:2"},
	}, notes)
	require.Empty(t, (&Set{}).Advise(&scan.Result{}))
}

func FuzzGitleaksIgnore(f *testing.F) {
	f.Add([]byte(ignoreExample))
	f.Add([]byte("a:b:99999999999999999999\n::::1\n\xff:a:1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &Set{}
		if err := s.Read(".gitleaksignore", data); err != nil {
			t.Fatal(err)
		}
		for _, a := range s.Allow {
			if a.Line < 1 || a.Path == "" || a.Source == "" {
				t.Fatalf("%+v", a)
			}
		}
	})
}
