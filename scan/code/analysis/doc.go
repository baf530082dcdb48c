// Package analysis answers what rules for insecure code ask of a text by metavariable-analysis: whether it looks random
// ([Random]), and whether it is a regular expression that can take exponential time ([Exponential]). The questions are
// those of https://semgrep.dev/docs/writing-rules/metavariable-analysis; the answers are our own. The package is pure, and
// its time is bounded for any text.
package analysis
