package secret

import (
	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/builtin"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/pattern"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// What the program needs to bring rules of its own to the detector. The types are those of package rule.
type (
	Rule         = rule.Rule
	Custom       = rule.Custom
	Sample       = rule.Sample
	Verification = rule.Verification
)

// ParseRules reads a file of users' rules; see [rule.ParseRules].
func ParseRules(source string, data []byte) ([]Rule, error) { return rule.ParseRules(source, data) }

// DecodeRules reads the rules of a YAML list; see [rule.DecodeRules].
func DecodeRules(source string, list *yaml.Node) ([]Rule, error) {
	return rule.DecodeRules(source, list)
}

// NewRule makes a rule of an expression; see [rule.New].
func NewRule(id, title, expression string, custom Custom) Rule {
	return rule.New(id, title, expression, custom)
}

// Verifications returns the verification of each built-in rule that has one, by rule id.
func Verifications() (map[string]Verification, error) { return rule.VerificationsOf(builtin.Table()) }

// BuiltinIDs returns the ids of the built-in rules, sorted.
func BuiltinIDs() []string { return builtin.IDs() }

// What switches findings off, and what [Detector.Explain] tells. The types are those of package found.
type (
	Allow  = found.Allow
	Target = found.Target
	Step   = found.Step
)

// The targets.
const (
	TargetSecret = found.TargetSecret
	TargetMatch  = found.TargetMatch
	TargetLine   = found.TargetLine
)

// ErrTooMany says that a file holds more candidates than one file is scanned for.
var ErrTooMany = found.ErrTooMany

// TimeoutError is why users' rules did not look at all of a file; see [pattern.TimeoutError].
type TimeoutError = pattern.TimeoutError

// Options adjust the built-in rules. The zero value changes nothing.
type Options struct {
	// Disable lists the ids of rules that never fire.
	Disable []string
	// Severity replaces the severity of rules by id, even one that an offline check sets.
	Severity map[string]scan.Severity
	// Rules are the users' own; each has Custom set. A rule with the id of a built-in one replaces it.
	Rules []Rule
	// WithoutBuiltin switches off every built-in rule that Builtin does not list.
	WithoutBuiltin bool
	Builtin        []string
	// Allow switches findings off. They are still found, and suppressed.
	Allow []Allow
}
