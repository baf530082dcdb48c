package rule

import (
	"regexp"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Engine is the name of the engine for secrets.
const Engine scan.Engine = "secrets"

// Family is the scan.Rule.Family of every rule. The text of a credential identifies it well enough, so its fingerprint
// stays the same when a more specific rule takes it over from a generic one.
const Family = "secret"

// Rule describes one kind of credential, as the YAML files do.
type Rule struct {
	// ID is upper-case words joined by underscores, unique among all rules.
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	// Provider issues the credential, and can revoke it.
	Provider   string          `yaml:"-"`
	Severity   scan.Severity   `yaml:"severity"`
	Confidence scan.Confidence `yaml:"confidence"`
	// Revoke says where and how to revoke the credential; it completes the sentence "Revoke it first: ...".
	Revoke string `yaml:"revoke"`
	// Link is the provider's page about it.
	Link string `yaml:"link"`
	// Source says where the facts of the rule come from.
	Source string `yaml:"source"`
	// Literals are lower-case texts, one of which every match contains.
	Literals []string `yaml:"literals"`
	// Expression is RE2 without empty-width assertions. The credential is its group "secret", or all of it. For a rule
	// with Context it must match the whole value.
	Expression string `yaml:"expression"`
	// Longest is the length in bytes of the longest text that Expression can match.
	Longest int `yaml:"longest"`
	// Boundary says which neighbours make a match a part of a longer word.
	Boundary Boundary `yaml:"boundary"`
	// Check names the offline check that every match must pass; see package check.
	Check string `yaml:"check"`
	// Matcher names the Go code that finds this kind of credential instead of an expression; see Matchers.
	Matcher string `yaml:"matcher"`
	// Context lists words, one of which must be in the name that the value is assigned to, or before it on the line: the
	// value has no mark of its own.
	Context []string `yaml:"context"`
	// File restricts the rule to files whose lower-case name (without folders) is listed; empty means every file.
	File []string `yaml:"file"`
	// Verify is a [Verification] as YAML, or empty. It stays text until it is needed, because few scans need it.
	Verify string `yaml:"verify"`
	// Match and NoMatch are samples in the notation of [Sample]: the rule must fire on the first and not on the second.
	Match   []Sample `yaml:"match"`
	NoMatch []Sample `yaml:"no_match"`
	// Custom is set for rules that users bring, and nil for built-in ones.
	Custom *Custom `yaml:"-"`

	message string
	// programs is shared by the copies of a rule.
	programs *Programs
	offline  check.Func
}

// Describe returns the rule as reports list it.
func (r *Rule) Describe() scan.Rule {
	family := Family
	if r.Custom != nil && r.Custom.plan.Method == MethodPath {
		// The rule reports files, which no text identifies.
		family = r.ID
	}
	return scan.Rule{
		ID: r.ID, Family: family, Engine: Engine, Title: r.Title, Description: r.message,
		Remediation: r.Remediation(), Link: r.Link, Severity: r.Severity,
	}
}

// Message says what was found, without the credential.
func (r *Rule) Message() string { return r.message }

// Offline returns the check that every match must pass; nil when the rule has none.
func (r *Rule) Offline() check.Func { return r.offline }

// Remediation says what to do, most important first.
func (r *Rule) Remediation() string {
	return "Revoke it first: " + r.Revoke + ". Then remove it; the history keeps it, so removing alone does not help."
}

// Rank orders rules that claim the same text, the higher the better: the shape of a provider before a structure, and a
// structure before a guess by name.
func (r *Rule) Rank() int {
	switch {
	case r.Matcher == "assignment" || r.Matcher == "phrase":
		return 0
	case r.Matcher == "" && len(r.Context) == 0 && r.Confidence == scan.ConfidenceLow && r.Severity <= scan.SeverityMedium:
		// A shape that several services share says less than a name or a word near it.
		return 0
	case r.Matcher == "url" || r.Matcher == "header" || r.Matcher == "command" || r.Matcher == "call" || r.Matcher == "connection":
		return 1
	case len(r.Context) > 0:
		return 2
	}
	return 3
}

// Place returns the place of a user's rule, for the beginning of a message; empty for a built-in rule.
func (r *Rule) Place() string {
	if r.Custom == nil || r.Custom.Origin == "" {
		return ""
	}
	return r.Custom.Origin + ": "
}

// TestPath returns the path at which the samples of the rule are tested.
func (r *Rule) TestPath() string {
	if len(r.File) > 0 {
		return "deploy/" + r.File[0]
	}
	return "deploy/settings"
}

// Matchers are the names that [Rule.Matcher] can have. The detector has Go code for each.
var Matchers = []string{
	"assignment", "call", "command", "connection", "der", "file", "header", "jwk", "jwt", "netrc", "pem", "phrase", "putty", "url",
}

// Method says for people how a rule is run: window, lines, file, backtracking or path; value for a rule that judges
// assigned values, and "matcher" with a name for Go code.
func (r *Rule) Method() string {
	switch {
	case r.Custom != nil:
		return methodNames[r.Custom.plan.Method]
	case r.Matcher != "":
		return "matcher " + r.Matcher
	case len(r.Context) > 0:
		return "value"
	}
	return methodNames[MethodWindow]
}

// Slow reports whether the backtracking engine runs the rule.
func (r *Rule) Slow() bool { return r.Custom != nil && r.Custom.plan.Method == MethodSlow }

// Everywhere reports whether the expression runs over every file, because neither it nor the keywords tell where to
// look.
func (r *Rule) Everywhere() bool {
	c := r.Custom
	return c != nil && c.plan.Method != MethodPath && len(c.plan.Literals) == 0 && len(c.Keywords) == 0 && c.Path == ""
}

// Programs is the compiled expression of a rule. It is compiled when the first literal is seen, because most scans
// never see the literals of most rules.
type Programs struct {
	once sync.Once
	// Anchored begins Offset bytes before a hit; Free is searched in a window. One of them is nil.
	Anchored, Free *regexp.Regexp
	Offset         int
	// Prefix is exact text with which every match begins when Anchored is set; it may be empty.
	Prefix []byte
	// Behind finds what Free finds, but sees the byte before the window: for expressions that look at their neighbours.
	Behind *regexp.Regexp
	// Group is the index of the group "secret", or 0.
	Group int
	// Run is what every match contains.
	Run match.Run
}

// Live is a rule in a detector, with what the detector knows about it.
type Live struct {
	Rule
	// Index is the rule's place in the detector.
	Index int
	Off   bool
	// Wanted and Near are the places, in the detector's automaton, of the keywords and of the literals of a user's rule. Short
	// are the keywords that are too short for the automaton.
	Wanted, Near []int
	Short        [][]byte
}
