package sarif

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan"
)

// These are compared in lower case, as whole words or as sequences of words.
var (
	securityWords = []string{
		"security", "vulnerability", "vulnerabilities", "vuln", "cwe", "cve", "ghsa", "owasp", "sast", "malicious", "injection", "xss", "crypto", "secret", "secrets", "misconfiguration",
	}
	bugWords = []string{
		"correctness", "bug", "bugs", "reliability", "error prone", "errorprone", "possible errors", "potential bugs", "bugprone", "suspicious", "compiler", "usage", "concurrency", "mt", "crash",
		"core", "problem",
	}
	smellWords = []string{
		"style", "stylistic", "maintainability", "readability", "performance", "complexity", "convention", "conventions", "formatting", "layout", "naming", "documentation", "comments",
		"smell", "best practice", "best practices", "bad practice", "design", "globalization", "i18n", "refactor", "unused", "modernize", "pedantic", "efficiency", "suggestion", "deprecated", "accessibility",
	}
)

// What tools look for, by words in their names. A tool in none of the lists counts as a vulnerability scanner, because
// this program publishes vulnerabilities.
var (
	securityTools = []string{
		"semgrep", "opengrep", "trivy", "snyk", "grype", "checkov", "tfsec", "kics", "gosec", "bandit", "brakeman", "zap", "njsscan", "mobsfscan", "horusec", "terrascan", "dockle", "flawfinder",
		"devskim", "govulncheck", "osv", "codeql", "checkmarx", "veracode", "fortify", "anchore", "security", "secrets", "nuclei", "bearer", "sobelow", "insider", "zizmor", "poutine", "audit",
		"kube linter", "kubescape", "kubesec", "polaris", "cfn nag",
	}
	bugTools = []string{
		"spotbugs", "findbugs", "phpstan", "psalm", "phan", "clang", "clangsa", "cppcheck", "infer", "pvs", "msvc", "prefast", "mypy", "pyright", "pyre", "staticcheck", "errorprone", "nullaway",
		"coverity", "msbuild", "roslyn", "compiler", "gcc", "sonarqube", "sonarlint", "sonar", "sonarcloud", "vet", "tsc", "typescript", "shellcheck", "qodana", "scanbuild", "sparse", "valgrind", "asan", "ubsan", "dialyzer",
	}
	smellTools = []string{
		"eslint", "tslint", "jshint", "prettier", "stylelint", "ktlint", "detekt", "checkstyle", "pmd", "pylint", "flake8", "ruff", "black", "isort", "rubocop", "standardrb", "swiftlint",
		"swiftformat", "golint", "golangci", "revive", "hadolint", "markdownlint", "yamllint", "tflint", "actionlint", "biome", "oxlint", "phpcs", "codesniffer", "phpmd", "stylecop", "inspectcode",
		"resharper", "clippy", "vale", "cspell", "jscpd", "lint", "linter", "formatter", "credo", "scalastyle", "cpplint", "pycodestyle", "pydocstyle", "spectral", "sqlfluff",
		"editorconfig", "reek", "lizard", "htmlhint", "commitlint", "spellcheck",
	}
)

// cveLike matches the ids of advisories and of the rules of misconfiguration scanners.
var cveLike = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:CVE-\d|GHSA-|CWE-?\d|OSV-|SNYK-|GO-\d{4}-|PYSEC-|RUSTSEC-|CKV\d?_|AVD-|DS-?\d{3}|KSV-?\d|AWS-\d)`)
})

// class returns the class of a result: from the words of its rule, or else from the kind of its tool.
func (s *ruleSet) class(id string, r *result, found *rule) scan.Class {
	if cveLike().MatchString(id) || scored(r.Properties) != scan.SeverityNone {
		return scan.ClassVulnerability
	}
	var words []string
	if found != nil {
		if scored(found.Properties) != scan.SeverityNone {
			return scan.ClassVulnerability
		}
		words = found.Properties.words()
	}
	words = append(words, r.Properties.words()...)
	if c, ok := classOf(words, securityWords, bugWords, smellWords); ok {
		return c
	}
	if set := ruleSetOf(id); set != "" {
		if c, ok := classOf([]string{set}, securityWords, bugWords, smellWords); ok {
			return c
		}
	}
	// Tools that run other tools use their names as rule ids.
	if c, ok := classOf([]string{id}, securityTools, bugTools, nil); ok && len(identifierWords(id)) == 1 {
		return c
	}
	if banditLike().MatchString(id) && contains(s.toolName, []string{"ruff", "flake8"}) {
		return scan.ClassVulnerability
	}
	return toolClass(s.toolName)
}

// banditLike matches the ids that Python linters use for the rules of Bandit.
var banditLike = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^S\d{3}$`) })

// ruleSetOf returns the part of a rule id that names its rule set: everything before the last dot, else the part before
// the first slash, colon or dash; empty for an id of one part.
func ruleSetOf(id string) string {
	if parts := strings.Split(id, "."); len(parts) > 2 {
		return strings.Join(parts[:len(parts)-1], ".")
	}
	if i := strings.IndexAny(id, "/:.-"); i > 0 {
		return id[:i]
	}
	return ""
}

// toolClass returns the class of the problems that a tool looks for.
func toolClass(name string) scan.Class {
	if contains(name, secretTools) {
		return scan.ClassVulnerability
	}
	c, _ := classOf([]string{name}, securityTools, bugTools, smellTools)
	return c
}

// classOf searches texts for the words of the three classes, the most serious first.
func classOf(texts, security, bug, smell []string) (scan.Class, bool) {
	var joined []string
	for _, text := range texts {
		joined = append(joined, " "+strings.Join(identifierWords(text), " ")+" ")
	}
	has := func(words []string) bool {
		return slices.ContainsFunc(joined, func(text string) bool {
			return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, " "+word+" ") })
		})
	}
	switch {
	case has(security):
		return scan.ClassVulnerability, true
	case has(bug):
		return scan.ClassBug, true
	case has(smell):
		return scan.ClassSmell, true
	}
	return scan.ClassVulnerability, false
}

// identifierWords splits a text at everything that is not a letter or digit, in lower case.
func identifierWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c < 0x80 })
}

// words returns the tags and the category of a rule or a result.
func (p *properties) words() []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, word := range append(slices.Clone(p.Tags), p.Category, p.Type) {
		if word != "" {
			out = append(out, string(word))
		}
	}
	return out
}
