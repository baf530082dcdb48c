package rule

import (
	"github.com/sluice-scan/sluice/scan/code/analysis"
	"github.com/sluice-scan/sluice/scan/code/compare"
)

// Condition is a condition on the metavariables of a match. A condition on a metavariable that has no binding does not
// hold. The types of this file are all conditions there are.
type Condition interface {
	At() Position
	condition()
}

// RegexCondition is metavariable-regex: Regex matches the text of the binding from its first byte on
// ([Regex.MatchStart]).
type RegexCondition struct {
	Position
	Metavariable string
	Regex        *Regex
	// Constant says that the value is tried which constant propagation knows, not only the text. The old syntax says so
	// with constant-propagation; the new one always means it.
	Constant bool
}

// Comparison is metavariable-comparison. The old syntax may name a metavariable besides; it has no meaning of its own.
type Comparison struct {
	Position
	Expression *compare.Expression
}

// SubFormula is metavariable-pattern: Formula matches in the range of the binding.
type SubFormula struct {
	Position
	Metavariable string
	// Language is the language in which the binding is read; "" means that of the file. In another language the content
	// of a text literal is read, without its quotes.
	Language Language
	Formula  Formula
}

// TypeCondition is metavariable-type: the static type of the binding is one of Types, each as it is written in the
// language, one at least.
type TypeCondition struct {
	Position
	Metavariable string
	Language     Language
	Types        []string
}

// NameCondition is metavariable-name: the binding is a name that comes from one of Modules, one at least, for example
// "@angular/core".
type NameCondition struct {
	Position
	Metavariable string
	Modules      []string
}

// AnalysisCondition is metavariable-analysis: the analysis finds something in the text of the binding.
type AnalysisCondition struct {
	Position
	Metavariable string
	Analysis     Analysis
}

// Analysis is one of semgrep's analyzers.
type Analysis string

// The analyzers. EntropyLax and EntropyStrict are modes of entropy_v2, whose default mode is EntropyDefault.
const (
	Entropy        Analysis = "entropy"
	EntropyDefault Analysis = "entropy_v2"
	EntropyLax     Analysis = "entropy_v2:lax"
	EntropyStrict  Analysis = "entropy_v2:strict"
	ReDoS          Analysis = "redos"
)

// Holds reports whether the analysis finds something in a text: that it looks random, or that it is a regular expression
// that can take exponential time. The text is the content of a literal, without quotes and escapes; what is no literal
// does not hold.
func (a Analysis) Holds(text string) bool {
	switch a {
	case ReDoS:
		return analysis.Exponential(text)
	case EntropyLax:
		return analysis.Random(text, analysis.Lax)
	case EntropyStrict:
		return analysis.Random(text, analysis.Strict)
	}
	return analysis.Random(text, analysis.Default)
}

func (*RegexCondition) condition()    {}
func (*Comparison) condition()        {}
func (*SubFormula) condition()        {}
func (*TypeCondition) condition()     {}
func (*NameCondition) condition()     {}
func (*AnalysisCondition) condition() {}
