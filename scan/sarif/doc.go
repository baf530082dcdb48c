// Package sarif writes a scan's result as SARIF 2.1.0, and reads the SARIF files of other tools.
//
// Call [Write] to pass a result to a code-scanning service or an editor, and [Read] to include another tool's findings
// in a report. The standard is OASIS SARIF 2.1.0 with Errata 01; section numbers in comments refer to it. The package
// fetches nothing: it opens neither external property files nor any address in a log.
//
// # Secrets
//
// A log that we write contains only redacted excerpts. Logs of other tools are less careful: some have the leaked text
// itself in the message or the snippet. Therefore [Read] never uses a snippet. If the rule or the tool looks for
// secrets, Read replaces the whole message by the rule's own description. In the remaining text it masks what
// [ReadOptions.Mask] finds, and words that look like tokens. Without a Mask it drops more text than necessary rather
// than less. A rule that only mentions keys, tokens or leaks keeps its messages.
package sarif
