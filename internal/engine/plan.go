package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
)

// Plan says how a checkout is scanned: the configuration, rules, policy and gate.
type Plan struct {
	// Config is the caller's configuration, with defaults from the repository's file. Lookup returns the variables of both.
	Config Config
	Lookup variable.Lookup
	// Policy is the content of the repository's file. Baseline is the known findings, or nil.
	Policy   *scan.Policy
	Baseline *scan.Baseline
	// Rules are the user's own rules for secrets and those from the configurations of other scanners.
	Rules *ruleset.Set
	Gate  scan.Gate
	// Notes are facts about the configuration, the checkout and the rules that a reader must know, in this order.
	Notes []scan.Note

	means *Means
	// lookup is the caller's own lookup.
	lookup variable.Lookup
	log    *slog.Logger
}

// Open finds what to scan and how: the checkout for the variables and the place, and its plan. An error that the caller
// has to fix is a [*variable.UsageError]. The caller closes the checkout.
func Open(ctx context.Context, lookup variable.Lookup, place Place, means Means, log *slog.Logger) (*Checkout, *Plan, error) {
	config, err := Load(lookup)
	if err != nil {
		return nil, nil, &variable.UsageError{Err: err}
	}
	c, err := OpenCheckout(ctx, &config, &place, log)
	if err != nil {
		return nil, nil, err
	}
	p, err := NewPlan(lookup, config, c, &means, log)
	if err != nil {
		return nil, nil, errors.Join(err, c.Close())
	}
	return c, p, nil
}

// NewPlan reads the repository's own files for a scan: configuration, rules and baseline. config must come from lookup.
// An error that the caller has to fix is a [*variable.UsageError].
func NewPlan(lookup variable.Lookup, config Config, c *Checkout, means *Means, log *slog.Logger) (*Plan, error) {
	if bool(config.Scan.Reachability) && means.Calls == nil {
		return nil, &variable.UsageError{Err: errNoCallAnalysis}
	}
	variables := means.Variables
	if variables == nil {
		variables = variable.Of(&Config{})
	}
	notes := slices.Concat(Unexpanded(lookup, variables), c.Notes)
	policy, more, err := readPolicy(&config, c)
	if err != nil {
		return nil, err
	}
	notes = append(notes, more...)
	behind := lookup
	if policy != nil {
		behind = variable.Chain(lookup, settings(policy))
		if config, err = Load(behind); err != nil {
			return nil, &variable.UsageError{Err: fmt.Errorf("%s: %w", policy.Source, err)}
		}
	}
	_, named := lookup("RULES")
	rules, more, err := readRules(&config, c, policy, means, named)
	if err != nil {
		return nil, err
	}
	notes = append(notes, more...)
	baseline, more, err := readBaseline(&config, c, policy)
	if err != nil {
		return nil, err
	}
	return &Plan{
		Config: config, Lookup: behind, Policy: policy, Baseline: baseline, Rules: rules, Gate: config.Gate(),
		Notes: append(notes, more...), means: means, lookup: lookup, log: log,
	}, nil
}

// Unexpanded returns a note for each variable that counts as not set because its value is a literal $NAME.
func Unexpanded(lookup variable.Lookup, variables []variable.Variable) []scan.Note {
	var notes []scan.Note
	for _, text := range variable.Unexpanded(lookup, variables) {
		notes = append(notes, scan.Note{Code: "unexpanded", Text: text})
	}
	return notes
}
