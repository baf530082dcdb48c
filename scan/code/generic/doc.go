// Package generic matches patterns in text of any kind, read as words, signs and brackets. Start with [Compile] and
// [NewDocument]. The meaning is that of semgrep's generic mode:
// https://semgrep.dev/docs/writing-rules/generic-pattern-matching.
package generic
