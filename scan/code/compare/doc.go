// Package compare reads and evaluates the small expressions that rules for insecure code may contain: comparisons of
// metavariables ("int($PORT) < 1024 and $HOST != 'localhost'", [Parse]) and conditions over taint labels ("INPUT and not
// CLEAN", [ParseLabels]). The language is the part of Python that
// https://semgrep.dev/docs/writing-rules/rule-syntax#metavariable-comparison describes. Nothing is executed: an
// expression reads its bindings and gives a value.
//
// The package is pure. Parsed expressions are read-only and safe for concurrent use.
package compare
