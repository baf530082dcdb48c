package ruleset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// soteriReader reads a soteri-security.yml (docs.soteri.io, "Defining repository-level detection rules").
type soteriReader struct {
	set    *Set
	source string
	// builtin are our rules that "rules" names.
	builtin []string
	without bool
}

// noGlobalRules is a note until AddGlobal is called.
const noGlobalRules = "inherit_custom_rules: false changes nothing: rules outside of the repository's own files do not exist here"

func (s *Set) readSoteri(source string, data []byte) error {
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("%s: it is not valid YAML: %s", source, place(err))
	}
	root := target(document.Content[0])
	if null(root) {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: keys and values are expected (rules: ...)", source, root.Line)
	}
	r := &soteriReader{set: s, source: source}
	for i := 0; i+1 < len(root.Content); i += 2 {
		r.key(root.Content[i], target(root.Content[i+1]))
	}
	if r.without {
		s.WithoutBuiltin = true
		s.note(source, 0, "the built-in rules are off, because inherit_builtin_rules is false; %s named under rules stay on",
			scan.Plural(len(r.builtin), "rule", "rules"))
	}
	s.Builtin = append(s.Builtin, r.builtin...)
	return nil
}

// place keeps only the line of a YAML error, whose text may quote the file.
func place(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if line, _, ok := strings.Cut(text, ":"); ok && strings.HasPrefix(line, "line ") {
		return line
	}
	return "its format cannot be read"
}

func (r *soteriReader) note(n *yaml.Node, format string, args ...any) {
	r.set.note(r.source, n.Line, format, args...)
}

func (r *soteriReader) key(k, v *yaml.Node) {
	switch k.Value {
	case "inherit_builtin_rules":
		if inherit, ok := r.boolean(k, v); ok {
			r.without = !inherit
		}
	case "inherit_custom_rules":
		if inherit, ok := r.boolean(k, v); ok && !inherit {
			r.set.withoutGlobal = true
			r.note(k, noGlobalRules)
		}
	case "rules":
		r.rules(v)
	case "custom_rules":
		r.customRules(v)
	case "skip_file_paths":
		r.note(k, "skip_file_paths is read as allowlist_paths: findings there are shown as suppressed")
		r.paths(v)
	case "allowlist_paths":
		r.paths(v)
	default:
		r.note(k, "the key %q is not known and has no effect", short(k.Value))
	}
}

func (r *soteriReader) boolean(k, v *yaml.Node) (value, ok bool) {
	if null(v) {
		return false, false
	}
	if v.Kind == yaml.ScalarNode {
		switch strings.ToLower(v.Value) {
		case "true", "yes", "on":
			return true, true
		case "false", "no", "off":
			return false, true
		}
	}
	r.note(v, "%s is neither true nor false and has no effect", k.Value)
	return false, false
}

// items returns the items of a list or of a single value, and none for null.
func items(v *yaml.Node) []*yaml.Node {
	switch {
	case null(v):
		return nil
	case v.Kind == yaml.SequenceNode:
		list := make([]*yaml.Node, 0, len(v.Content))
		for _, item := range v.Content {
			if item = target(item); !null(item) {
				list = append(list, item)
			}
		}
		return list
	}
	return []*yaml.Node{v}
}

// rules names built-in rules that always run.
func (r *soteriReader) rules(v *yaml.Node) {
	for _, item := range items(v) {
		name, expression := item.Value, (*yaml.Node)(nil)
		if item.Kind == yaml.MappingNode {
			name, expression = r.object(item)
		}
		if expression != nil {
			r.note(item, "the rule %q with an expression belongs under custom_rules; it is read as one", short(name))
			r.custom(item, name, expression.Value)
			continue
		}
		ours := BuiltinRules(name)
		if len(ours) == 0 {
			r.note(item, "the rule %q is not known here; `sluice rules list` shows them all", short(name))
		}
		r.builtin = append(r.builtin, ours...)
		r.set.Disable = slices.DeleteFunc(r.set.Disable, func(id string) bool { return slices.Contains(ours, id) })
	}
}

// object reads a rule that is written as keys and values: its name, and its expression or nil. A mapping with one key is
// a name and its expression.
func (r *soteriReader) object(item *yaml.Node) (name string, expression *yaml.Node) {
	for i := 0; i+1 < len(item.Content); i += 2 {
		k, v := item.Content[i], target(item.Content[i+1])
		switch strings.ToLower(k.Value) {
		case "name", "id", "rule", "rule_name":
			name = v.Value
		case "regex", "pattern", "expression", "regexp":
			expression = v
		default:
			if len(item.Content) == 2 && v.Kind == yaml.ScalarNode && !null(v) {
				return k.Value, v
			}
			r.note(k, "the key %q of a rule is not known and has no effect", short(k.Value))
		}
	}
	return name, expression
}

// customRules reads a mapping of names and expressions, or a list of objects.
func (r *soteriReader) customRules(v *yaml.Node) {
	if v.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(v.Content); i += 2 {
			k, e := v.Content[i], target(v.Content[i+1])
			if e.Kind != yaml.ScalarNode || null(e) {
				r.note(k, "the rule %q has no expression and is left out", short(k.Value))
				continue
			}
			r.custom(k, k.Value, e.Value)
		}
		return
	}
	for _, item := range items(v) {
		if item.Kind != yaml.MappingNode {
			r.note(item, "a custom rule is a name and an expression (ACME_KEY: \"acme_[0-9]{8}\"); this one is left out")
			continue
		}
		name, expression := r.object(item)
		if expression == nil {
			r.note(item, "the rule %q has no expression and is left out", short(name))
			continue
		}
		r.custom(item, name, expression.Value)
	}
}

func (r *soteriReader) custom(at *yaml.Node, name, expression string) {
	id := ruleID(name, "CUSTOM")
	if id == "" {
		r.note(at, "a rule without a name is left out")
		return
	}
	if expression == "" {
		r.note(at, "the rule %q has no expression and is left out", short(name))
		return
	}
	rule := secret.NewRule(id, "", expression, secret.Custom{Origin: fmt.Sprintf("%s:%d", r.source, at.Line), Name: name})
	rule.Source = r.source
	r.set.foreign(r.source, at.Line, rule)
}

// paths reads expressions for paths. An invalid expression is tried as a file pattern.
func (r *soteriReader) paths(v *yaml.Node) {
	for _, item := range items(v) {
		if item.Kind != yaml.ScalarNode || item.Value == "" {
			r.note(item, "a path is an expression; this one is left out")
			continue
		}
		allow := secret.Allow{
			Kind: scan.SuppressedPath, Reason: "its path is on the allow list of " + r.source, Source: fmt.Sprintf("%s:%d", r.source, item.Line),
		}
		expression, err := match.ParseExpression(item.Value)
		if err == nil {
			allow.Paths = append(allow.Paths, expression)
			r.set.Allow = append(r.set.Allow, allow)
			continue
		}
		pattern, globErr := scan.ParsePathPattern(item.Value)
		if globErr != nil {
			r.note(item, "the path %q is neither an expression nor a file pattern and is left out", short(item.Value))
			continue
		}
		r.note(item, "the path %q is not a valid expression; it is read as a file pattern, as in .gitignore", short(item.Value))
		allow.Patterns = append(allow.Patterns, pattern)
		r.set.Allow = append(r.set.Allow, allow)
	}
}

// short limits a text of the file in a note.
func short(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// target follows an alias.
func target(n *yaml.Node) *yaml.Node {
	for range 10 {
		if n.Kind != yaml.AliasNode || n.Alias == nil {
			break
		}
		n = n.Alias
	}
	return n
}
