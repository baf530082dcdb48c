package hook

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// detector compiles the rules. The policy comes from the repository, if the settings allow that.
func (c *checker) detector(ctx context.Context, repo *git.Repository) (policy *scan.Policy, err error) {
	if c.settings.RepositoryRules {
		set, err := c.given()
		if err != nil {
			return nil, err
		}
		if policy, c.report.Notes, err = repositoryRules(ctx, repo, set); err != nil {
			return nil, err
		}
		if err = c.compile(set); err != nil {
			c.report.Notes = append(c.report.Notes, fmt.Sprintf("the rules of the default branch are not used: %v", err))
			policy = nil
		}
	}
	if c.secrets == nil {
		set, err := c.given()
		if err == nil {
			err = c.compile(set)
		}
		if err != nil {
			return nil, err
		}
	}
	c.revoke, c.warns = map[string]string{}, map[string]bool{}
	for _, r := range c.secrets.Active() {
		c.revoke[r.ID] = r.Revoke
		c.warns[r.ID] = r.Custom != nil && r.Custom.WarnOnly
	}
	return policy, nil
}

// given reads the rules of the settings' files.
func (c *checker) given() (*ruleset.Set, error) {
	set := &ruleset.Set{}
	for _, file := range c.settings.Rules {
		if err := set.Read(file.Name, file.Data); err != nil {
			return nil, fmt.Errorf("rules: %w", err)
		}
	}
	return set, nil
}

// compile makes the detector from a set and then adds the server's rules. If one of these cannot run here, the check
// fails: a push that passes without a rule would look checked.
func (c *checker) compile(set *ruleset.Set) (err error) {
	bad := set.AddGlobal(c.settings.Global, c.settings.Disabled)
	var problems []error
	for _, id := range slices.Sorted(maps.Keys(bad)) {
		problems = append(problems, fmt.Errorf("rules: %s of the server: %w", id, bad[id]))
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	if c.secrets, err = secret.New(set.Options()); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	return nil
}
