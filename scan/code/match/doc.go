// Package match unifies patterns with trees. Start with [Compile], [NewFile] and [Search]; [Filter] says beforehand which
// patterns a file can match at all. The package knows no rules beyond their options: how matches of several patterns make
// a finding is the matter of package search.
//
// A pattern is proved like a goal of Prolog: depth first, with a trail that takes bindings back. So all bindings of a
// place are found, not only the first. Steps are counted, never time.
//
// What patterns mean is described at https://semgrep.dev/docs/writing-rules/pattern-syntax.
package match
