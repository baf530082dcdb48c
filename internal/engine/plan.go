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

// Plan says how a checkout is scanned: by which configuration, rules and policy, and what blocks.
type Plan struct {
	// Config is the caller's, and behind it the settings of the repository's file. Lookup gives the variables of both.
	Config Config
	Lookup variable.Lookup
	// Policy is what the repository's file says, Baseline the findings that are known; nil for none.
	Policy   *scan.Policy
	Baseline *scan.Baseline
	// Rules are the user's own for secrets, and what other scanners' configurations say.
	Rules *ruleset.Set
	Gate  scan.Gate
	// Notes are what a reader must know of the configuration, the checkout and the rules, in this order.
	Notes []scan.Note

	means *Means
	// lookup is the caller's own.
	lookup variable.Lookup
	log    *slog.Logger
}

// Open finds what to scan and how: the checkout that the variables and the place speak of, and its plan. Problems that the
// caller has to solve are a [*variable.UsageError]. The checkout is the caller's to close.
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

// NewPlan reads what the repository's own files say of a scan: its configuration, rules and baseline. config is what lookup
// gives. Problems that the caller has to solve are a [*variable.UsageError].
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

// Unexpanded says in a note of each variable whose value is a literal $NAME that it counts as not set.
func Unexpanded(lookup variable.Lookup, variables []variable.Variable) []scan.Note {
	var notes []scan.Note
	for _, text := range variable.Unexpanded(lookup, variables) {
		notes = append(notes, scan.Note{Code: "unexpanded", Text: text})
	}
	return notes
}
