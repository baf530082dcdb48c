package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// readPolicy reads the repository's configuration. It returns nil if there is none.
func readPolicy(config *Config, c *Checkout) (policy *scan.Policy, notes []scan.Note, err error) {
	data, source, notes, err := policyFile(config, c)
	if err != nil || source == "" {
		return nil, notes, err
	}
	policy, err = scan.ParsePolicy(source, data)
	if err != nil {
		return nil, nil, &variable.UsageError{Err: err}
	}
	for _, warning := range policy.Warnings {
		notes = append(notes, note("unknown-key", "%s", warning))
	}
	return policy, notes, nil
}

// settings returns a policy's settings as variables: fail-on is FAIL_ON.
func settings(policy *scan.Policy) variable.Lookup {
	return func(name string) (string, bool) {
		value, ok := policy.Settings[variable.FlagName(name)]
		return value, ok
	}
}

// policyFile finds the configuration file. source is empty if there is none. The file comes from the scanned commit, or
// in a pull request from the destination.
func policyFile(config *Config, c *Checkout) (data []byte, source string, notes []scan.Note, err error) {
	if name := config.Scan.Config; name != "" {
		data, source, err = c.readRelative(config, name)
		if err != nil {
			return nil, "", nil, &variable.UsageError{Err: fmt.Errorf("CONFIG: read %s: %w", name, err)}
		}
		return data, source, nil, nil
	}
	if c.dir != nil {
		data, err = os.ReadFile(filepath.Join(c.top, scan.PolicyFile))
		data, source, err = optional(data, scan.PolicyFile, err)
		return data, source, nil, err
	}
	if c.head == nil {
		return nil, "", nil, nil
	}
	data, source, err = optional(readCommit(c.head))
	if !config.Pipeline.PullRequest() || err != nil {
		return data, source, nil, err
	}
	if c.destination == nil {
		if source != "" {
			notes = append(notes, note("config-unknown", "%s is not used: it is part of the pull request, and the destination's own is not in the clone", scan.PolicyFile))
		}
		return nil, "", notes, nil
	}
	mine := data
	data, source, err = optional(readCommit(c.destination))
	if err == nil && !bytes.Equal(mine, data) {
		notes = append(notes, note("config-changed", "this pull request changes %s; the destination's is used until it is merged", scan.PolicyFile))
	}
	return data, source, notes, err
}

func readCommit(c *git.Commit) ([]byte, string, error) {
	data, err := c.ReadFile(scan.PolicyFile)
	return data, scan.PolicyFile, err
}

// optional turns a missing file into an empty source.
func optional(data []byte, source string, err error) ([]byte, string, error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", nil
	case errors.Is(err, fs.ErrInvalid):
		return nil, "", &variable.UsageError{Err: fmt.Errorf("%s is not a regular file", source)}
	case err != nil:
		return nil, "", fmt.Errorf("read %s: %w", source, err)
	}
	return data, source, nil
}
