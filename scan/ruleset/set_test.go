package ruleset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadNamesSlowRulesUpToABound(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "- {id: A%d, expression: '[a-f]{9}%d'}\n", i, i)
	}
	b.WriteString("- {id: FAST, expression: 'acme-[a-f]{9}'}\n")
	s := &Set{}
	require.NoError(t, s.Read("rules.yml", []byte(b.String())))
	require.Len(t, s.Rules, 41)
	require.Len(t, s.Notes, 11)
	require.Equal(t, "rules.yml:1: rule A0 runs over every file, because its expression has no 3 characters that must occur; "+
		"give it keywords to make it fast", s.Notes[0].String())
	require.Equal(t, "rules.yml:40: 30 more rules are slow; `sluice rules list --engine` shows how each is run", s.Notes[10].String())
}

func TestReadRefusesARuleThatTwoFilesHave(t *testing.T) {
	t.Parallel()
	s := &Set{}
	require.NoError(t, s.Read("a.yml", []byte("- {id: ACME, expression: abc1}\n")))
	require.EqualError(t, s.Read("b.yml", []byte("- {id: ACME, expression: abc2}\n")), "b.yml:1: rule ACME occurs twice, first in a.yml:1")
	require.NoError(t, s.Read("c.toml", []byte("[extend]\nuseDefault=true\n[[rules]]\nid='acme'\nregex='abc3'\n")))
	require.Equal(t, []string{"c.toml:3: rule ACME is left out: another rule with that name is in a.yml:1"}, noteTexts(s))
}

func TestReadBoundsAFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.yml", "a.toml", ".gitleaksignore", "soteri-security.yml"} {
		require.ErrorContains(t, (&Set{}).Read(name, make([]byte, maxFile+1)), "are more than the 16 MB")
	}
}

// A configuration often contains a secret itself: no note and no error quotes it.
func TestNotesHoldNoSecret(t *testing.T) {
	t.Parallel()
	canary := "gh" + "p_" + strings.Repeat("Qz7", 12)
	files := map[string][]string{
		".gitleaks.toml": {
			"[allowlist]\nregexes = ['%s(', '%s(?=x)']\nstopwords = ['%s']\ncommits = ['%s']\ndescription = '%s'\n",
			"[[rules]]\nid = 'a'\nregex = '%s('\nkeywords = ['%s']\n", "[[rules]]\nid = '%s\n", "x = %s\n", "[[rules]]\nid='a'\nentropy = '%s'\n",
		},
		".gitleaksignore":     {"%s\n", "a:%s:x\n", "%s:1\n", ":%s:1\n"},
		"soteri-security.yml": {"custom_rules: {A: '%s('}\n", "custom_rules: ['%s']\n", "a: [%s\n", "- %s\n", "inherit_builtin_rules: %s\n"},
		"rules.yml": {"- {id: A, expression: '%s('}\n", "- {id: A, expression: [%s]}\n", "- %s\n", "%s", "- {id: A, expression: b, match: ['%s']}\n",
			"- {id: A, expression: '(?!%s)'}\n"},
	}
	for name, texts := range files {
		for i, text := range texts {
			s := &Set{}
			err := s.Read(name, []byte(strings.ReplaceAll(text, "%s", canary)))
			all := strings.Join(noteTexts(s), "\n") + fmt.Sprint(err)
			require.NotContains(t, all, canary[:12], "%s %d", name, i)
		}
	}
}
