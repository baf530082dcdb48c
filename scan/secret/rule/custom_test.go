package rule

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// expression makes a user's rule.
func expression(id, text string, keywords ...string) Rule {
	return Rule{ID: id, Expression: text, Boundary: BoundaryNone, Custom: &Custom{Origin: "rules.yml:1", Keywords: keywords}}
}

func TestMethodOfExpressions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ expression, want string }{
		"bounded":         {`acme_[a-z0-9]{20}`, "window acme_"},
		"fold":            {`(?i)acme[ks]y_[a-z0-9]{20}`, "window acmeky_ acmesy_"},
		"alternatives":    {`(?:secret|secure)=[a-z]{4}`, "window secret= secure="},
		"word boundary":   {`\bacme_[a-z0-9]{20}\b`, "window acme_"},
		"end of text":     {`acme_[a-z0-9]{20}(?:\s|$)`, "window acme_"},
		"unbounded":       {`acme_[a-z0-9]+`, "lines acme_"},
		"lines":           {`(?m)^acme:.+$`, "lines acme:"},
		"line ends":       {`acme="[^"]+"`, `file acme="`},
		"begin of text":   {`\Aacme_.+`, "file acme_"},
		"no literal":      {`[a-z0-9]{32}`, "file"},
		"short literal":   {`ab[0-9]{32}`, "file"},
		"long match":      {`acme_.{600}`, "lines acme_"},
		"too many":        {`acme_.{2000}`, "backtracking acme_"},
		"long literal":    {`a-very-long-literal-that-goes-on=[0-9]`, "window a-very-long-lite"},
		"optional":        {`(?:acme)?[0-9]{8}`, "file"},
		"nested":          {`(?:acme|acme_x)=[0-9]{8}`, "window acme=" + " acme_x="},
		"nested literals": {`(?:acme|xacmey)[0-9]{8}`, "window acme"},
		"repetition":      {`(?:[0-9a-f]{2}:){3}acme`, "window acme"},
		"look-ahead":      {`acme_(?=[a-z]+[0-9])[a-z0-9]{20}`, "backtracking acme_"},
		"look-behind":     {`(?<![a-z])acme_[a-z0-9]{20}(?!x)`, "backtracking acme_"},
		"back-reference":  {`(["'])acme_[a-z0-9]{20}\1`, "backtracking \"acme_ 'acme_"},
		"possessive":      {`acme_[a-z]++[0-9]`, "backtracking acme_"},
		"atomic":          {`acme_(?>[a-z]+)[0-9]`, "backtracking acme_"},
		"nothing certain": {`(?=[a-z]*[0-9])[a-z0-9]{20}`, "backtracking"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := expression("ACME", test.expression)
			require.NoError(t, r.Complete())
			require.Equal(t, test.want, strings.TrimSpace(r.Method()+" "+strings.Join(r.Custom.plan.Literals, " ")))
		})
	}
}

func TestCompleteNamesEveryProblem(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rule Rule
		want string
	}{
		"id":         {expression("acme-key", `acme[0-9]`), "id must be upper-case words"},
		"no id":      {expression("", `acme[0-9]`), "rule without id"},
		"expression": {expression("ACME", ""), "expression is missing"},
		"syntax":     {expression("ACME", `acme(`), "expression: it is not valid (missing closing ))"},
		"empty":      {expression("ACME", `(acme)*`), "matches the empty text"},
		"slow empty": {expression("ACME", `(?!x)`), "matches the empty text"},
		"group":      {Rule{ID: "ACME", Expression: "acme", Custom: &Custom{Group: 2}}, "group 2 is more than the 0"},
		"slow group": {Rule{ID: "ACME", Expression: "acme(?=x)", Custom: &Custom{Group: 2}}, "group 2 is more than the 0"},
		"check":      {Rule{ID: "ACME", Expression: "acme", Check: "nope"}, `there is no check "nope"`},
		"matcher":    {Rule{ID: "ACME", Matcher: "pem"}, "matcher and context are for built-in rules"},
		"path":       {Rule{ID: "ACME", Expression: "acme", Custom: &Custom{Path: "("}}, "path: "},
		"long":       {expression("ACME", strings.Repeat("a", 40<<10)+"(?=x)"), "are more than"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, test.rule.Complete(), test.want)
		})
	}
}
