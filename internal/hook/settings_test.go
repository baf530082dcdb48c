package hook

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func settingsOf(t *testing.T, text, repository string) (Settings, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "hook.yml")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	s, err := File{name}.Settings(t.Context(), repository)
	if s.Audit != "" {
		s.Audit, _ = filepath.Rel(filepath.Dir(name), s.Audit)
	}
	return s, err
}

func TestSettingsOfAFile(t *testing.T) {
	t.Parallel()
	with := func(change func(*Settings)) Settings {
		s := DefaultSettings()
		change(&s)
		return s
	}
	const overrides = "mode: block\nbypass: false\nrepositories:\n  ACME/*: {mode: warn, fail-on: LOW}\n  acme/shop: {bypass: true, enabled: false}\n  ~ann/*: {enabled: false}\n"
	for name, c := range map[string]struct {
		text, repository string
		want             Settings
	}{
		"empty":                  {"", "a/b", DefaultSettings()},
		"comment":                {"# nothing\n", "a/b", DefaultSettings()},
		"all":                    {"enabled: true\nmode: WARN\nfail-on: critical\nbypass: false\naudit: a.jsonl\n", "a/b", Settings{Enabled: true, Mode: ModeWarn, FailOn: scan.SeverityCritical, Audit: "a.jsonl"}},
		"off":                    {"enabled: false\n", "a/b", with(func(s *Settings) { s.Enabled = false })},
		"nothing blocks":         {"fail-on: none\n", "a/b", with(func(s *Settings) { s.FailOn = scan.SeverityNone })},
		"of no entry":            {overrides, "other/shop", with(func(s *Settings) { s.Bypass = false })},
		"of its project":         {overrides, "acme/web", with(func(s *Settings) { s.Bypass, s.Mode, s.FailOn = false, ModeWarn, scan.SeverityLow })},
		"of its own":             {overrides, "acme/shop", with(func(s *Settings) { s.Enabled, s.Mode, s.FailOn = false, ModeWarn, scan.SeverityLow })},
		"personal":               {overrides, "~ann/x", with(func(s *Settings) { s.Bypass = false })},
		"explicit":               {"position: explicit\n", "a/b", with(func(s *Settings) { s.Enabled = false })},
		"explicit, project on":   {"position: explicit\nrepositories: {a/*: {enabled: true}}\n", "a/b", DefaultSettings()},
		"explicit, repo off":     {"position: explicit\nrepositories: {a/*: {enabled: true}, a/b: {enabled: false}}\n", "a/b", with(func(s *Settings) { s.Enabled = false })},
		"always, repo off":       {"position: always\nrepositories: {a/b: {enabled: false}}\n", "a/b", DefaultSettings()},
		"always, but all is off": {"enabled: false\nposition: always\n", "a/b", with(func(s *Settings) { s.Enabled = false })},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := settingsOf(t, c.text, c.repository)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestSettingsOfAFileErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, want string
		mode       Mode
	}{
		"key":              {"mode: warn\nmodus: x\n", `line 2: "modus" is not a key of the settings`, ModeWarn},
		"key of an entry":  {"repositories: {a/b: {mode: warn, x: 1}}\n", `"x" is not a key`, ModeWarn},
		"mode":             {"mode: refuse\n", `"refuse" is not a mode`, ModeBlock},
		"mode of an entry": {"mode: warn\nrepositories: {a/b: {mode: refuse}}\n", `"refuse" is not a mode`, ModeBlock},
		"severity":         {"fail-on: X\nmode: warn\n", "is not a severity", ModeWarn},
		"kind":             {"mode: warn\nenabled: maybe\n", "line 2: the value is not of the kind", ModeWarn},
		"list":             {"- mode: warn\n", "line 1: the value is not of the kind", ModeBlock},
		"position":         {"position: everywhere\n", "explicit, inherited or always", ModeBlock},
		"no YAML":          {"mode: warn\n{", "hook.yml", ModeBlock},
		"two documents":    {"mode: warn\n---\nmode: block\n", "more than one", ModeWarn},
		"twice":            {"mode: block\nrepositories: {a/b: {mode: block}, A/B: {mode: block}}\n", "a/b occurs twice", ModeBlock},
		"rules":            {"mode: warn\nrules: [gone.yml, gone2.yml]\n", "gone2.yml", ModeWarn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := settingsOf(t, c.text, "a/b")
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "hook.form")
			require.NotContains(t, err.Error(), "hook.override")
			require.Equal(t, c.mode, got.Mode)
		})
	}
	s, err := File{"/nonexistent/hook.yml"}.Settings(t.Context(), "a/b")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Equal(t, ModeBlock, s.Mode)
}

// If a file has two entries for one repository, neither may win by chance, even if the file has other mistakes.
func TestModeOfAnEntryThatDiffersInCase(t *testing.T) {
	t.Parallel()
	for range 20 {
		got, err := settingsOf(t, "repositories: {a/b: {mode: warn}, A/B: {mode: block}}\n", "a/b")
		require.Error(t, err)
		require.Equal(t, ModeBlock, got.Mode)
	}
}

func FuzzSettings(f *testing.F) {
	for _, seed := range []string{"", "mode: warn\n", "repositories: {a/*: {mode: warn}}\n", "rules: [x]\n", "{{{", "a: &a [*a]", "- x", "mode: [warn]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := parse("hook.yml", []byte(text))
		mode := read.of("a/b").Mode
		require.Contains(t, []Mode{"", ModeBlock, ModeWarn}, mode)
		if err != nil {
			require.NotEmpty(t, err.Error())
		}
	})
}
