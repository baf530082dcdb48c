// Package ruleset reads the rules and the suppressions of secrets that a repository brings along: rule files of its own,
// and the configurations of gitleaks and of Soteri's scanner as they are, so that people can move over at once.
//
// Start with [Set.Read]; hand [Set.Options] to secret.New. What a configuration says and this program cannot do is a
// [Note] with its line and what to do about it; nothing is dropped in silence. The package opens no file: it gets bytes,
// and a function for the files that a configuration names.
package ruleset
