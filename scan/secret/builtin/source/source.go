// Package source reads the files of built-in rules, validates them, and writes them as a Go table. Only the generator and
// tests use it.
package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// provider is an entry of a rule file: who issues the credentials, and what its rules share unless they say otherwise.
type provider struct {
	Name   string      `yaml:"provider"`
	Revoke string      `yaml:"revoke"`
	Link   string      `yaml:"link"`
	Source string      `yaml:"source"`
	Rules  []rule.Rule `yaml:"rules"`
}

// Parse reads a rule file: a YAML list of providers. Unknown keys are errors, because a misspelt key would silently
// change what a rule finds. The error names every problem.
func Parse(data []byte) ([]rule.Rule, error) {
	var providers []provider
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&providers); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	var rules []rule.Rule
	var problems []error
	for _, p := range providers {
		for _, r := range p.Rules {
			r.Provider = p.Name
			r.Revoke = cmp.Or(r.Revoke, p.Revoke)
			r.Link = cmp.Or(r.Link, p.Link)
			r.Source = cmp.Or(r.Source, p.Source)
			if err := validate(&r); err != nil {
				problems = append(problems, err)
			}
			rules = append(rules, r)
		}
	}
	return rules, errors.Join(problems...)
}

// Load reads every rule file in a folder. The rules are ordered by id.
func Load(files fs.FS) ([]rule.Rule, error) {
	names, err := fs.Glob(files, "*.yml")
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	parts := make([][]rule.Rule, len(names))
	problems := make([]error, len(names))
	for i, name := range names {
		data, err := fs.ReadFile(files, name)
		if err == nil {
			parts[i], err = Parse(data)
		}
		if err != nil {
			problems[i] = fmt.Errorf("%s: %w", name, err)
		}
	}
	rules := slices.Concat(parts...)
	slices.SortStableFunc(rules, func(a, b rule.Rule) int { return strings.Compare(a.ID, b.ID) })
	for i := 1; i < len(rules); i++ {
		if rules[i].ID == rules[i-1].ID {
			problems = append(problems, fmt.Errorf("rule %s occurs twice", rules[i].ID))
		}
	}
	return rules, errors.Join(problems...)
}
