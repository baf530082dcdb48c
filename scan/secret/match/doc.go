// Package match searches text: an automaton that finds literals whatever their case, and regular expressions, of which it
// knows without running them which literals, runs and lengths every match has. Start with [NewAutomaton] and
// [ParseExpression]. It knows nothing of secrets.
package match
