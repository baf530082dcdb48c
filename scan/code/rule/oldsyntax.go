package rule

import "go.yaml.in/yaml/v3"

// oldKeys are the keys of which a formula of the old syntax has one at its top.
var oldKeys = [...]string{"pattern", "patterns", "pattern-either", "pattern-regex"}

// oldFormula takes the formula of a rule, a source, a metavariable-pattern and so on.
func (r *reader) oldFormula(f *fields, where string) Formula {
	if f == nil {
		return nil
	}
	var first value
	for _, key := range oldKeys {
		v := f.take(key)
		switch {
		case v.node == nil:
		case first.node == nil:
			first = v
		default:
			r.refuse(v, "%s has both %q and %q; write one, and the other in it", where, first.key, v.key)
		}
	}
	if first.node == nil {
		r.refuse(value{Position: f.Position}, "%s has no pattern, patterns, pattern-either or pattern-regex", where)
		return nil
	}
	return r.oldPair(first)
}

// oldPair reads the value of a key that makes a formula.
func (r *reader) oldPair(v value) Formula {
	if !r.descend(v) {
		return nil
	}
	defer r.ascend()
	switch v.key {
	case "pattern":
		return r.pattern(v)
	case "pattern-regex":
		return r.expression(v)
	case "pattern-not-regex":
		return &Not{Position: v.Position, Formula: r.expression(v)}
	case "pattern-not":
		return &Not{Position: v.Position, Formula: r.positive(r.oldOperand(v))}
	case "pattern-inside":
		return &Inside{Position: v.Position, Formula: r.positive(r.oldOperand(v))}
	case "pattern-not-inside":
		return &Not{Position: v.Position, Formula: &Inside{Position: v.Position, Formula: r.positive(r.oldOperand(v))}}
	case "semgrep-internal-pattern-anywhere":
		return &Anywhere{Position: v.Position, Formula: r.positive(r.oldOperand(v))}
	case "pattern-either":
		var members []Formula
		for _, item := range r.list(v) {
			if pair, ok := r.pair(item); ok {
				members = append(members, r.positive(r.oldPair(pair)))
			}
		}
		return r.union(v, members)
	case "patterns":
		return r.oldPatterns(v)
	}
	reason := refusedKeys[v.key]
	switch {
	case reason != "":
		r.refuse(v, "%s", reason)
	case oldConditions[v.key]:
		r.refuse(v, "%q stands directly in a list \"patterns\"", v.key)
	default:
		r.refuse(v, "the key %s is not known among patterns", shown(v.key))
	}
	return nil
}

// oldConditions are the keys of conditions. They stand in a list "patterns".
var oldConditions = map[string]bool{
	"focus-metavariable": true, "metavariable-regex": true, "metavariable-pattern": true, "metavariable-comparison": true,
	"metavariable-analysis": true, "metavariable-type": true, "metavariable-name": true, "semgrep-internal-metavariable-name": true,
}

// oldPatterns reads a conjunction.
func (r *reader) oldPatterns(v value) Formula {
	and := &And{Position: v.Position}
	for _, item := range r.list(v) {
		pair, ok := r.pair(item)
		switch {
		case !ok:
		case pair.key == "focus-metavariable":
			and.Focus = append(and.Focus, r.focus(pair))
		case oldConditions[pair.key]:
			if c := r.oldCondition(pair); c != nil {
				and.Where = append(and.Where, c)
			}
		default:
			and.Members = append(and.Members, r.oldPair(pair))
		}
	}
	return r.conjunction(v, and)
}

// oldOperand reads what is negated or is around: a pattern as a text, or one key.
func (r *reader) oldOperand(v value) Formula {
	if r.scalar(v) != nil {
		return r.pattern(v)
	}
	pair, ok := r.pair(v)
	if !ok {
		return nil
	}
	return r.oldPair(pair)
}

// pair reads a mapping with one key.
func (r *reader) pair(v value) (value, bool) {
	if n := r.resolve(v.node); n.Kind == yaml.ScalarNode {
		r.refuse(v, "a text stands where a key belongs; write \"pattern: ...\"")
		return value{}, false
	}
	f := r.fields(v)
	if f == nil {
		return value{}, false
	}
	if len(f.entries) != 1 {
		at := v
		if len(f.entries) > 1 {
			at = f.entries[1]
		}
		r.refuse(at, "an item has one key; begin each with \"- \"")
		return value{}, false
	}
	return f.entries[0], true
}
