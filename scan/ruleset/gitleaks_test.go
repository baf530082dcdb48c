package ruleset

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
)

const gitleaksExample = `title = "acme"
[extend]
useDefault = true
disabledRules = ["generic-api-key", "made-up-rule"]
url = "https://acme.example/x.toml"

[[rules]]
id = "acme-key"
description = "Acme key. It opens doors."
regex = '''(?i)acme[_-]?key["' ]*[:=]["' ]*([a-z0-9]{16})'''
keywords = ["ACME"]
entropy = 3.0
tags = ["acme", "door"]
  [rules.allowlist]
  stopwords = ["Example"]

[[rules]]
id = "keystore"
path = '''\.p12$'''

[[rules]]
id = "github-pat"
  [[rules.allowlists]]
  description = "docs"
  condition = "AND"
  paths = ['''^docs/''']
  regexTarget = "line"
  regexes = ['''(?i)sample''']

[[rules]]
id = "ahead"
regex = '''ahead(?=[0-9]{4})[0-9]+'''

[[rules]]
id = "broken"
regex = '''broken('''

[[rules]]
id = "helper"
regex = '''helper'''
skipReport = true

[[rules]]
id = "unheard-of"

[[allowlists]]
description = "vendored"
paths = ['''(^|/)vendor/''', '''bad(''']

[[allowlists]]
targetRules = ["acme-key", "nowhere"]
commits = ["0123456789ABCDEF0123456789abcdef01234567"]
regexes = ['''^zzzz''']

[[allowlists]]
condition = "XOR"
paths = ["x"]

[other]
thing = 1
`

// noteTexts lists the notes of a set.
func noteTexts(s *Set) []string {
	var list []string
	for _, n := range s.Notes {
		list = append(list, n.String())
	}
	return list
}

func TestGitleaksNamesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	s := &Set{}
	require.NoError(t, s.Read(".gitleaks.toml", []byte(gitleaksExample)))
	want := []string{
		".gitleaks.toml:59: the key other is not known and has no effect",
		`.gitleaks.toml:4: the rule "made-up-rule" cannot be disabled`,
		".gitleaks.toml:5: extend.url is not read",
		".gitleaks.toml:30: rule AHEAD runs on the slower engine",
		".gitleaks.toml:34: rule BROKEN is left out: expression: it is not valid (missing closing ))",
		".gitleaks.toml:38: rule helper is left out: it has skipReport",
		".gitleaks.toml:43: rule unheard-of has neither regex nor path",
		".gitleaks.toml:13: the tags of rules are not kept",
		".gitleaks.toml:48: an expression of an allow list of every rule is left out: it is not valid (missing closing ))",
		".gitleaks.toml:52: commits of an allow list count only for findings in the history",
		`.gitleaks.toml:51: the allow list cannot apply to rule "nowhere"`,
		".gitleaks.toml:55: an allow list of every rule is left out: its condition is neither AND nor OR",
	}
	got := noteTexts(s)
	require.Len(t, got, len(want), strings.Join(got, "\n"))
	for i := range want {
		require.True(t, strings.HasPrefix(got[i], want[i]), "%q is not %q", got[i], want[i])
	}
	require.False(t, s.WithoutBuiltin)
	require.Equal(t, []string{"GENERIC_API_KEY", "GENERIC_CREDENTIAL", "GENERIC_PASSWORD", "GENERIC_SECRET", "GENERIC_TOKEN"}, s.Disable)
}

// finds lists "ID" or "ID suppressed by SOURCE" for the findings of a set in a text.
func finds(t *testing.T, s *Set, path, commit, text string) []string {
	t.Helper()
	d, err := secret.New(s.Options())
	require.NoError(t, err)
	found, err := d.Begin().File(t.Context(), &scan.Content{File: scan.File{Path: path, Commit: commit}, Data: []byte(text)})
	require.NoError(t, err)
	var list []string
	for _, f := range found {
		if f.Suppression != nil {
			list = append(list, f.RuleID+" suppressed by "+f.Suppression.Source+": "+f.Suppression.Reason)
			continue
		}
		list = append(list, f.RuleID)
	}
	return list
}

// github makes a token at run time. Nothing checks its checksum, and it belongs to nobody.
func github() string { return "gh" + "p_" + "R7mQ2xVb9KpLw4TzNc8YdHs3FgJu6E2dzGej" }

func TestGitleaksRulesAndAllowLists(t *testing.T) {
	t.Parallel()
	s := &Set{}
	require.NoError(t, s.Read(".gitleaks.toml", []byte(gitleaksExample)))
	const value = "q8w2e5r7t1y4u9i3"
	tests := map[string]struct {
		path, commit, text string
		want               []string
	}{
		"rule":             {"a.cfg", "", "acme_key = '" + value + "'", []string{"ACME_KEY"}},
		"entropy":          {"a.cfg", "", "acme_key = 'aaaaaaaabbbbbbbb'", nil},
		"stop word":        {"a.cfg", "", "acme_key = 'exampleq8w2e5r7t'", []string{"ACME_KEY suppressed by .gitleaks.toml:14: on gitleaks' allow list of rule acme-key"}},
		"path":             {"a/store.p12", "", "", []string{"KEYSTORE"}},
		"path allowed":     {"vendor/store.p12", "", "", []string{"KEYSTORE suppressed by .gitleaks.toml:46: vendored"}},
		"vendored":         {"vendor/a.cfg", "", github(), []string{"GITHUB_CLASSIC_PAT suppressed by .gitleaks.toml:46: vendored"}},
		"built-in":         {"docs/a.cfg", "", github(), []string{"GITHUB_CLASSIC_PAT"}},
		"both conditions":  {"docs/a.cfg", "", github() + " # Sample", []string{"GITHUB_CLASSIC_PAT suppressed by .gitleaks.toml:23: docs"}},
		"one condition":    {"src/a.cfg", "", github() + " # Sample", []string{"GITHUB_CLASSIC_PAT"}},
		"look-ahead":       {"a", "", "ahead12345", []string{"AHEAD"}},
		"commit":           {"a.cfg", "0123456789abcdef0123456789abcdef01234567", "acme_key = '" + value + "'", []string{"ACME_KEY suppressed by .gitleaks.toml:50: on gitleaks' allow list of every rule"}},
		"commit of others": {"a.cfg", "1123456789abcdef0123456789abcdef01234567", "acme_key = '" + value + "'", []string{"ACME_KEY"}},
		"generic is off":   {"a.py", "", "password = 'kD8#mQ2$vL5nR9wX'", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, finds(t, s, test.path, test.commit, test.text))
		})
	}
}

func TestGitleaksWithoutDefaultKeepsTheBuiltinRules(t *testing.T) {
	t.Parallel()
	s := &Set{}
	require.NoError(t, s.Read(".gitleaks.toml", []byte("[[rules]]\nid = 'a'\nregex = 'acme[0-9]{9}'\n")))
	require.Len(t, s.Notes, 1)
	require.Contains(t, s.Notes[0].String(), ".gitleaks.toml:1: gitleaks would run only the rules of this file")
	require.Equal(t, []string{"GITHUB_CLASSIC_PAT"}, finds(t, s, "a", "", github()))
}

func TestGitleaksExtendPath(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"ci/base.toml": "[extend]\npath = 'ci/more.toml'\n[[rules]]\nid='base'\nregex='base[0-9]{9}'\n",
		"ci/more.toml": "[extend]\npath = 'ci/deep.toml'\n[[rules]]\nid='more'\nregex='more[0-9]{9}'\n",
		"ci/deep.toml": "[[rules]]\nid='deep'\nregex='deep[0-9]{9}'\n",
	}
	open := func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("it is not there")
	}
	tests := map[string]struct {
		path, note string
		rules      int
	}{
		"chain":   {"./ci/base.toml", "ci/more.toml:2: extend.path is not read: files extend each other more than 2 deep", 2},
		"missing": {"ci/none.toml", ".gitleaks.toml:2: extend.path is not read: it is not there", 0},
		"outside": {"../x.toml", ".gitleaks.toml:2: extend.path is not read: it is outside the repository", 0},
		"rooted":  {"/etc/x.toml", ".gitleaks.toml:2: extend.path is not read: it is outside the repository", 0},
		"drive":   {`C:\x.toml`, ".gitleaks.toml:2: extend.path is not read: it is outside the repository", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &Set{Open: open}
			require.NoError(t, s.Read(".gitleaks.toml", []byte("[extend]\npath = '"+test.path+"'\n")))
			require.Equal(t, []string{test.note}, noteTexts(s))
			require.Len(t, s.Rules, test.rules)
		})
	}
}

func TestGitleaksFileThatIsNotTOML(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"syntax": "[[rules]]\nid = canary-text\n", "type": "[[rules]]\nid = 1\nregex = ['canary-text']\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := (&Set{}).Read(".gitleaks.toml", []byte(text))
			require.ErrorContains(t, err, ".gitleaks.toml:2: it is not valid TOML for gitleaks")
			require.NotContains(t, err.Error(), "canary-text")
		})
	}
}

// Every name in the tables corresponds to an existing rule.
func TestNamesStandForRules(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(gitleaksNames), 100)
	for _, names := range []map[string]string{gitleaksNames, soteriNames} {
		for name := range names {
			ids := ourRules(names, name)
			require.NotEmpty(t, ids)
			for _, id := range ids {
				require.True(t, builtin()[id], "%s: %s", name, id)
			}
		}
	}
}

func TestRuleIDs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"acme-key": "ACME_KEY", "Acme  key!": "ACME_KEY", "-x-": "X", "ключ": "", "rsa-private-key": "G_RSA_PRIVATE_KEY", "a__b": "A_B",
	} {
		require.Equal(t, want, ruleID(name, "G"), name)
	}
}

func FuzzGitleaks(f *testing.F) {
	f.Add([]byte(gitleaksExample))
	f.Add([]byte("[[rules]]\nid='a'\nregex='b{3}'\n[[rules.allowlists]]\npaths=['c']\n"))
	f.Add([]byte("rules = [{id='a', regex='abc', allowlist={regexes=['x']}}]\na.b.c = 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4<<10 {
			return
		}
		s := &Set{}
		if s.Read(".gitleaks.toml", data) != nil {
			return
		}
		if _, err := secret.New(s.Options()); err != nil {
			t.Fatal(err)
		}
		for _, n := range s.Notes {
			if n.Line < 0 || n.Line > strings.Count(string(data), "\n")+1 {
				t.Fatalf("line %d", n.Line)
			}
		}
	})
}
