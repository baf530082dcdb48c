package rule

// Formula says which ranges of a file match. Old and new syntax give the same formulas:
//
//	pattern, a text               Pattern
//	pattern-regex, regex          RegexPattern
//	patterns, all                 And
//	pattern-either, any           Or
//	pattern-not, not              Not
//	pattern-inside, inside        Inside
//	pattern-not-inside            Not of Inside
//	pattern-not-regex             Not of RegexPattern
//	anywhere                      Anywhere
//	where, focus, metavariable-*  Where and Focus of an And
//
// An And or Or with one member and nothing else is that member, unless the member is a Not. A formula with where, as or
// fix that is no And becomes the only member of one. The types of this package are all formulas there are.
type Formula interface {
	At() Position
	formula()
}

// Leaf is a formula without parts.
type Leaf interface {
	Formula
	// Index is the leaf's place in Rule.Leaves.
	Index() int
}

// leaf is what the leaves share.
type leaf struct{ index int }

func (l leaf) Index() int { return l.index }

// Pattern is code with metavariables and ellipses, in the languages of the rule or of the metavariable-pattern around it.
type Pattern struct {
	// Position is where the text of the pattern begins: in a block text the line below the key.
	Position
	leaf
	// Text is never empty. A block text has its final line break.
	Text string
}

// RegexPattern is a regular expression that is tried on the text of the file, with ^ and $ at each line. Its groups bind
// $1, $2 ..., a group called NAME binds $NAME.
type RegexPattern struct {
	Position
	leaf
	Regex *Regex
}

// And is a conjunction: the ranges of its positive members that lie in one another with compatible bindings, without
// those that a Not removes, filtered by Where, narrowed by Focus.
//
// A Not and an Inside are members like the others. At least one member is no Not, except in a [SubFormula]: there the
// range of the metavariable stands for the missing one.
type And struct {
	Position
	Members []Formula
	// Where are the conditions on metavariables, in the order of the file; all must hold.
	Where []Condition
	// Focus narrows the range. Each entry is a union over its names; several entries are an intersection.
	Focus []Focus
	// As is a metavariable that the range of the match is bound to; "" when there is none. It has the form "$NAME".
	As string
	// Fix is the replacement proposed for this part; "" when there is none. It is shown, never applied.
	Fix string
}

// Focus is one focus-metavariable: one name at least, each "$NAME" or "$...NAME".
type Focus struct {
	Position
	Names []string
}

// Or is a union. It has two members at least and no Not among them. An Inside among them restricts the And around the Or.
type Or struct {
	Position
	Members []Formula
}

// Not removes, as a member of an And, the ranges that Formula matches with compatible bindings. What a range of Formula
// removes depends on what it is: that of a Pattern or And the equal one, that of an Inside those that lie in it, that of a
// RegexPattern those that lie in it or around it, that of an Anywhere all. A Not stands nowhere else than in an And, and
// Formula is no Not. Bindings of Formula are not visible outside.
type Not struct {
	Position
	Formula Formula
}

// Inside keeps the ranges that lie in a range of Formula, and adds its bindings. Where there is nothing to keep, because it
// is a rule's whole formula or the only positive member, its ranges are the result. Formula is no Not.
type Inside struct {
	Position
	Formula Formula
}

// Anywhere holds when Formula matches somewhere in the file with compatible bindings. Formula is no Not.
type Anywhere struct {
	Position
	Formula Formula
}

func (*Pattern) formula()      {}
func (*RegexPattern) formula() {}
func (*And) formula()          {}
func (*Or) formula()           {}
func (*Not) formula()          {}
func (*Inside) formula()       {}
func (*Anywhere) formula()     {}

// Walk calls visit for a formula and for all formulas below it, parents first, in the order of the file, those of
// metavariable-pattern included after the members.
func Walk(f Formula, visit func(Formula)) {
	visit(f)
	switch f := f.(type) {
	case *And:
		for _, member := range f.Members {
			Walk(member, visit)
		}
		for _, condition := range f.Where {
			if sub, ok := condition.(*SubFormula); ok {
				Walk(sub.Formula, visit)
			}
		}
	case *Or:
		for _, member := range f.Members {
			Walk(member, visit)
		}
	case *Not:
		Walk(f.Formula, visit)
	case *Inside:
		Walk(f.Formula, visit)
	case *Anywhere:
		Walk(f.Formula, visit)
	}
}
