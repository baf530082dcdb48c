// Package ruleset reads a repository's own rules and suppressions for secrets: its rule files, and the configurations of
// gitleaks and of Soteri's scanner in their original form, so that people can switch without changes.
//
// Start with [Set.Read]; pass [Set.Options] to secret.New. If a configuration asks for something that this program
// cannot do, there is a [Note] with the line and advice; nothing is dropped silently. The package opens no file: it
// receives bytes, and a function for the files that a configuration names.
package ruleset
