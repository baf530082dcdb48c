package rule

import "github.com/sluice-scan/sluice/scan/secret/match"

// maxWindow is the longest match in bytes that is looked for around its literal; a rule with longer ones runs over lines
// or files.
const maxWindow = 1024

// Custom is what only the rules have that users bring. It asks less of a rule than the built-in ones must give, and it
// means what people who wrote the expression expect: the matches are the leftmost ones, from left to right, as if the
// expression ran over the whole file, and one that is refused is passed over.
type Custom struct {
	// Origin is where the rule stands: "rules.yml:12".
	Origin string
	// Name is what whoever wrote the rule calls it, as it is written there; empty when that is its ID.
	Name string
	// Keywords are texts in lower case, one of which must stand in the file, anywhere and in any case. Nil asks nothing.
	Keywords []string
	// Path is an expression that the path must match somewhere; empty means every path. A rule with a path and without
	// an expression reports the file itself.
	Path string
	// Entropy is the least entropy of the credential, in bits a byte; what has no more is refused. 0 asks nothing.
	Entropy float64
	// Group is the capturing group that is the credential; 0 means the group "secret", else the first group that took
	// part in the match when FirstGroup is set, else all of it.
	Group      int
	FirstGroup bool
	// WarnOnly is set for a rule with "blocking: false": what it finds never refuses a push. Scans and their gate do not
	// ask for it.
	WarnOnly bool

	Method method
	path   *match.Expression
	// literals are texts of which every match holds one, in lower case.
	Literals []string
	// held is true when each of the literals holds a keyword: then a match proves the keywords.
	Held bool
	// source is the expression as the engine runs it.
	Source     string
	assertions bool
	Slow       *match.Expression
	// named is the index of the group "secret" of slow, or 0.
	named int
}

// method is how a rule's expression is run.
type method int

const (
	// methodWindow: in a window around a literal.
	MethodWindow method = iota
	// methodLines: on the lines that hold a literal.
	MethodLines
	// methodText: over the whole file, when it holds a literal and a keyword.
	MethodText
	// methodSlow: on lines, by the backtracking engine.
	MethodSlow
	// methodPath: not at all, the path decides.
	MethodPath
)

var methodNames = [...]string{"window", "lines", "file", "backtracking", "path"}

// MatchesPath reports whether the rule's path expression matches a path; Path must not be empty.
func (c *Custom) MatchesPath(path string) bool { return c.path.MatchString(path) }
