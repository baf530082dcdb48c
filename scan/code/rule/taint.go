package rule

// DefaultLabel is the label of a source that names none, and what a sink without requires asks for.
const DefaultLabel = "__SOURCE__"

// Taint is the flow that a taint rule looks for. There is at least one source and one sink; all lists have the order of
// the file.
type Taint struct {
	Position
	Sources     []Source
	Sinks       []Sink
	Sanitizers  []Sanitizer
	Propagators []Propagator
	// Guards are not in semgrep's schema.
	Guards []Guard
}

// SideEffect says whether the variable in a matched range changes too, besides the value of the range.
type SideEffect int

// The side effects.
const (
	// SideEffectNone changes the value of the range only.
	SideEffectNone SideEffect = iota
	// SideEffectAlso changes the variable that the range is, and the value.
	SideEffectAlso
	// SideEffectOnly changes the variable from there on, not the value of the range.
	SideEffectOnly
)

// Source is where taint begins.
type Source struct {
	Position
	Formula Formula
	// Label is the label that the taint gets; [DefaultLabel] when the rule names none.
	Label string
	// Requires must hold for the labels of the value, else the source gives nothing; nil always holds.
	Requires *Requires
	// Exact says that the whole range alone is tainted, not each expression in it.
	Exact      bool
	SideEffect SideEffect
	// Control taints control flow: what runs after the source, whatever data it uses.
	Control bool
	// Uncalled limits a source that is a parameter to functions that no other function of the file calls: of all others the
	// calls say what they are given. It is not in semgrep's schema.
	Uncalled bool
}

// Sink is where taint must not arrive.
type Sink struct {
	Position
	Formula Formula
	// Requires must hold for the labels that arrive. It is never nil: without the key it asks for [DefaultLabel].
	Requires *Requires
	// Exact, true without the key, says that the whole range alone is the sink, not each expression in it.
	Exact bool
	// AtExit limits the sink to the last statements of a function.
	AtExit bool
	// Text says that the value must be tainted itself: an object with a tainted part is no text. It is not in semgrep's
	// schema.
	Text bool
	// Focused says that the formula has a focus-metavariable: then the range is a part of what was matched, and a call in
	// it is no sink for all of its arguments.
	Focused bool
}

// Sanitizer cleans.
type Sanitizer struct {
	Position
	Formula    Formula
	Exact      bool
	SideEffect bool
	// NotConflicting ignores the sanitizer where a source or sink matches the same range.
	NotConflicting bool
}

// Guard is a condition that proves something about data: where it holds, or where it does not, the data is clean.
type Guard struct {
	Position
	Formula Formula
	// Cleans is the metavariable that is bound to the checked expression. All data of its sources is clean, also what was
	// made of it before: a check of the host of an address is one of the address.
	Cleans string
	// Fails says that the data is clean where the condition does not hold.
	Fails bool
}

// Propagator carries taint from one metavariable of its match to another.
type Propagator struct {
	Position
	Formula  Formula
	From, To string
	// SideEffect, true without the key, changes the variable that To is bound to from there on.
	SideEffect bool
	// Requires must hold for the labels of From; nil always holds.
	Requires *Requires
	// Label is the label of what arrives; "" keeps the labels that left.
	Label string
	// Replace are the labels that Label replaces; empty means all. It means something only with a label.
	Replace []string
}
