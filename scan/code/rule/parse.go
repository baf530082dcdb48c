package rule

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// MaxFile bounds a rule file in bytes. 10,000 rules have about 15 MB.
	MaxFile = 32 << 20
	// maxDepth bounds how deep mappings lie in one another.
	maxDepth = 100
	// maxVisits bounds the nodes that aliases may add to those of a file.
	maxVisits = 1 << 18
	// maxRefusals bounds what is said of one rule.
	maxRefusals = 20
)

// reader reads one rule after the other.
type reader struct {
	file    string
	regexes map[string]*Regex
	// visits counts the nodes of the whole file, allowed is how many there may be.
	visits, allowed int

	// These are of one rule.
	id      string
	refused []Refusal
	leaves  []Leaf
	depth   int
	// expressions says that patterns are regular expressions, because the language is "regex".
	expressions bool
	// condition says that the formula is that of a metavariable-pattern.
	condition bool
}

// Parse reads the rules of a file: a mapping with the key "rules", or their list. Keys that
// begin with "x-" may hold parts that rules name by YAML's aliases. It gives the rules that can be run, in
// the order of the file, and the refusals of all others. Source is the name of the file, for messages. A file that is no
// YAML, or that is too large, has one refusal without a rule.
func Parse(source string, data []byte) ([]*Rule, []Refusal) {
	r := &reader{file: source, regexes: map[string]*Regex{}, allowed: len(data) + maxVisits}
	items, refusal := r.document(data)
	if refusal != nil {
		return nil, []Refusal{*refusal}
	}
	var rules []*Rule
	var refused []Refusal
	for i, item := range items {
		if r.visits > r.allowed {
			at := value{Position: item.Position}
			r.id, r.refused = "", nil
			r.refuse(at, "the file says by aliases more than %d times what it contains; write the rules out. This and %d more rules are not run", 1+maxVisits/max(len(data), 1), len(items)-i-1)
			return rules, append(refused, r.refused...)
		}
		rule := r.rule(item)
		if len(r.refused) == 0 {
			rules = append(rules, rule)
		}
		refused = append(refused, r.refused...)
	}
	return rules, refused
}

// document gives the items of a file.
func (r *reader) document(data []byte) ([]value, *Refusal) {
	whole := func(line int, format string, args ...any) *Refusal {
		return &Refusal{Position: Position{Line: line, Column: 1}, Source: r.file, Reason: fmt.Sprintf(format, args...)}
	}
	if len(data) > MaxFile {
		return nil, whole(1, "%d bytes are more than the %d MB that a rule file may have; split it", len(data), MaxFile>>20)
	}
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(fromJSON(data)))
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, whole(lineOf(err), "it is not valid YAML; correct this line, or the one above")
	}
	root := value{Position: place(document.Content[0]), key: "rules", node: document.Content[0]}
	if root.node.Kind == yaml.MappingNode {
		f := r.fields(value{Position: root.Position, node: root.node})
		if f != nil {
			root = f.take("rules")
			// What begins with "x-" holds parts that rules name by aliases.
			f.entries = slices.DeleteFunc(f.entries, func(v value) bool { return strings.HasPrefix(v.key, "x-") })
			f.leave("a rule file")
		}
		if root.node == nil {
			r.refuse(root, "a rule file has the key \"rules\"")
		}
	}
	var items []value
	if root.node != nil && r.resolve(root.node).Tag != "!!null" {
		items = r.list(root)
	}
	if len(r.refused) > 0 {
		return nil, &r.refused[0]
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, whole(1, "a rule file has one YAML document; this one has several: split it")
	}
	return items, nil
}

// fromJSON makes YAML of a file that begins like JSON, because our reader of YAML takes no tabs between values and does
// not know the escape "\/". Lines stay as they are. Another file stays as it is.
func fromJSON(data []byte) []byte {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return data
	}
	clean := make([]byte, 0, len(data))
	quoted := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\' && i+1 < len(data):
			i++
			if data[i] != '/' {
				clean = append(clean, c)
			}
			clean = append(clean, data[i])
		case !quoted && c == '\t':
			clean = append(clean, ' ')
		default:
			quoted = quoted != (c == '"')
			clean = append(clean, c)
		}
	}
	return clean
}

// lineOf gives the line that the YAML reader names. Its text may quote the file.
func lineOf(err error) int {
	line := 1
	if _, rest, found := strings.Cut(err.Error(), "line "); found {
		if _, scanned := fmt.Sscanf(rest, "%d", &line); scanned != nil {
			return 1
		}
	}
	return max(line, 1)
}

// descend goes one level down; false when that is too deep, or the file visits too much.
func (r *reader) descend(v value) bool {
	if r.depth >= maxDepth {
		r.refuse(v, "its parts lie more than %d deep in one another", maxDepth)
		return false
	}
	if r.visits > r.allowed {
		r.refuse(v, "it says too much by aliases; write it out")
		return false
	}
	r.depth++
	return true
}

func (r *reader) ascend() { r.depth-- }
