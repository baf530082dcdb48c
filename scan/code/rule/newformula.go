package rule

import "slices"

// newKeys are the keys of which a formula of the new syntax has one.
var newKeys = [...]string{"pattern", "regex", "all", "any", "not", "inside", "anywhere"}

// newFormula reads a formula of the new syntax: a pattern as a text, or a mapping.
func (r *reader) newFormula(v value) Formula {
	if v.node == nil {
		return nil
	}
	if r.scalar(v) != nil {
		return r.pattern(v)
	}
	f := r.fields(v)
	formula := r.newFields(f, "a formula")
	f.leave("a formula")
	return formula
}

// newFields takes a formula with its where, as and fix. The other keys of the mapping stay for the caller.
func (r *reader) newFields(f *fields, where string) Formula {
	if f == nil || !r.descend(value{Position: f.Position}) {
		return nil
	}
	defer r.ascend()
	conditions, as, fix := f.take("where"), f.take("as"), f.take("fix")
	var first value
	for _, key := range newKeys {
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
		r.refuse(value{Position: f.Position}, "%s has no pattern, regex, all, any, not, inside or anywhere", where)
		return nil
	}
	if conditions.node == nil && as.node == nil && fix.node == nil {
		return r.newPair(first)
	}
	and := &And{Position: first.Position}
	if first.key == "all" {
		and.Members = r.newMembers(first)
	} else {
		formula := r.newPair(first)
		and.Members = []Formula{formula}
		if negative(formula) && !r.condition {
			r.refuse(first, "a negation has no bindings for %q; put it into \"all\" beside what it removes from", "where")
		}
	}
	for _, item := range r.list(conditions) {
		r.where(item, and)
	}
	and.As, and.Fix = r.metavariable(as), r.text(fix)
	return r.conjunction(first, and)
}

// newPair reads the value of a key that makes a formula.
func (r *reader) newPair(v value) Formula {
	switch v.key {
	case "pattern":
		return r.pattern(v)
	case "regex":
		return r.expression(v)
	case "not":
		return &Not{Position: v.Position, Formula: r.positive(r.newFormula(v))}
	case "inside":
		return &Inside{Position: v.Position, Formula: r.positive(r.newFormula(v))}
	case "anywhere":
		return &Anywhere{Position: v.Position, Formula: r.positive(r.newFormula(v))}
	}
	members := r.newMembers(v)
	if v.key == "all" {
		return r.conjunction(v, &And{Position: v.Position, Members: members})
	}
	for _, member := range members {
		r.positive(member)
	}
	return r.union(v, members)
}

// newMembers reads a list of formulas.
func (r *reader) newMembers(v value) []Formula {
	var members []Formula
	for _, item := range r.list(v) {
		members = append(members, r.newFormula(item))
	}
	return members
}

// conjunction checks and simplifies an And.
func (r *reader) conjunction(v value, and *And) Formula {
	and.Members = slices.DeleteFunc(and.Members, func(f Formula) bool { return f == nil })
	// A member that was refused may be the missing one.
	if !r.condition && len(r.refused) == 0 && !slices.ContainsFunc(and.Members, func(f Formula) bool { return !negative(f) }) {
		r.refuse(v, "%s has nothing that it looks for; add a pattern beside the negations and conditions", named(v))
	}
	bare := len(and.Where) == 0 && len(and.Focus) == 0 && and.As == "" && and.Fix == ""
	if len(and.Members) == 1 && bare && !negative(and.Members[0]) {
		return and.Members[0]
	}
	return and
}

// union makes an Or.
func (r *reader) union(v value, members []Formula) Formula {
	members = slices.DeleteFunc(members, func(f Formula) bool { return f == nil })
	switch {
	case len(members) == 0:
		if len(r.refused) == 0 {
			r.refuse(v, "%s has nothing that it looks for", named(v))
		}
		return nil
	case len(members) == 1:
		return members[0]
	}
	return &Or{Position: v.Position, Members: members}
}

func negative(f Formula) bool {
	_, ok := f.(*Not)
	return ok
}

// pattern reads a leaf: code, or, where the language is regex, an expression.
func (r *reader) pattern(v value) Formula {
	if r.expressions {
		return r.expression(v)
	}
	text := r.filled(v)
	n := r.scalar(v)
	if n == nil {
		return nil
	}
	p := &Pattern{Position: begin(n), leaf: leaf{index: len(r.leaves)}, Text: text}
	r.leaves = append(r.leaves, p)
	return p
}

// expression reads a leaf that is tried on the text.
func (r *reader) expression(v value) Formula {
	regex := r.regex(v, true)
	n := r.scalar(v)
	if n == nil {
		return nil
	}
	p := &RegexPattern{Position: begin(n), leaf: leaf{index: len(r.leaves)}, Regex: regex}
	r.leaves = append(r.leaves, p)
	return p
}

// regex compiles an expression. Rules of a file repeat theirs.
func (r *reader) regex(v value, lines bool) *Regex {
	text := r.text(v)
	name := text
	if lines {
		name = "\n" + text
	}
	if known := r.regexes[name]; known != nil {
		return known
	}
	regex, err := newRegex(text, lines)
	if err != nil {
		r.refuse(v, "the regular expression of %s cannot be run: %v", shown(v.key), err)
		return nil
	}
	r.regexes[name] = regex
	return regex
}
