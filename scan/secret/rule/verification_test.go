package rule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/secret/builtin/source"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

const goodRule = `- provider: Acme
  revoke: delete it
  link: https://acme.example/keys
  source: https://acme.example/docs
  rules:
    - id: ACME_KEY
      title: Acme key
      severity: HIGH
      confidence: high
      literals: [acme_]
      expression: 'acme_[a-z0-9]{20}'
      longest: 25
      match: ["acme_⟦lowerdigit 20⟧"]
      no_match: ["acme_"]
`

const goodVerification = `      verify: |
        method: GET
        url: "https://api.acme.example/me"
        headers: {Authorization: "Bearer {secret}"}
        active:
          - {status: [200], json: {id: "*"}}
        revoked:
          - {status: [401]}
`

func withVerification(text string) string {
	return strings.Replace(goodRule, "      match:", text+"      match:", 1)
}

// verification parses the verification of the one rule in text.
func verification(t *testing.T, text string) (rule.Verification, error) {
	t.Helper()
	rules, err := source.Parse([]byte(text))
	require.NoError(t, err)
	return rules[0].Verification()
}

func TestParseVerification(t *testing.T) {
	t.Parallel()
	v, err := verification(t, withVerification(goodVerification))
	require.NoError(t, err)
	require.Equal(t, rule.Verification{
		Method: "GET", URL: "https://api.acme.example/me", Headers: map[string]string{"Authorization": "Bearer {secret}"},
		Active: []rule.Answer{{Status: []int{200}, JSON: map[string]string{"id": "*"}}}, Revoked: []rule.Answer{{Status: []int{401}}},
	}, v)
	require.Equal(t, "api.acme.example", v.Host())
	require.False(t, v.Fits("acme_aaaaaaaaaaaaaaaaaaaa"), "what is no built-in rule is never verified")
}

func TestVerificationNamesEveryProblem(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, text, want string }{
		"method":             {"GET", "DELETE", "method must be GET or POST"},
		"plain http":         {"https://api", "http://api", "url must be https://, a host without port and user, and a path"},
		"port":               {"example/me", "example:8443/me", "url must be https://, a host without port and user, and a path"},
		"user":               {"https://api", "https://u@api", "url must be https://, a host without port and user, and a path"},
		"address":            {"api.acme.example/me", "127.0.0.1/me", "url must be https://, a host without port and user, and a path"},
		"no dot":             {"api.acme.example/me", "localhost/me", "url must be https://, a host without port and user, and a path"},
		"host of the secret": {"api.acme.example/me", "{secret}.acme.example/me", "url is not valid"},
		"fragment":           {"example/me", "example/me#x", "url must be https://, a host without port and user, and a path"},
		"no URL":             {"https://api.acme.example/me", "https://%zz/", "url is not valid"},
		"nowhere":            {"Bearer {secret}", "Bearer", "{secret} must stand in one place, and stands in 0"},
		"twice":              {"example/me", "example/{secret}", "{secret} must stand in one place, and stands in 2"},
		"header's form":      {"Authorization", "authorization", `header "authorization" is not written as it should be`},
		"header of ours":     {`"Bearer {secret}"`, `"Bearer {secret}", Cookie: a`, `header "Cookie" is not written as it should be, or not the rule's to set`},
		"basic":              {"        active", "        basic: user\n        active", "basic must be user:password"},
		"body of GET":        {"        active", "        body: '{}'\n        active", "only a POST has a body"},
		"never active":       {"        active:\n          - {status: [200], json: {id: \"*\"}}\n", "", "active must list an answer"},
		"no status":          {"{status: [401]}", "{contains: x}", "an answer needs status codes of 200 to 299 or 400 to 499"},
		"redirect":           {"[401]", "[302]", "an answer needs status codes of 200 to 299 or 400 to 499"},
		"fault":              {"[401]", "[401, 500]", "an answer needs status codes of 200 to 299 or 400 to 499"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(goodVerification, test.old, test.text, 1)
			require.NotEqual(t, goodVerification, text)
			_, err := verification(t, withVerification(text))
			require.ErrorContains(t, err, "rule ACME_KEY: verify: ")
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestVerificationWithAMisspeltKey(t *testing.T) {
	t.Parallel()
	_, err := verification(t, withVerification(strings.Replace(goodVerification, "json:", "jsn:", 1)))
	require.ErrorContains(t, err, "field jsn not found")
}

func TestVerificationNeedsTheWholeCredential(t *testing.T) {
	t.Parallel()
	text := strings.Replace(withVerification(goodVerification), "'acme_[a-z0-9]{20}'", "'acme_(?P<secret>[a-z0-9]{20})'", 1)
	_, err := verification(t, text)
	require.ErrorContains(t, err, "verify: the rule needs an expression that matches the credential and nothing else")
}

// A provider also refuses the credential of another provider, which only its surroundings tell apart.
func TestVerificationOfARuleWithContext(t *testing.T) {
	t.Parallel()
	text := strings.Replace(withVerification(goodVerification), "literals: [acme_]", "context: [acme]", 1)
	_, err := verification(t, text)
	require.ErrorContains(t, err, "verify: for a rule with context, a revoked answer needs more than a status code")
}
