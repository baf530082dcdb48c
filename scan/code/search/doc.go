// Package search runs rules on files. Start with [NewSet] and [Set.Search]; [Set.Examine] gives the
// ranges of all formulas, also those of taint rules. The package evaluates the formulas of rules over the
// matches of their patterns: ranges that lie in one another, with bindings that agree.
//
// The meaning of formulas is described at https://semgrep.dev/docs/writing-rules/rule-syntax.
package search
