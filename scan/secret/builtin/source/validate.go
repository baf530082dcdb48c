package source

import (
	"cmp"
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// validate completes a rule and returns every problem that it has.
func validate(r *rule.Rule) error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("rule %s: "+format, append([]any{cmp.Or(r.ID, "without id")}, args...)...))
	}
	if !rule.ValidID(r.ID) {
		bad("id must be upper-case words joined by underscores")
	}
	for _, field := range []struct{ name, value string }{
		{"title", r.Title}, {"provider", r.Provider}, {"revoke", r.Revoke}, {"source", r.Source},
	} {
		if field.value == "" {
			bad("%s is missing", field.name)
		}
	}
	if r.Link != "" && !strings.HasPrefix(r.Link, "https://") {
		bad("link must begin with https://")
	}
	if r.Severity == scan.SeverityNone || r.Confidence == 0 {
		bad("severity and confidence must be set")
	}
	if len(r.Literals) == 0 && len(r.Context) == 0 && len(r.File) == 0 {
		bad("literals, context or file must be set")
	}
	for _, literal := range slices.Concat(r.Literals, r.Context) {
		if len(literal) < match.MinLiteral || literal != strings.ToLower(literal) {
			bad("literal %q must be lower-case and at least %d bytes long", literal, match.MinLiteral)
		}
	}
	if (r.Expression == "") == (r.Matcher == "") {
		bad("either expression or matcher must be set")
	}
	if r.Matcher != "" && !slices.Contains(rule.Matchers, r.Matcher) {
		bad("there is no matcher %q", r.Matcher)
	}
	if r.Check != "" && check.Named(r.Check) == nil {
		bad("there is no check %q", r.Check)
	}
	if r.Expression != "" {
		if err := validateExpression(r); err != nil {
			bad("%w", err)
		}
	}
	r.Prepare()
	return errors.Join(problems...)
}

// validateExpression checks that an expression compiles and that Longest is the length of its longest match.
func validateExpression(r *rule.Rule) error {
	parsed, err := syntax.Parse(r.Expression, syntax.Perl)
	if err != nil {
		return fmt.Errorf("expression: %w", err)
	}
	switch longest, ok := match.LongestMatch(parsed); {
	case !ok:
		return errors.New("expression: it must have a longest match, and no ^, $, \\b or \\B")
	case longest != r.Longest:
		return fmt.Errorf("longest is %d, but the expression can match %d bytes", r.Longest, longest)
	}
	return nil
}
