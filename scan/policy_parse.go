package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan/display"
)

// maxPolicyBytes limits the configuration file.
const maxPolicyBytes = 1 << 20

// ParsePolicy parses a configuration file. source is its name in messages. The error joins all problems, each with its
// line. Unknown keys are warnings, so that an old version can read a newer file.
func ParsePolicy(source string, data []byte) (*Policy, error) {
	p := &Policy{Source: source, Settings: map[string]string{}, Severities: map[string]Severity{}}
	if len(data) > maxPolicyBytes {
		return nil, fmt.Errorf("%s: %d bytes is more than the %d that a configuration may have", source, len(data), maxPolicyBytes)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		return nil, fmt.Errorf("%s: %s", source, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	r := policyReader{policy: p, source: source}
	if root := resolve(doc.Content[0]); root.Kind != yaml.ScalarNode || root.Tag != "!!null" {
		r.read(root)
	}
	if decoder.Decode(new(yaml.Node)) == nil {
		p.Warnings = append(p.Warnings, source+": only the first YAML document of the file is read")
	}
	if len(r.problems) > 0 {
		return nil, errors.Join(r.problems...)
	}
	return p, nil
}

type policyReader struct {
	policy   *Policy
	source   string
	problems []error
}

func (r *policyReader) problem(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s:%d: %s", r.source, n.Line, fmt.Sprintf(format, args...)))
}

func (r *policyReader) read(root *yaml.Node) {
	known := append([]string{"suppress", "rules", "dependencies"}, PolicySettings...)
	r.eachKey(root, "the file", known, func(key string, k, v *yaml.Node) {
		switch key {
		case "suppress":
			r.eachItem(v, key, r.readSuppress)
		case "rules":
			r.readRules(v)
		case "dependencies":
			r.readDependencies(v)
		default:
			r.policy.Settings[key] = r.settingText(v, key)
		}
	})
}

// settingText returns a scalar, or a list of scalars joined by line ends, in the syntax of the variable.
func (r *policyReader) settingText(v *yaml.Node, key string) string {
	if v.Kind != yaml.SequenceNode {
		return r.scalar(v, key)
	}
	var items []string
	r.eachItem(v, key, func(item *yaml.Node) { items = append(items, r.scalar(item, key)) })
	return strings.Join(items, "\n")
}

func (r *policyReader) readRules(v *yaml.Node) {
	r.eachKey(v, "rules", []string{"disable", "severity", "secrets", "files", "builtin", "import"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "secrets":
			r.policy.SecretRules = v
			return
		case "files":
			// The files are the default of the variable RULES.
			r.policy.Settings["rules"] = r.settingText(v, "rules.files") + "\n"
			return
		case "builtin":
			r.policy.WithoutBuiltin = !r.boolean(v, "rules.builtin")
			return
		case "import":
			r.policy.WithoutImport = !r.boolean(v, "rules.import")
			return
		case "disable":
			r.eachItem(v, "rules.disable", func(item *yaml.Node) {
				r.policy.DisabledRules = append(r.policy.DisabledRules, r.scalar(item, "rules.disable"))
			})
			return
		}
		r.eachKey(v, "rules.severity", nil, func(id string, _, v *yaml.Node) {
			var s Severity
			if err := s.UnmarshalText([]byte(r.scalar(v, "rules.severity."+id))); err != nil || s == SeverityNone {
				r.problem(v, "rules.severity.%s: %q is not a severity: use CRITICAL, HIGH, MEDIUM or LOW", id, v.Value)
				return
			}
			r.policy.Severities[id] = s
		})
	})
}

// boolean reads true or false and reports anything else.
func (r *policyReader) boolean(v *yaml.Node, where string) bool {
	text := strings.ToLower(r.scalar(v, where))
	if text != "true" && text != "false" {
		r.problem(v, "%s: %q is neither true nor false", where, text)
	}
	return text != "false"
}

func (r *policyReader) readSuppress(item *yaml.Node) {
	rule := SuppressRule{Line: item.Line}
	before := len(r.problems)
	r.eachKey(item, "suppress", []string{"fingerprint", "path", "rule", "reason", "expires"}, func(key string, _, v *yaml.Node) {
		text := strings.TrimSpace(r.scalar(v, "suppress."+key))
		switch key {
		case "fingerprint":
			rule.Fingerprint = strings.ToLower(text)
		case "path":
			pattern, err := ParsePathPattern(text)
			if err != nil {
				r.problem(v, "suppress.path: %v", err)
				return
			}
			rule.Path = &pattern
		case "rule":
			rule.Rule = text
		case "reason":
			rule.Reason = text
		case "expires":
			rule.Expires = r.day(v, "suppress.expires", text)
		}
	})
	if len(r.problems) > before {
		return
	}
	if rule.Fingerprint == "" && rule.Path == nil && rule.Rule == "" {
		r.problem(item, "suppress: name a fingerprint, a path or a rule")
		return
	}
	if rule.Reason == "" {
		r.problem(item, "suppress: %s has no reason; say why, for the readers of the report", &rule)
		return
	}
	r.policy.Suppress = append(r.policy.Suppress, rule)
}

// eachKey visits the entries of a mapping. known lists the expected keys; nil means any.
func (r *policyReader) eachKey(n *yaml.Node, where string, known []string, visit func(key string, k, v *yaml.Node)) {
	n = resolve(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.problem(n, "%s: expected keys and values (key: value), found %s", where, kindWord(n))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], resolve(n.Content[i+1])
		if k.Kind != yaml.ScalarNode {
			r.problem(k, "%s: a key must be a word, found %s", where, kindWord(k))
			continue
		}
		key := k.Value
		if known != nil {
			key = strings.ReplaceAll(strings.ToLower(key), "_", "-")
			if !slices.Contains(known, key) {
				r.policy.Warnings = append(r.policy.Warnings, fmt.Sprintf("%s:%d: %s has no key %q and it is ignored; known are %s",
					r.source, k.Line, where, display.Line(k.Value), strings.Join(known, ", ")))
				continue
			}
		}
		if line, twice := seen[key]; twice {
			r.problem(k, "%s: the key %q occurs twice, first in line %d", where, key, line)
			continue
		}
		seen[key] = k.Line
		visit(key, k, v)
	}
}

func (r *policyReader) eachItem(n *yaml.Node, where string, visit func(*yaml.Node)) {
	n = resolve(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.problem(n, "%s: expected a list (- item), found %s", where, kindWord(n))
		return
	}
	for _, item := range n.Content {
		visit(resolve(item))
	}
}

func (r *policyReader) scalar(n *yaml.Node, where string) string {
	if n.Kind != yaml.ScalarNode {
		r.problem(n, "%s: expected one value, found %s", where, kindWord(n))
		return ""
	}
	if n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// resolve follows an alias. The reader never goes deeper than the few levels that it knows, so an alias bomb cannot
// expand.
func resolve(n *yaml.Node) *yaml.Node {
	for range 10 {
		if n.Kind != yaml.AliasNode || n.Alias == nil {
			break
		}
		n = n.Alias
	}
	return n
}

func kindWord(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		return fmt.Sprintf("%q", n.Value)
	}
	return "something else"
}
