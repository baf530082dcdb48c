package secret

import "github.com/sluice-scan/sluice/scan"

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
