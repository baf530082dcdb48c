package engine

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
)

// readBaseline reads the file of known findings. It returns nil if there is none.
func readBaseline(config *Config, c *Checkout, policy *scan.Policy) (*scan.Baseline, []scan.Note, error) {
	name := config.Scan.Baseline
	if name == "" {
		return importBaseline(config, c, policy)
	}
	data, source, err := c.readRelative(config, name)
	if err != nil {
		return nil, nil, &variable.UsageError{Err: fmt.Errorf("BASELINE: read %s: %w", name, err)}
	}
	baseline, err := scan.ReadBaseline(strings.TrimPrefix(source, "./"), bytes.NewReader(data))
	if err != nil {
		return nil, nil, &variable.UsageError{Err: fmt.Errorf("BASELINE: %w", err)}
	}
	return baseline, baselineNotes(baseline), nil
}

// importBaseline reads a gitleaks baseline at the root of the repository.
func importBaseline(config *Config, c *Checkout, policy *scan.Policy) (*scan.Baseline, []scan.Note, error) {
	if policy != nil && policy.WithoutImport {
		return nil, nil, nil
	}
	data, ok, notes, err := c.importFile(config, ruleset.GitleaksBaselineFile)
	if !ok || err != nil {
		return nil, notes, err
	}
	baseline, err := scan.ReadBaseline(ruleset.GitleaksBaselineFile, bytes.NewReader(data))
	if err != nil {
		// Without the file we report more, not less.
		return nil, append(notes, note("baseline", "%v; it is not used", err)), nil
	}
	return baseline, append(notes, baselineNotes(baseline)...), nil
}

func baselineNotes(baseline *scan.Baseline) []scan.Note {
	var notes []scan.Note
	for _, warning := range baseline.Warnings {
		notes = append(notes, note("baseline", "%s", warning))
	}
	return notes
}
