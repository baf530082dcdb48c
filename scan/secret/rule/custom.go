package rule

import "github.com/sluice-scan/sluice/scan/secret/match"

// maxWindow is the length in bytes of the longest match that is searched around its literal. A rule with longer matches
// runs over lines or files.
const maxWindow = 1024

// Custom holds what only users' rules have. It demands less of a rule than of a built-in one, and means what the author
// of the expression expects: the matches are the leftmost ones, from left to right, as if the expression ran over the
// whole file. A match that is refused is skipped.
type Custom struct {
	// Origin is the place of the rule: "rules.yml:12".
	Origin string
	// Name is the author's name for the rule, as it is written there; empty when that is its ID.
	Name string
	// Keywords are lower-case texts, one of which the file must contain, anywhere and in any case. Nil demands nothing.
	Keywords []string
	// Path is an expression that the path must match somewhere; empty means every path. A rule with a path and without
	// an expression reports the file itself.
	Path string
	// Entropy is a bound in bits a byte: a credential with no more is refused. 0 demands nothing.
	Entropy float64
	// Group is the capturing group that is the credential. 0 means the group "secret"; without one, the first group that
	// took part in the match when FirstGroup is set, otherwise the whole match.
	Group      int
	FirstGroup bool
	// WarnOnly is set for a rule with "blocking: false": its findings never refuse a push. Scans and their gate ignore it.
	WarnOnly bool

	// plan is how the rule is run. Complete sets it.
	plan Plan
	path *match.Expression
	// slow is the expression for the backtracking engine, and named the index of its group "secret", or 0.
	slow  *match.Expression
	named int
	// assertions is true when the expression looks at its neighbours.
	assertions bool
}

// Plan is how a user's rule is run. [Rule.Complete] makes it.
type Plan struct {
	Method Method
	// Literals are lower-case texts, one of which every match contains.
	Literals []string
	// Held is true when each literal contains a keyword: then a match proves that the file has one.
	Held bool
	// Source is the expression as the engine runs it; empty for a slow rule and for one without an expression.
	Source string
}

// Plan returns how the rule is run. It must be complete.
func (c *Custom) Plan() *Plan { return &c.plan }

// Method is how a rule's expression is run.
type Method int

const (
	// MethodWindow: in a window around a literal.
	MethodWindow Method = iota
	// MethodLines: on the lines that contain a literal.
	MethodLines
	// MethodText: over the whole file, when it contains a literal and a keyword.
	MethodText
	// MethodSlow: on lines, by the backtracking engine.
	MethodSlow
	// MethodPath: not at all. The path decides.
	MethodPath
)

// methodNames are the names of the methods for people.
var methodNames = [...]string{"window", "lines", "file", "backtracking", "path"}

// MatchesPath reports whether the expression for the path matches. Path must not be empty.
func (c *Custom) MatchesPath(path string) bool { return c.path.MatchString(path) }
