package secret

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp/syntax"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// ruleFiles are what people edit; [builtinTable] is made of them.
//
//go:embed rules/*.yml
var ruleFiles embed.FS

// provider is an entry of a rule file: who issues the credentials, and what its rules share unless they say otherwise.
type provider struct {
	Name   string `yaml:"provider"`
	Revoke string `yaml:"revoke"`
	Link   string `yaml:"link"`
	Source string `yaml:"source"`
	Rules  []Rule `yaml:"rules"`
}

// parseRules reads a rule file: a YAML list of providers. Unknown keys are errors, because a misspelt one would
// silently change what a rule finds. Every problem is named at once.
func parseRules(data []byte) ([]Rule, error) {
	var providers []provider
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&providers); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	var rules []Rule
	var problems []error
	for _, p := range providers {
		for _, r := range p.Rules {
			r.Provider = p.Name
			r.Revoke = cmp.Or(r.Revoke, p.Revoke)
			r.Link = cmp.Or(r.Link, p.Link)
			r.Source = cmp.Or(r.Source, p.Source)
			if err := r.validate(); err != nil {
				problems = append(problems, err)
			}
			rules = append(rules, r)
		}
	}
	return rules, errors.Join(problems...)
}

// loadRules reads every rule file of a file system, ordered by rule id.
func loadRules(files fs.FS) ([]Rule, error) {
	names, err := fs.Glob(files, "rules/*.yml")
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	parts := make([][]Rule, len(names))
	problems := make([]error, len(names))
	for i, name := range names {
		data, err := fs.ReadFile(files, name)
		if err == nil {
			parts[i], err = parseRules(data)
		}
		if err != nil {
			problems[i] = fmt.Errorf("%s: %w", name, err)
		}
	}
	rules := slices.Concat(parts...)
	slices.SortStableFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	for i := 1; i < len(rules); i++ {
		if rules[i].ID == rules[i-1].ID {
			problems = append(problems, fmt.Errorf("rule %s is there twice", rules[i].ID))
		}
	}
	for i := range rules {
		rules[i].index = i
	}
	return rules, errors.Join(problems...)
}

// validate completes the rule and names every problem it has.
func (r *Rule) validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("rule %s: "+format, append([]any{cmp.Or(r.ID, "without id")}, args...)...))
	}
	if !validID(r.ID) {
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
	if r.Matcher != "" && matchers[r.Matcher] == nil {
		bad("there is no matcher %q", r.Matcher)
	}
	if r.Check != "" && checks[r.Check] == nil {
		bad("there is no check %q", r.Check)
	}
	if r.Expression != "" {
		if err := r.validateExpression(); err != nil {
			bad("%w", err)
		}
	}
	r.prepare()
	return errors.Join(problems...)
}

func (r *Rule) validateExpression() error {
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
