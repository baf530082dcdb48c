package rule

import (
	"math"
	"slices"
	"strings"
)

var optionTable = slices.SortedFunc(slices.Values([]Option{
	on("constant_propagation", "A name whose only value is known matches like that value.", func(o *Options) *bool { return &o.ConstantPropagation }),
	off("symbolic_propagation", "A name that is assigned once matches like the expression assigned to it.", func(o *Options) *bool { return &o.SymbolicPropagation }),

	on("ac_matching", "Chains of associative operators match as flat lists, those of commutative ones in any order.", func(o *Options) *bool { return &o.AssociativeMatching }),
	off("commutative_boolop", "The operands of && and || match in any order.", func(o *Options) *bool { return &o.CommutativeBooleans }),
	off("commutative_compop", "The old name of symmetric_eq.", func(o *Options) *bool { return &o.CommutativeComparisons }),
	off("symmetric_eq", "The operands of == and != match in any order.", func(o *Options) *bool { return &o.SymmetricEquality }),

	on("vardef_assign", "A pattern that assigns matches a declaration with a value.", func(o *Options) *bool { return &o.VariableAssign }),
	off("flddef_assign", "A pattern that assigns matches a field of a class with a value.", func(o *Options) *bool { return &o.FieldAssign }),
	on("attr_expr", "A pattern that is an expression matches a decorator or annotation.", func(o *Options) *bool { return &o.AttributeExpression }),
	on("unify_ids_strictly", "Two names that one metavariable is bound to are the same variable, not only the same word.", func(o *Options) *bool { return &o.UnifyStrictly }),
	on("arrow_is_function", "A pattern that is a function matches an arrow function.", func(o *Options) *bool { return &o.ArrowIsFunction }),
	on("let_is_var", "var in a pattern matches let and const.", func(o *Options) *bool { return &o.LetIsVar }),
	off("decorators_order_matters", "Decorators match in the order of the pattern.", func(o *Options) *bool { return &o.DecoratorsInOrder }),
	on("implicit_return", "The last expression of a function is a return where the language has it so.", func(o *Options) *bool { return &o.ImplicitReturn }),
	on("implicit_ellipsis", "A pattern of an object matches one with more members.", func(o *Options) *bool { return &o.ImplicitEllipsis }),
	on("implicit_deep_exprstmt", "An expression among statements of a pattern matches where it lies in a statement of the code.", func(o *Options) *bool { return &o.ImplicitDeepStatement }),
	on("go_deeper_expr", "A deep ellipsis matches at any depth of an expression.", func(o *Options) *bool { return &o.DeepExpression }),
	on("go_deeper_stmt", "An ellipsis between statements goes into the blocks below.", func(o *Options) *bool { return &o.DeepStatement }),

	on("xml_singleton_loose_matching", "<a/> in a pattern matches <a></a>.", func(o *Options) *bool { return &o.XMLSingletonLoose }),
	on("xml_attrs_implicit_ellipsis", "A pattern of an element matches one with more attributes.", func(o *Options) *bool { return &o.XMLAttributesEllipsis }),
	on("xml_children_ordered", "The children of an element match in the order of the pattern.", func(o *Options) *bool { return &o.XMLChildrenInOrder }),
	choice("cpp_parsing_pref", "What a declaration of C++ is that can be a function or a variable.",
		func(o *Options, word string) { o.CPPFunctions = word == "as_fundef" }, "as_vardef_with_ctor", "as_fundef"),

	choice("taint_focus_on", "The end of the flow at which a finding is reported.",
		func(o *Options, word string) { o.Taint.ReportSource = word == "source" }, "sink", "source"),
	choice("taint_match_on", "The old name of taint_focus_on.",
		func(o *Options, word string) { o.Taint.ReportSource = word == "source" }, "sink", "source"),
	off("taint_unify_mvars", "Metavariables of the same name in source and sink are bound to the same.", func(o *Options) *bool { return &o.Taint.UnifyMetavariables }),
	off("taint_assume_safe_functions", "A call without a known body gives clean data.", func(o *Options) *bool { return &o.Taint.SafeFunctions }),
	off("taint_assume_safe_indexes", "An element is clean when only its index is tainted.", func(o *Options) *bool { return &o.Taint.SafeIndexes }),
	off("taint_assume_safe_comparisons", "The result of a comparison is clean.", func(o *Options) *bool { return &o.Taint.SafeComparisons }),
	off("taint_assume_safe_booleans", "What is known to be a Boolean is clean.", func(o *Options) *bool { return &o.Taint.SafeBooleans }),
	off("taint_assume_safe_numbers", "What is known to be a number is clean.", func(o *Options) *bool { return &o.Taint.SafeNumbers }),
	off("taint_only_propagate_through_assignments", "Taint moves by plain assignments alone.", func(o *Options) *bool { return &o.Taint.AssignmentsOnly }),
	off("taint_intrafile", "The flow goes across the functions of a file.", func(o *Options) *bool { return &o.Taint.InFile }),
	off("guarded_taint_signatures", "The flow across functions minds the conditions under which it happens.", func(o *Options) *bool { return &o.Taint.Guards }),
	off("taint_interfile", "The flow goes across files.", func(o *Options) *bool { return &o.Taint.AcrossFiles }),
	off("interfile", "Another name of taint_interfile.", func(o *Options) *bool { return &o.Taint.AcrossFiles }),
	{Name: "taint_interfile_depth", Meaning: "How many calls a flow across files may take; negative means any number.", set: func(r *reader, o *Options, v value) {
		o.Taint.Depth = r.number(v, 0, -1, math.MaxInt32)
	}},

	choice("generic_engine", "The engine for patterns in text.",
		func(o *Options, word string) { o.Generic.Aliengrep = word == "aliengrep" }, "spacegrep", "aliengrep"),
	on("generic_multiline", "An ellipsis of aliengrep goes across lines.", func(o *Options) *bool { return &o.Generic.Multiline }),
	off("generic_caseless", "Patterns of aliengrep match in any case.", func(o *Options) *bool { return &o.Generic.Caseless }),
	{Name: "generic_braces", Meaning: "The pairs of braces of aliengrep.", set: func(r *reader, o *Options, v value) { o.Generic.Braces = r.braces(v) }},
	{Name: "generic_extra_braces", Meaning: "More pairs of braces of aliengrep.", set: func(r *reader, o *Options, v value) { o.Generic.ExtraBraces = r.braces(v) }},
	{Name: "generic_extra_word_characters", Meaning: "More characters of words of aliengrep.", set: func(r *reader, o *Options, v value) {
		for _, item := range r.list(v) {
			o.Generic.ExtraWordBytes += r.character(item)
		}
	}},
	{Name: "generic_ellipsis_max_span", Default: "10", Meaning: "How many line ends an ellipsis of spacegrep may span.", set: func(r *reader, o *Options, v value) {
		o.Generic.EllipsisLines = r.number(v, 0, 0, math.MaxInt32)
	}},
	choice("generic_comment_style", "The comments that patterns in text pass over.",
		func(o *Options, word string) { o.Generic.Comments = word }, "", "c", "cpp", "shell"),

	{Name: "max_match_per_file", Meaning: "How many findings the rule may have in a file.", set: func(r *reader, o *Options, v value) {
		o.MaxMatches = r.number(v, 0, 1, math.MaxInt32)
	}},
	limit("timeout"), limit("taint_fixpoint_timeout"), limit("dynamic_timeout"), limit("dynamic_timeout_unit_kb"), limit("dynamic_timeout_max_multiplier"),
}), func(a, b Option) int { return strings.Compare(a.Name, b.Name) })

// options reads the key options.
func (r *reader) options(v value) Options {
	o := defaultOptions()
	if r.isNull(v) {
		return o
	}
	f := r.fields(v)
	if f == nil {
		return o
	}
	for _, entry := range f.entries {
		i, found := slices.BinarySearchFunc(optionTable, entry.key, func(o Option, name string) int { return strings.Compare(o.Name, name) })
		if !found {
			r.refuse(entry, "the option %s is not known; an option changes what a rule finds", shown(entry.key))
			continue
		}
		optionTable[i].set(r, &o, entry)
	}
	return o
}

// braces reads a list of pairs of characters.
func (r *reader) braces(v value) []string {
	pairs := []string{}
	for _, item := range r.list(v) {
		both := r.list(item)
		if len(both) != 2 {
			r.refuse(v, "%s is a list of pairs: [\"(\", \")\"]", named(v))
			return nil
		}
		pairs = append(pairs, r.character(both[0])+r.character(both[1]))
	}
	return pairs
}

// character reads one ASCII character.
func (r *reader) character(v value) string {
	text := r.text(v)
	if len(text) != 1 {
		r.refuse(v, "%s is one ASCII character", named(v))
		return ""
	}
	return text
}
