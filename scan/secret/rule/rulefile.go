package rule

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// MaxRuleFile bounds a file of users' rules in bytes. 10,000 rules have about 3 MB.
const MaxRuleFile = 16 << 20

// ruleForm is a rule as users write it: the form of a built-in rule, and what only users' rules have.
type ruleForm struct {
	Rule     `yaml:",inline"`
	Provider string   `yaml:"provider"`
	Keywords []string `yaml:"keywords"`
	Path     string   `yaml:"path"`
	Entropy  float64  `yaml:"entropy"`
	Group    int      `yaml:"group"`
	Blocking *bool    `yaml:"blocking"`
}

// providerForm is a provider as users write it.
type providerForm struct {
	Name   string      `yaml:"provider"`
	Revoke string      `yaml:"revoke"`
	Link   string      `yaml:"link"`
	Source string      `yaml:"source"`
	Rules  []yaml.Node `yaml:"rules"`
}

// ParseRules reads a file of users' rules: a YAML list of rules, a list of providers with rules as in the built-in
// files, or a mapping whose key "rules" is such a list. Unknown keys are errors, because a misspelt key would silently
// change what a rule finds. The error joins all problems, each with its line.
func ParseRules(source string, data []byte) ([]Rule, error) {
	if len(data) > MaxRuleFile {
		return nil, fmt.Errorf("%s: %d bytes are more than the %d MB that a rule file may have", source, len(data), MaxRuleFile>>20)
	}
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, fmt.Errorf("%s: %s", source, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	list := document.Content[0]
	if list.Kind == yaml.MappingNode && len(list.Content) == 2 && list.Content[0].Value == "rules" {
		list = list.Content[1]
	}
	return DecodeRules(source, list)
}

// DecodeRules reads the rules of a YAML list, like [ParseRules].
func DecodeRules(source string, list *yaml.Node) ([]Rule, error) {
	var rules []Rule
	var problems []error
	switch {
	case list.Kind == yaml.ScalarNode && list.Tag == "!!null":
		return nil, nil
	case list.Kind != yaml.SequenceNode:
		return nil, fmt.Errorf("%s:%d: rules are a list: write each as \"- id: ACME_KEY\" with its keys below", source, list.Line)
	}
	for _, item := range list.Content {
		if keyOf(item, "rules") == nil {
			r, err := decodeRule(source, item)
			rules, problems = append(rules, r), append(problems, err)
			continue
		}
		group := providerForm{}
		if err := decodeKnown(source, item, providerKeys, &group); err != nil {
			problems = append(problems, err)
			continue
		}
		for i := range group.Rules {
			r, err := decodeRule(source, &group.Rules[i])
			r.Provider = cmp.Or(r.Provider, group.Name)
			r.Revoke = cmp.Or(r.Revoke, group.Revoke)
			r.Link = cmp.Or(r.Link, group.Link)
			r.Source = cmp.Or(r.Source, group.Source)
			rules, problems = append(rules, r), append(problems, err)
		}
	}
	seen := make(map[string]string, len(rules))
	for i := range rules {
		r := &rules[i]
		if first := seen[r.ID]; first != "" {
			problems = append(problems, fmt.Errorf("%s: rule %s occurs twice, first in %s", r.Custom.Origin, r.ID, first))
		} else if r.ID != "" {
			seen[r.ID] = r.Custom.Origin
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	for i := range rules {
		problems = append(problems, rules[i].Complete())
	}
	return rules, errors.Join(problems...)
}

// decodeRule reads one rule. Without "boundary" a user's rule demands nothing of the neighbours: the expression means
// what it says.
func decodeRule(source string, item *yaml.Node) (Rule, error) {
	form := ruleForm{}
	err := decodeKnown(source, item, ruleKeys, &form)
	r := form.Rule
	r.Provider = form.Provider
	r.Custom = &Custom{
		Origin: fmt.Sprintf("%s:%d", source, item.Line), Keywords: form.Keywords, Path: form.Path, Entropy: form.Entropy, Group: form.Group,
		WarnOnly: form.Blocking != nil && !*form.Blocking,
	}
	if keyOf(item, "boundary") == nil {
		r.Boundary = BoundaryNone
	}
	return r, err
}

// keyOf returns the value of a key of a mapping, or nil.
func keyOf(item *yaml.Node, key string) *yaml.Node {
	if item.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(item.Content); i += 2 {
		if item.Content[i].Value == key {
			return item.Content[i+1]
		}
	}
	return nil
}

// decodeKnown decodes a node and refuses keys that the target does not have.
func decodeKnown(source string, item *yaml.Node, known string, target any) error {
	if item.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: a rule is keys and values (id: ACME_KEY)", source, item.Line)
	}
	var problems []error
	for i := 0; i+1 < len(item.Content); i += 2 {
		if key := item.Content[i]; !strings.Contains(known, " "+key.Value+" ") {
			problems = append(problems, fmt.Errorf("%s:%d: %q is not a key of a rule; known are%s",
				source, key.Line, key.Value, strings.TrimRight(known, " ")))
		}
	}
	if err := item.Decode(target); err != nil {
		problems = append(problems, lined(source, item, err))
	}
	return errors.Join(problems...)
}

// lined puts the file before the problems of the YAML reader, which name the line.
func lined(source string, item *yaml.Node, err error) error {
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		return fmt.Errorf("%s:%d: %s", source, item.Line, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	problems := make([]error, len(typed.Errors))
	for i, text := range typed.Errors {
		number, rest, ok := strings.Cut(strings.TrimPrefix(text, "line "), ": ")
		if !ok || strings.Trim(number, ascii.Decimals) != "" {
			number, rest = strconv.Itoa(item.Line), text
		}
		problems[i] = fmt.Errorf("%s:%s: %s", source, number, rest)
	}
	return errors.Join(problems...)
}

// The keys of a rule and of a provider.
const (
	ruleKeys = " id title provider severity confidence revoke link source literals keywords expression longest boundary check " +
		"matcher context file path entropy group blocking match no_match "
	providerKeys = " provider revoke link source rules "
)
