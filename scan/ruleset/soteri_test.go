package ruleset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/secret"
)

const soteriExample = `inherit_builtin_rules: true
inherit_custom_rules: false
rules:
  - RSA
  - AWS_SECRET_ACCESS_KEY
  - NEVER_HEARD
  - name: ACME_OBJECT
    regex: acme-object-[0-9]{6}
custom_rules:
  ACME_PIN: 'pin-(?=[0-9])[0-9]{6}'
  acme door: 'door-[0-9]{6}'
  EMPTY:
allowlist_paths:
  - "^vendor/"
  - "*.png"
  - output_files/**
skip_file_paths:
  - legacy/.*
unknown_key: 1
`

func TestSoteriFile(t *testing.T) {
	t.Parallel()
	s := &Set{}
	require.NoError(t, s.Read("soteri-security.yml", []byte(soteriExample)))
	want := []string{
		"soteri-security.yml:2: inherit_custom_rules: false changes nothing",
		`soteri-security.yml:6: the rule "NEVER_HEARD" is not known here`,
		`soteri-security.yml:7: the rule "ACME_OBJECT" with an expression belongs under custom_rules`,
		"soteri-security.yml:10: rule ACME_PIN runs on the slower engine",
		`soteri-security.yml:12: the rule "EMPTY" has no expression and is left out`,
		`soteri-security.yml:15: the path "*.png" is not a valid expression; it is read as a file pattern`,
		`soteri-security.yml:16: the path "output_files/**" is not a valid expression; it is read as a file pattern`,
		"soteri-security.yml:17: skip_file_paths is read as allowlist_paths",
		`soteri-security.yml:19: the key "unknown_key" is not known and has no effect`,
	}
	got := noteTexts(s)
	require.Len(t, got, len(want), strings.Join(got, "\n"))
	for i := range want {
		require.True(t, strings.HasPrefix(got[i], want[i]), "%q is not %q", got[i], want[i])
	}
	require.Equal(t, []string{"RSA_PRIVATE_KEY", "AWS_SECRET_ACCESS_KEY"}, s.Builtin)
	by := func(line string) string {
		return " suppressed by soteri-security.yml:" + line + ": its path is on the allow list of soteri-security.yml"
	}
	tests := map[string]struct {
		path, text string
		want       []string
	}{
		"custom":   {"a", "door-123456 pin-654321 acme-object-111111", []string{"ACME_DOOR", "ACME_PIN", "ACME_OBJECT"}},
		"path":     {"vendor/a", "door-123456", []string{"ACME_DOOR" + by("14")}},
		"pattern":  {"x/a.png", "door-123456", []string{"ACME_DOOR" + by("15")}},
		"stars":    {"output_files/y/a", "door-123456", []string{"ACME_DOOR" + by("16")}},
		"alias":    {"legacy/a", "door-123456", []string{"ACME_DOOR" + by("18")}},
		"built-in": {"a", github(), []string{"GITHUB_CLASSIC_PAT"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, finds(t, s, test.path, "", test.text))
		})
	}
}

// Files from real repositories.
func TestSoteriFilesInTheWild(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text  string
		notes []string
	}{
		"null lists":   {"custom_rules:\nrules:\nallowlist_paths:\n  - .*\n", nil},
		"empty":        {"", nil},
		"comment":      {"# nothing\n", nil},
		"libs":         {"allowlist_paths: [resources/assets/vendor/libs/*]\n", nil},
		"one value":    {"rules: SSH\n", nil},
		"no builtin":   {"inherit_builtin_rules: false\nrules: [SSH]\n", []string{"soteri-security.yml: the built-in rules are off, because inherit_builtin_rules is false; 1 rule named under rules stay on"}},
		"no boolean":   {"inherit_builtin_rules: maybe\n", []string{"soteri-security.yml:1: inherit_builtin_rules is neither true nor false and has no effect"}},
		"custom list":  {"custom_rules:\n  - name: A\n    regex: abc[0-9]{4}\n  - B: abd[0-9]{4}\n", nil},
		"custom text":  {"custom_rules:\n  - abc\n", []string{"soteri-security.yml:2: a custom rule is a name and an expression (ACME_KEY: \"acme_[0-9]{8}\"); this one is left out"}},
		"custom empty": {"custom_rules:\n  - {name: A}\n", []string{`soteri-security.yml:2: the rule "A" has no expression and is left out`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &Set{}
			require.NoError(t, s.Read("soteri-security.yml", []byte(test.text)))
			require.Equal(t, test.notes, noteTexts(s))
		})
	}
	s := &Set{}
	require.NoError(t, s.Read("soteri-security.yml", []byte("inherit_builtin_rules: false\nrules: [AWS_CLIENT_ID]\n")))
	require.Empty(t, finds(t, s, "a", "", github()))
	for _, bad := range []string{"a: [canary-text", "- canary-text\n"} {
		err := (&Set{}).Read("soteri-security.yml", []byte(bad))
		require.ErrorContains(t, err, "soteri-security.yml")
		require.NotContains(t, err.Error(), "canary-text")
	}
}

func FuzzSoteri(f *testing.F) {
	f.Add([]byte(soteriExample))
	f.Add([]byte("a: &a [*a]\nrules: *a\ncustom_rules: {<<: *a}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4<<10 {
			return
		}
		s := &Set{}
		if s.Read("soteri-security.yml", data) != nil {
			return
		}
		if _, err := secret.New(s.Options()); err != nil {
			t.Fatal(err)
		}
	})
}
