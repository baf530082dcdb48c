package sarif_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

func TestReadClassFollowsTheRuleAndTheTool(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tool, rule, properties string
		want                   scan.Class
	}{
		"eslint":                     {"ESLint", "react/jsx-key", ``, scan.ClassSmell},
		"eslint, a security plugin":  {"ESLint", "security/detect-eval", `"tags":["security"]`, scan.ClassVulnerability},
		"ktlint":                     {"ktlint", "standard:indent", ``, scan.ClassSmell},
		"detekt, style":              {"detekt", "detekt.style.MagicNumber", ``, scan.ClassSmell},
		"detekt, a bug":              {"detekt", "detekt.potential-bugs.UnsafeCast", ``, scan.ClassBug},
		"hadolint":                   {"Hadolint", "DL3008", ``, scan.ClassSmell},
		"golangci-lint":              {"golangci-lint", "errcheck", ``, scan.ClassSmell},
		"golangci-lint, gosec":       {"golangci-lint", "gosec", `"tags":["security"]`, scan.ClassVulnerability},
		"golangci-lint, its gosec":   {"golangci-lint", "gosec", ``, scan.ClassVulnerability},
		"golangci-lint, a bug":       {"golangci-lint", "staticcheck", ``, scan.ClassBug},
		"eslint, a plugin by prefix": {"ESLint", "security/detect-eval", ``, scan.ClassVulnerability},
		"rubocop, security":          {"RuboCop", "Security/Eval", ``, scan.ClassVulnerability},
		"rubocop, style":             {"RuboCop", "Style/StringLiterals", ``, scan.ClassSmell},
		"clang-tidy, readability":    {"clang-tidy", "readability-magic-numbers", ``, scan.ClassSmell},
		"clang's analyzer":           {"clang", "core.NullDereference", ``, scan.ClassBug},
		"semgrep, correctness":       {"Semgrep OSS", "python.lang.correctness.return-in-init", ``, scan.ClassBug},
		"semgrep, security":          {"Semgrep OSS", "python.lang.security.audit.exec", ``, scan.ClassVulnerability},
		"ruff":                       {"ruff", "F401", ``, scan.ClassSmell},
		"ruff, a rule of bandit":     {"ruff", "S602", ``, scan.ClassVulnerability},
		"kube-linter":                {"kube-linter", "run-as-non-root", ``, scan.ClassVulnerability},
		"ansible-lint":               {"ansible-lint", "name[missing]", ``, scan.ClassSmell},
		"phpstan":                    {"PHPStan", "argument.type", ``, scan.ClassBug},
		"clang-tidy":                 {"clang-tidy", "bugprone-use-after-move", ``, scan.ClassBug},
		"spotbugs":                   {"SpotBugs", "NP_NULL", `"tags":["CORRECTNESS"]`, scan.ClassBug},
		"spotbugs, style":            {"SpotBugs", "DLS", `"tags":["STYLE"]`, scan.ClassSmell},
		"spotbugs, security":         {"SpotBugs", "SQL_INJECTION_JDBC", `"tags":["SECURITY"]`, scan.ClassVulnerability},
		"a compiler":                 {"Microsoft (R) Visual C# Compiler", "CS8602", `"category":"Compiler"`, scan.ClassBug},
		"roslyn, naming":             {"Microsoft (R) Visual C# Compiler", "CA1707", `"category":"Naming"`, scan.ClassSmell},
		"roslyn, security":           {"Microsoft (R) Visual C# Compiler", "CA2100", `"category":"Security"`, scan.ClassVulnerability},
		"codeql":                     {"CodeQL", "js/xss", `"tags":["security","external/cwe/cwe-079"],"security-severity":"6.1"`, scan.ClassVulnerability},
		"codeql, maintainability":    {"CodeQL", "js/unused-local-variable", `"tags":["maintainability"]`, scan.ClassSmell},
		"codeql, reliability":        {"CodeQL", "js/useless-expression", `"tags":["reliability","correctness"]`, scan.ClassBug},
		"semgrep":                    {"Semgrep OSS", "python.lang.exec", ``, scan.ClassVulnerability},
		"semgrep, best practice":     {"Semgrep OSS", "python.lang.x", `"tags":["best-practice"]`, scan.ClassSmell},
		"trivy":                      {"Trivy", "CVE-2024-1", `"tags":["vulnerability","HIGH"]`, scan.ClassVulnerability},
		"checkov":                    {"checkov", "CKV_AWS_20", ``, scan.ClassVulnerability},
		"bandit":                     {"Bandit", "B602", ``, scan.ClassVulnerability},
		"brakeman":                   {"Brakeman", "BRAKE0000", ``, scan.ClassVulnerability},
		"gitleaks":                   {"gitleaks", "generic-api-key", ``, scan.ClassVulnerability},
		"a score":                    {"ESLint", "x", `"security-severity":"5.0"`, scan.ClassVulnerability},
		"nobody knows":               {"Tool", "R1", ``, scan.ClassVulnerability},
		"a word within another word": {"Tool", "R1", `"tags":["lifestyle","debugging"]`, scan.ClassVulnerability},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := read(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"`+c.tool+`","rules":[{"id":"`+c.rule+`","properties":{`+c.properties+`}}]}},"results":[{"ruleId":"`+c.rule+`","message":{"text":"m"}}]}]}`, sarif.ReadOptions{})
			require.Equal(t, c.want, runs[0].Result.Findings[0].Class)
		})
	}
}
