// Package match searches text: an automaton finds literals in any case, and regular expressions tell without being run
// which literals, runs and lengths their matches have. Start with [NewAutomaton] and [ParseExpression]. The package knows
// nothing of secrets.
package match
