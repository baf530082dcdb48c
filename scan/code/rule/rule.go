package rule

import "github.com/sluice-scan/sluice/scan"

// Version is the version of semgrep whose schema this package reads. A rule's min-version and max-version are held
// against it: of two rules that replace each other at some version, one is run.
const Version = "1.184.0"

// Position is a place in a rule file. Lines and columns count from 1; a column counts characters. The zero value means
// that there is no place.
type Position struct{ Line, Column int }

// At gives the position. Each node of a rule has it, so that a message can name the line of a part.
func (p Position) At() Position { return p }

// Rule is one rule. Exactly one of Match and Taint is set.
type Rule struct {
	// Position is where the rule begins: its first key.
	Position
	// ID is the rule's name as written. Two rules of a file may have the same one, as in semgrep.
	ID string
	// Languages are the languages of the files to look at, in the order of the file, each once. The patterns of the rule
	// are written in each of them. There is at least one. [LanguageGeneric] and [LanguageRegex] stand alone.
	Languages []Language
	Message   Message
	Severity  scan.Severity
	Metadata  Metadata
	// Match is what a search rule looks for; nil in a taint rule.
	Match Formula
	// Taint is the flow that a taint rule looks for; nil in a search rule.
	Taint   *Taint
	Options Options
	Paths   Paths
	// Fix is the replacement that the author proposes, as text with metavariables; "" when there is none. It is shown,
	// never applied.
	Fix string
	// FixRegex is the replacement by an expression; nil when there is none. It is shown, never applied.
	FixRegex *FixRegex
	// Leaves are all patterns and expressions of the rule's formulas in the order of the file, those of
	// metavariable-pattern included. Leaves[i].Index() is i.
	Leaves []Leaf
}

// FixRegex is the key fix-regex. Count is how many matches it replaces; 0 means all.
type FixRegex struct {
	Position
	Regex, Replacement string
	Count              int
}

// Metadata is what a rule says of itself. Keys that are not listed here are allowed and not kept. A list may be written
// as one text; an empty list means that the rule does not say.
type Metadata struct {
	// CWE holds identifiers in the form "CWE-89", each once, in the order of the file.
	CWE []string
	// OWASP holds the categories as written, for example "A03:2021 - Injection".
	OWASP      []string
	References []string
	Technology []string
	Category   string
	// Confidence, Likelihood and Impact are 0 when the rule does not say, or says something else than LOW, MEDIUM or HIGH.
	Confidence         scan.Confidence
	Likelihood, Impact scan.Severity
}
