package pipe

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// imported are the configurations of other scanners that are read where they lie. The ignore list comes last: it names
// rules that the others bring.
var imported = []string{ruleset.GitleaksFile, ruleset.SoteriFile, ruleset.GitleaksIgnoreFile}

// openRules gathers the rules for secrets: those of the policy, of the files that RULES names, and what other scanners'
// configurations say. What was not understood becomes a note.
func (t *Target) openRules(lookup Lookup, place Place) error {
	t.Rules = &ruleset.Set{Open: func(name string) ([]byte, error) { return t.readPolicyTree(place, name) }}
	if t.Policy != nil {
		t.Rules.WithoutBuiltin = t.Policy.WithoutBuiltin
		if list := t.Policy.SecretRules; list != nil {
			rules, err := secret.DecodeRules(t.Policy.Source, list)
			if err == nil {
				err = t.Rules.Add(rules)
			}
			if err != nil {
				return &UsageError{err}
			}
		}
	}
	_, named := lookup("RULES")
	for _, name := range t.Config.Scan.Rules {
		data, source, err := t.readRules(named, place, name)
		if err == nil {
			err = t.Rules.Read(source, data)
		}
		if err != nil {
			return &UsageError{fmt.Errorf("RULES: %w", err)}
		}
	}
	if t.Policy == nil || !t.Policy.WithoutImport {
		if err := t.importRules(place); err != nil {
			return err
		}
	}
	if place.Rules != nil {
		place.Rules(t.Rules)
	}
	for _, n := range t.Rules.Notes {
		t.note("rules", "%s", n)
	}
	return nil
}

// readRules reads a rule file. One that the repository's own configuration names lies in the repository beside it; one
// that the caller names is the caller's, but for pull requests.
func (t *Target) readRules(named bool, place Place, name string) (data []byte, source string, err error) {
	if !named {
		data, err = t.readPolicyTree(place, filepath.ToSlash(name))
		source = name
	} else {
		data, source, err = t.readRelative(name)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", name, err)
	}
	return data, source, nil
}

// readPolicyTree reads a file of the tree that the policy comes from: the scanned commit, in a pull request the
// destination, or the folder. Name is relative to the root and stays below it.
func (t *Target) readPolicyTree(place Place, name string) ([]byte, error) {
	if !filepath.IsLocal(name) {
		return nil, errors.New("it lies outside of the repository")
	}
	name = path.Clean(name)
	switch {
	case t.dir != nil:
		root, err := os.OpenRoot(place.Dir)
		if err != nil {
			return nil, err
		}
		defer func() { _ = root.Close() }()
		return root.ReadFile(filepath.FromSlash(name))
	case t.head == nil:
		return nil, fs.ErrNotExist
	case !t.Config.Pipeline.PullRequest():
		return t.head.ReadFile(name)
	case t.base == nil:
		return nil, fmt.Errorf("it is part of the pull request, and its destination is not in the clone: %w", fs.ErrNotExist)
	}
	return t.base.ReadFile(name)
}

// importRules reads the configurations of other scanners. One that cannot be read is named and not used: without it more
// is found, not less.
func (t *Target) importRules(place Place) error {
	for _, name := range imported {
		if slices.Contains(place.WithoutImport, name) {
			continue
		}
		if slices.ContainsFunc(t.Config.Scan.Rules, func(rules string) bool { return filepath.Clean(rules) == name }) {
			continue
		}
		data, ok, err := t.importFile(place, name)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		before := len(t.Rules.Rules)
		lists := len(t.Rules.Allow)
		if err := t.Rules.Read(name, data); err != nil {
			t.note("rules", "%v; the file is not used", err)
			continue
		}
		t.note("rules", "%s is used: %s, %s; write \"rules: {import: false}\" into %s to leave it out", name,
			scan.Plural(len(t.Rules.Rules)-before, "rule", "rules"),
			scan.Plural(len(t.Rules.Allow)-lists, "list of what is allowed", "lists of what is allowed"), scan.PolicyFile)
	}
	return nil
}

// importFile reads a file at the root of the policy's tree, when it is there, and says when a pull request changes it.
func (t *Target) importFile(place Place, name string) (data []byte, ok bool, err error) {
	data, err = t.readPolicyTree(place, name)
	if t.head != nil && t.Config.Pipeline.PullRequest() {
		mine, mineErr := t.head.ReadFile(name)
		switch {
		case t.base == nil && mineErr == nil:
			t.note("config-unknown", "%s is not used: it is part of the pull request, and the destination's own is not in the clone", name)
		case t.base != nil && (mineErr == nil) != (err == nil), mineErr == nil && err == nil && !bytes.Equal(mine, data):
			t.note("config-changed", "this pull request changes %s; the destination's is used until it is merged", name)
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, nil
	case errors.Is(err, fs.ErrInvalid):
		t.note("rules", "%s is not a regular file and is not used", name)
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("read %s: %w", name, err)
	}
	return data, true, nil
}

// secretOptions gives the rules and the policy as options of the detector.
func (t *Target) secretOptions() secret.Options {
	options := secret.Options{}
	if t.Rules != nil {
		options = t.Rules.Options()
	}
	if t.Policy != nil {
		options.Disable = append(options.Disable, t.Policy.DisabledRules...)
	}
	return options
}

// SecretDetector makes the detector for secrets by the target's rules.
func (t *Target) SecretDetector() (*secret.Detector, error) {
	create := t.newSecrets
	if create == nil {
		create = secret.New
	}
	d, err := create(t.secretOptions())
	if err != nil {
		return nil, &UsageError{err}
	}
	return d, nil
}
