package source

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const goodRules = `- provider: Acme
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

func TestParseRules(t *testing.T) {
	t.Parallel()
	rules, err := Parse([]byte(goodRules))
	require.NoError(t, err)
	require.Len(t, rules, 1)
	require.Equal(t, "Acme", rules[0].Provider)
	require.Equal(t, "delete it", rules[0].Revoke)
	require.Equal(t, "https://acme.example/keys", rules[0].Link)
}

func TestParseRulesNamesEveryProblem(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, text, want string }{
		"id":         {"ACME_KEY", "acme-key", "rule acme-key: id must be upper-case words joined by underscores"},
		"title":      {"title: Acme key", "title: ''", "rule ACME_KEY: title is missing"},
		"link":       {"link: https", "link: http", "rule ACME_KEY: link must begin with https://"},
		"severity":   {"severity: HIGH", "severity: SEVERE", `"SEVERE" is not a severity`},
		"none":       {"severity: HIGH", "severity: NONE", "rule ACME_KEY: severity and confidence must be set"},
		"literal":    {"[acme_]", "[ac]", `literal "ac" must be lower-case and at least 3 bytes long`},
		"case":       {"[acme_]", "[ACME_]", `literal "ACME_" must be lower-case`},
		"literals":   {"literals: [acme_]", "literals: []", "literals, context or file must be set"},
		"expression": {"{20}'", "{20}('", "missing closing )"},
		"unbounded":  {"{20}'", "+'", "it must have a longest match"},
		"assertion":  {"{20}'", "{20}\\b'", "it must have a longest match"},
		"longest":    {"longest: 25", "longest: 24", "longest is 24, but the expression can match 25 bytes"},
		"check":      {"longest: 25", "longest: 25\n      check: nope", `there is no check "nope"`},
		"matcher":    {"longest: 25", "longest: 25\n      matcher: nope", "either expression or matcher must be set"},
		"boundary":   {"longest: 25", "longest: 25\n      boundary: nope", `"nope" is not a boundary`},
		"key":        {"longest: 25", "longest: 25\n      regex: x", "field regex not found"},
		"no YAML":    {"- provider", "- [provider", "read rules"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(goodRules, test.old, test.text, 1)
			require.NotEqual(t, goodRules, text)
			_, err := Parse([]byte(text))
			require.ErrorContains(t, err, test.want)
		})
	}
	two := strings.NewReplacer("title: Acme key", "title: ''", "longest: 25", "longest: 1").Replace(goodRules)
	_, err := Parse([]byte(two))
	require.ErrorContains(t, err, "title is missing")
	require.ErrorContains(t, err, "longest is 1")
}

func TestLoadRulesRefusesAnIDTwice(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a.yml": {Data: []byte(goodRules)}, "b.yml": {Data: []byte(goodRules)}}
	_, err := Load(files)
	require.EqualError(t, err, "rule ACME_KEY occurs twice")
}
