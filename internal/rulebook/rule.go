// Package rulebook knows which rules for secrets there are, which an administrator may add, and what they find in a text.
package rulebook

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// maxName limits a rule's name, in bytes.
const maxName = 200

// builtins is the detector with all built-in rules and no other.
var builtins = sync.OnceValues(func() (*secret.Detector, error) { return secret.New(secret.Options{}) })

// Builtins describes the built-in rules, ordered by id. Callers must not change the list.
var Builtins = sync.OnceValues(func() ([]scan.Rule, error) {
	d, err := builtins()
	if err != nil {
		return nil, err
	}
	return d.Rules(), nil
})

// New makes a rule that is not stored yet. Its id follows from its name. badName and badExpression say what is wrong with them; they do not
// quote the expression. Another rule may still have the same name or id.
func New(name, expression string, enabled, blocking bool) (r *policy.Rule, badName, badExpression error) {
	r = &policy.Rule{Name: strings.TrimSpace(name), Regexp: expression, Enabled: enabled, Blocking: blocking}
	r.DetectorID = ruleset.RuleID(r.Name)
	switch {
	case r.DetectorID == "":
		badName = errors.New("it must contain a letter from a to z, or a digit")
		r.DetectorID = "CUSTOM"
	case len(r.Name) > maxName || strings.ContainsFunc(r.Name, func(c rune) bool { return c < ' ' }):
		badName = fmt.Errorf("it must be one line of at most %d bytes", maxName)
	}
	return r, badName, Check(r)
}

// Taken says that another rule has the name or the id of a rule.
func Taken(r *policy.Rule) string {
	return fmt.Sprintf("there is a rule with that name, or with the same id in findings (%s)", r.DetectorID)
}

// Check returns an error if the detector cannot run the expression of a rule. It does not quote it.
func Check(r *policy.Rule) error {
	if r.Regexp == "" {
		return errors.New("it is missing")
	}
	if _, err := detectors(r); err != nil {
		_, reason, _ := strings.Cut(err.Error(), "expression: ")
		return errors.New(reason)
	}
	return nil
}

// detectors converts a rule to the detector's.
func detectors(r *policy.Rule) (secret.Rule, error) {
	g := ruleset.Global{ID: r.DetectorID, Name: r.Name, Expression: r.Regexp}
	return g.Rule()
}
