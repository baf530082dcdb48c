package secret

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed rules/*.yml
var builtin embed.FS

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
			r.Revoke = firstOf(r.Revoke, p.Revoke)
			r.Link = firstOf(r.Link, p.Link)
			r.Source = firstOf(r.Source, p.Source)
			if err := r.validate(); err != nil {
				problems = append(problems, err)
			}
			rules = append(rules, r)
		}
	}
	return rules, errors.Join(problems...)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// loadRules reads every rule file of a file system, ordered by rule id.
func loadRules(files fs.FS) ([]Rule, error) {
	names, err := fs.Glob(files, "rules/*.yml")
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	parts := make([][]Rule, len(names))
	problems := make([]error, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() {
			data, err := fs.ReadFile(files, name)
			if err == nil {
				parts[i], err = parseRules(data)
			}
			if err != nil {
				problems[i] = fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	group.Wait()
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

var builtinRules = sync.OnceValues(func() ([]Rule, error) { return loadRules(builtin) })
