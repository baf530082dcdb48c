package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// imported lists the configurations of other scanners that we read at the root of a repository. The ignore list comes last,
// because it names rules that the others define.
var imported = []string{ruleset.GitleaksFile, ruleset.SoteriFile, ruleset.GitleaksIgnoreFile}

// readRules collects the rules for secrets from the policy, the files in RULES, and the configurations of other
// scanners. Parts that it does not understand become notes. named is true if the caller sets RULES, and false if the
// repository's own configuration does.
func readRules(config *Config, c *Checkout, policy *scan.Policy, means *Means, named bool) (*ruleset.Set, []scan.Note, error) {
	set := &ruleset.Set{Open: func(name string) ([]byte, error) { return c.readPolicyTree(config, name) }}
	if policy != nil {
		set.WithoutBuiltin = policy.WithoutBuiltin
		if list := policy.SecretRules; list != nil {
			rules, err := secret.DecodeRules(policy.Source, list)
			if err == nil {
				err = set.Add(rules)
			}
			if err != nil {
				return nil, nil, &variable.UsageError{Err: err}
			}
		}
	}
	for _, name := range config.Scan.Rules {
		data, source, err := c.readRuleFile(config, named, name)
		if err == nil {
			err = set.Read(source, data)
		}
		if err != nil {
			return nil, nil, &variable.UsageError{Err: fmt.Errorf("RULES: %w", err)}
		}
	}
	var notes []scan.Note
	if policy == nil || !policy.WithoutImport {
		var err error
		if notes, err = importRules(config, c, means, set); err != nil {
			return nil, nil, err
		}
	}
	if means.Rules != nil {
		means.Rules(set)
	}
	for _, n := range set.Notes {
		notes = append(notes, note(RulesNote, "%s", n))
	}
	return set, notes, nil
}

// RulesNote is the code of notes about rules.
const RulesNote = "rules"

// readRuleFile reads a rule file. A file that the repository's own configuration names must be in the repository. A file
// that the caller names may be any file, with one exception for pull requests: see readRelative.
func (c *Checkout) readRuleFile(config *Config, named bool, name string) (data []byte, source string, err error) {
	if !named {
		data, err = c.readPolicyTree(config, filepath.ToSlash(name))
		source = name
	} else {
		data, source, err = c.readRelative(config, name)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", name, err)
	}
	return data, source, nil
}

// readPolicyTree reads a file of the tree that the policy comes from: the scanned commit, the base of a pull request, or
// the folder. The name is relative to the root and must not leave it.
func (c *Checkout) readPolicyTree(config *Config, name string) ([]byte, error) {
	if !filepath.IsLocal(name) {
		return nil, errors.New("it is outside the repository")
	}
	name = path.Clean(name)
	switch {
	case c.dir != nil:
		root, err := os.OpenRoot(c.top)
		if err != nil {
			return nil, err
		}
		defer func() { _ = root.Close() }()
		return root.ReadFile(filepath.FromSlash(name))
	case c.head == nil:
		return nil, fs.ErrNotExist
	case !config.Pipeline.PullRequest():
		return c.head.ReadFile(name)
	case c.base == nil:
		return nil, fmt.Errorf("it is part of the pull request, and its destination is not in the clone: %w", fs.ErrNotExist)
	}
	return c.base.ReadFile(name)
}

// importRules adds the configurations of other scanners to a set. A note names each file that cannot be used. Without
// such a file we report more, not less.
func importRules(config *Config, c *Checkout, means *Means, set *ruleset.Set) (notes []scan.Note, err error) {
	for _, name := range imported {
		if slices.Contains(means.WithoutImport, name) {
			continue
		}
		if slices.ContainsFunc(config.Scan.Rules, func(rules string) bool { return filepath.Clean(rules) == name }) {
			continue
		}
		data, ok, more, err := c.importFile(config, name)
		notes = append(notes, more...)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		rules, lists := len(set.Rules), len(set.Allow)
		if err := set.Read(name, data); err != nil {
			notes = append(notes, note(RulesNote, "%v; the file is not used", err))
			continue
		}
		notes = append(notes, note(RulesNote, "%s is used: %s, %s; write \"rules: {import: false}\" into %s to leave it out", name,
			scan.Plural(len(set.Rules)-rules, "rule", "rules"),
			scan.Plural(len(set.Allow)-lists, "allow list", "allow lists"), scan.PolicyFile))
	}
	return notes, nil
}

// importFile reads a file at the root of the policy's tree, if it exists, and adds a note if a pull request changes it.
func (c *Checkout) importFile(config *Config, name string) (data []byte, ok bool, notes []scan.Note, err error) {
	data, err = c.readPolicyTree(config, name)
	if c.head != nil && config.Pipeline.PullRequest() {
		mine, mineErr := c.head.ReadFile(name)
		switch {
		case c.base == nil && mineErr == nil:
			notes = append(notes, note("config-unknown", "%s is not used: it is part of the pull request, and the destination's own is not in the clone", name))
		case c.base != nil && (mineErr == nil) != (err == nil), mineErr == nil && err == nil && !bytes.Equal(mine, data):
			notes = append(notes, note("config-changed", "this pull request changes %s; the destination's is used until it is merged", name))
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, notes, nil
	case errors.Is(err, fs.ErrInvalid):
		return nil, false, append(notes, note(RulesNote, "%s is not a regular file and is not used", name)), nil
	case err != nil:
		return nil, false, nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, true, notes, nil
}
