// Package search runs rules on files. Start with [NewSet] and [Set.Search]. It evaluates the formulas of rules over the
// matches of their patterns: ranges that lie in one another, with bindings that agree.
//
// The meaning of formulas is described at https://semgrep.dev/docs/writing-rules/rule-syntax.
package search
