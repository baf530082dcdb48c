package hook

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// own are the configuration files of a repository, in the order in which they are read.
var own = []string{ruleset.GitleaksFile, ruleset.SoteriFile, ruleset.GitleaksIgnoreFile}

// repositoryRules adds the configuration of the default branch, as it is before the push: its .sluice.yml and the files
// of other scanners beside it. An invalid file is named in notes and not used, because it must not block the push that
// fixes it. Without a default branch there is no configuration.
func repositoryRules(ctx context.Context, repo *git.Repository, set *ruleset.Set) (policy *scan.Policy, notes []string, err error) {
	hash, err := repo.Resolve("HEAD")
	if errors.Is(err, git.ErrNoCommits) || errors.Is(err, git.ErrUnknownRevision) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	head, err := repo.Commit(ctx, hash)
	if err != nil {
		return nil, nil, err
	}
	set.Open = head.ReadFile
	note := func(name string, err error) {
		notes = append(notes, fmt.Sprintf("%s of the default branch is not used: %v", name, err))
	}
	data, err := head.ReadFile(scan.PolicyFile)
	if err == nil {
		policy, err = scan.ParsePolicy(scan.PolicyFile, data)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		note(scan.PolicyFile, err)
	}
	if policy != nil && policy.SecretRules != nil {
		rules, err := secret.DecodeRules(policy.Source, policy.SecretRules)
		if err == nil {
			err = whole(set, func() error { return set.Add(rules) })
		}
		if err != nil {
			note(scan.PolicyFile, err)
			policy = nil
		}
	}
	if policy != nil {
		set.WithoutBuiltin = set.WithoutBuiltin || policy.WithoutBuiltin
		set.Disable = append(set.Disable, policy.DisabledRules...)
		if policy.WithoutImport {
			return policy, notes, nil
		}
	}
	for _, name := range own {
		data, err := head.ReadFile(name)
		if err == nil {
			err = whole(set, func() error { return set.Read(name, data) })
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			note(name, err)
		}
	}
	return policy, notes, nil
}

// whole makes a change of a set atomic: on an error the set stays as it was.
func whole(set *ruleset.Set, change func() error) error {
	before := *set
	err := change()
	if err != nil {
		*set = before
	}
	return err
}
