// Package ruletest tests rules for insecure code on annotated files. Start with [Test].
//
// A comment above a line says what a rule does there: "ruleid: ID" that it finds the line, "ok: ID" that it does not,
// "todoruleid: ID" and "todook: ID" that it does not do so yet. The conventions are those of semgrep:
// https://semgrep.dev/docs/writing-rules/testing-rules. The package does not match anything; a [Runner] does.
package ruletest
