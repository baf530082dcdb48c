package rule

// Options are the key options of a rule, with the default where the rule does not say. What each one means stands in
// [OptionTable].
type Options struct {
	ConstantPropagation bool
	SymbolicPropagation bool

	AssociativeMatching    bool
	CommutativeBooleans    bool
	CommutativeComparisons bool
	SymmetricEquality      bool

	VariableAssign        bool
	FieldAssign           bool
	AttributeExpression   bool
	UnifyStrictly         bool
	ArrowIsFunction       bool
	LetIsVar              bool
	DecoratorsInOrder     bool
	ImplicitReturn        bool
	ImplicitEllipsis      bool
	ImplicitDeepStatement bool
	DeepExpression        bool
	DeepStatement         bool

	XMLSingletonLoose     bool
	XMLAttributesEllipsis bool
	XMLChildrenInOrder    bool

	// CPPFunctions reads a declaration of C++ that can be two things as a function, not as a variable.
	CPPFunctions bool

	Taint   TaintOptions
	Generic GenericOptions

	// MaxMatches bounds the findings of the rule in a file; 0 means that there is no bound.
	MaxMatches int
}

// TaintOptions are the options of taint rules.
type TaintOptions struct {
	// ReportSource says that a finding is reported at its source, not at its sink.
	ReportSource       bool
	UnifyMetavariables bool
	SafeFunctions      bool
	SafeIndexes        bool
	SafeComparisons    bool
	SafeBooleans       bool
	SafeNumbers        bool
	AssignmentsOnly    bool
	InFile             bool
	Guards             bool
	AcrossFiles        bool
	// Depth is how many calls a flow across files may take; negative means that there is no bound, 0 that the rule does
	// not say.
	Depth int
}

// GenericOptions are the options of patterns that are matched in text.
type GenericOptions struct {
	// Aliengrep asks for the engine of that name, not for spacegrep.
	Aliengrep bool
	Multiline bool
	Caseless  bool
	// Braces holds the pairs that aliengrep knows, two bytes each; nil means its default ones.
	Braces         []string
	ExtraBraces    []string
	ExtraWordBytes string
	// EllipsisLines is how many line ends an ellipsis of spacegrep may span.
	EllipsisLines int
	// Comments is the kind of comments to leave out: "c", "cpp" or "shell"; "" leaves none out.
	Comments string
}

// Option is a row of the table of options.
type Option struct {
	// Name is the key in the rule file.
	Name string
	// Default is the value of a rule that does not have the key, as YAML; "" when there is none.
	Default string
	// Meaning says what the option does when it is on, or what its value is.
	Meaning string

	set func(r *reader, o *Options, v value)
}

// OptionTable gives all options that a rule may have, by name. Source: the options of semgrep and opengrep, described at
// https://semgrep.dev/docs/writing-rules/rule-syntax#options and in
// https://github.com/opengrep/opengrep/blob/main/interfaces/Rule_options.atd
func OptionTable() []Option { return optionTable }

// defaultOptions are the options of a rule that has none.
func defaultOptions() Options {
	return Options{
		ConstantPropagation: true, AssociativeMatching: true, VariableAssign: true, AttributeExpression: true, UnifyStrictly: true,
		ArrowIsFunction: true, LetIsVar: true, ImplicitReturn: true, ImplicitEllipsis: true, ImplicitDeepStatement: true,
		DeepExpression: true, DeepStatement: true, XMLSingletonLoose: true, XMLAttributesEllipsis: true, XMLChildrenInOrder: true,
		Generic: GenericOptions{Multiline: true, EllipsisLines: 10},
	}
}
