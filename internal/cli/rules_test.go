package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// A pull request cannot allow its own secret: the destination's rules and allow lists apply.
func TestPullRequestCannotChangeItsOwnRules(t *testing.T) {
	t.Parallel()
	for name, files := range map[string][]string{
		"gitleaks":  {".gitleaks.toml", "[extend]\nuseDefault = true\ndisabledRules = [\"github-pat\"]\n[allowlist]\npaths = ['.*']\n"},
		"ignore":    {".gitleaksignore", "new.txt:github-pat:1\n"},
		"soteri":    {"soteri-security.yml", "allowlist_paths: ['.*']\n"},
		"baseline":  {".gitleaks-baseline.json", `[{"RuleID": "github-pat", "File": "new.txt", "StartLine": 1, "Secret": "REDACTED"}]`},
		"rule file": {"ci/rules.yml", "- id: GITHUB_CLASSIC_PAT\n  expression: 'never-[0-9]{9}'\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPullRequest(t,
				[]string{".sluice.yml", "rules: {files: [ci/rules.yml]}\n", "ci/rules.yml", "- id: ACME_KEY\n  expression: 'acme_[0-9]{9}'\n"},
				append([]string{"new.txt", tokens(0, 1)}, files...))
			p.git("checkout", "-q", "feature")
			got := inProcess(t, p.env(t, fakebitbucket.New()))
			require.Equal(t, scan.ExitFindings, got.code, got.stdout+got.stderr)
			if name != "rule file" {
				require.Contains(t, got.stdout, "this pull request changes "+files[0])
			}
		})
	}
}

// A rule of the destination applies to the pull request.
func TestPullRequestRunsTheRulesOfItsDestination(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t,
		[]string{".sluice.yml", "rules: {files: [ci/rules.yml]}\n", "ci/rules.yml", "- id: ACME_KEY\n  expression: 'acme_[0-9]{9}'\n"},
		[]string{"new.txt", "acme_123456789\n"})
	server := fakebitbucket.New()
	require.Equal(t, scan.ExitFindings, inProcess(t, p.env(t, server)).code)
	require.Len(t, server.Annotations(p.source, reportID), 1)
}

// A rule that never finishes is a failure of the file, and the scan continues.
func TestCatastrophicRuleIsANamedFailure(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit(".sluice.yml", "rules: {secrets: [{id: ACME_BAD, expression: '(?=a)(a+)+$'}]}\n",
		"a.txt", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n", "b.txt", tokens(0, 1))
	got := inProcess(t, nil, "scan", r.dir)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, "rule ACME_BAD took longer than 250ms on line 1")
	require.Contains(t, got.stdout, "rule ACME_BAD runs on the slower engine")
	require.NotEmpty(t, commit)
}
