// Package rule reads rules for insecure code: semgrep's YAML, old and new syntax, into one form. Start with [Parse].
//
// The reader is strict. A rule with a key that this program cannot honour is not run at all; a [Refusal] names the rule,
// the key and its line. Dropping a constraint would make the rule find something else than its author wrote.
//
// The schema is public: https://semgrep.dev/docs/writing-rules/rule-syntax and, for the new syntax,
// https://semgrep.dev/docs/writing-rules/experiments/pattern-syntax. All values of this package are read-only after
// [Parse], and safe for concurrent use. The package opens no file and knows no parser of any language: the text of a
// pattern stays text.
package rule
