// Package sarif writes a scan's result as SARIF 2.1.0, and reads what other tools wrote in it.
//
// Call [Write] to hand a result to a code-scanning service or an editor, and [Read] to take another tool's findings
// into a report. The standard is OASIS SARIF 2.1.0 with Errata 01; section numbers in comments refer to it. The package
// refuses to fetch anything: neither external property files nor any address in a log is opened.
//
// # Secrets
//
// A written log holds redacted excerpts only. Logs of other tools are less careful: some put the leaked text itself into
// the message or the snippet. [Read] therefore never takes over a snippet; it replaces the whole message by the rule's
// own description when the rule or the tool looks for secrets; and in what is left it masks what [ReadOptions.Mask] finds,
// and words that are shaped like tokens. Without a Mask it errs on the side of saying less. A rule that only speaks of
// keys, tokens or leaks keeps its messages.
package sarif
