package pipe

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/ruleset"
)

// applyPolicy reads the repository's configuration and the baseline, and puts the settings of the former behind the
// caller's own.
func (t *Target) applyPolicy(lookup Lookup, place Place) error {
	data, source, err := t.policyFile(place)
	if err != nil {
		return err
	}
	if source != "" {
		policy, err := scan.ParsePolicy(source, data)
		if err != nil {
			return &UsageError{err}
		}
		t.Policy = policy
		for _, warning := range policy.Warnings {
			t.note("unknown-key", "%s", warning)
		}
		config, err := Load(Chain(lookup, settings(policy)))
		if err != nil {
			return &UsageError{fmt.Errorf("%s: %w", source, err)}
		}
		// Engines of the repository's file are those of every step: they split nothing.
		config.Report.ReportID = t.Config.Report.ReportID
		if policy.Settings["report-title"] == "" {
			config.Report.ReportTitle = t.Config.Report.ReportTitle
		}
		t.Config = config
	}
	if err := t.openRules(lookup, place); err != nil {
		return err
	}
	return t.openBaseline(place)
}

// settings gives the settings of a policy as variables: fail-on is FAIL_ON.
func settings(policy *scan.Policy) Lookup {
	return func(name string) (string, bool) {
		value, ok := policy.Settings[FlagName(name)]
		return value, ok
	}
}

// policyFile finds the configuration file; source is empty when there is none. It comes from the commit that is
// scanned, in a pull request from the destination.
func (t *Target) policyFile(place Place) (data []byte, source string, err error) {
	if name := t.Config.Scan.Config; name != "" {
		data, source, err = t.readRelative(name)
		if err != nil {
			return nil, "", &UsageError{fmt.Errorf("CONFIG: read %s: %w", name, err)}
		}
		return data, source, nil
	}
	if t.dir != nil {
		data, err = os.ReadFile(filepath.Join(place.Dir, scan.PolicyFile))
		return optional(data, scan.PolicyFile, err)
	}
	if t.head == nil {
		return nil, "", nil
	}
	data, source, err = optional(readCommit(t.head))
	if !t.Config.Pipeline.PullRequest() || err != nil {
		return data, source, err
	}
	if t.destination == nil {
		if source != "" {
			t.note("config-unknown", "%s is not used: it is part of the pull request, and the destination's own is not in the clone", scan.PolicyFile)
		}
		return nil, "", nil
	}
	mine := data
	data, source, err = optional(readCommit(t.destination))
	if err == nil && !bytes.Equal(mine, data) {
		t.note("config-changed", "this pull request changes %s; the destination's is used until it is merged", scan.PolicyFile)
	}
	return data, source, err
}

func readCommit(c *git.Commit) ([]byte, string, error) {
	data, err := c.ReadFile(scan.PolicyFile)
	return data, scan.PolicyFile, err
}

// optional takes a file that is not there for none.
func optional(data []byte, source string, err error) ([]byte, string, error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", nil
	case errors.Is(err, fs.ErrInvalid):
		return nil, "", &UsageError{fmt.Errorf("%s is not a regular file", source)}
	case err != nil:
		return nil, "", fmt.Errorf("read %s: %w", source, err)
	}
	return data, source, nil
}

func (t *Target) openBaseline(place Place) error {
	name := t.Config.Scan.Baseline
	if name == "" {
		return t.importBaseline(place)
	}
	data, source, err := t.readRelative(name)
	if err != nil {
		return &UsageError{fmt.Errorf("BASELINE: read %s: %w", name, err)}
	}
	if t.Baseline, err = scan.ReadBaseline(strings.TrimPrefix(source, "./"), bytes.NewReader(data)); err != nil {
		return &UsageError{fmt.Errorf("BASELINE: %w", err)}
	}
	t.noteBaseline()
	return nil
}

// importBaseline takes the baseline that gitleaks' users keep at the root of the repository.
func (t *Target) importBaseline(place Place) error {
	if t.Policy != nil && t.Policy.WithoutImport {
		return nil
	}
	data, ok, err := t.importFile(place, ruleset.GitleaksBaselineFile)
	if !ok || err != nil {
		return err
	}
	baseline, err := scan.ReadBaseline(ruleset.GitleaksBaselineFile, bytes.NewReader(data))
	if err != nil {
		t.note("baseline", "%v; it is not used", err)
		return nil
	}
	t.Baseline = baseline
	t.noteBaseline()
	return nil
}

func (t *Target) noteBaseline() {
	for _, warning := range t.Baseline.Warnings {
		t.note("baseline", "%s", warning)
	}
}
