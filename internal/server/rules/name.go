package rules

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// ruleTypes lists the names of the built-in rules, the added rules, and, if it counts, the rules in the repository's own
// file. It includes rules that are off.
func (s *Resource) ruleTypes(c *api.Call) (*api.Reply, error) {
	names := secret.BuiltinIDs()
	rules, err := s.Policy.Rules(c.Context())
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, r := range rules {
		names, taken[r.DetectorID] = append(names, r.Name), true
	}
	own, err := s.repositoryRules(c)
	if err != nil {
		return nil, err
	}
	for _, r := range own {
		if !taken[r.ID] {
			names = append(names, cmp.Or(r.Custom.Name, r.ID))
		}
	}
	slices.Sort(names)
	return api.OK(slices.Compact(names))
}

// ID returns the id under which the findings of a rule are stored, for the repository of the call. It accepts the name
// or the id of an added rule, of a rule in the repository's own file, and of a rule with findings there, and every name
// of a built-in rule that is unique. Errors are answers for the caller.
func (s *Resource) ID(c *api.Call, name string) (id string, err error) {
	id, err = s.Findings.RuleSeen(c.Context(), c.Repository.ID, name)
	if !errors.Is(err, db.ErrNotFound) {
		return id, err
	}
	rules, err := s.Policy.Rules(c.Context())
	if err != nil {
		return "", err
	}
	for _, r := range rules {
		if strings.EqualFold(r.Name, name) || r.DetectorID == name {
			return r.DetectorID, nil
		}
	}
	own, err := s.repositoryRules(c)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(own, func(r secret.Rule) bool { return r.ID == name || strings.EqualFold(r.Custom.Name, name) }); i >= 0 {
		return own[i].ID, nil
	}
	switch ids := ruleset.BuiltinRules(name); len(ids) {
	case 0:
		return "", api.NotFound("there is no rule %q for %s", name, c.PlaceName())
	case 1:
		return ids[0], nil
	default:
		return "", api.BadRequest("%q stands for several rules; name one of %s", name, strings.Join(ids, ", "))
	}
}

// repositoryRules returns the rules of soteri-security.yml on the default branch. A file that cannot be read gives no
// rules; the scans report it.
func (s *Resource) repositoryRules(c *api.Call) ([]secret.Rule, error) {
	counts, err := s.Settings.Bool(c.Context(), settings.RepositoryRules)
	if err != nil || !counts || s.Files == nil {
		return nil, err
	}
	data, err := s.Files.File(c.Context(), c.Repository.Location, c.Repository.DefaultBranch, ruleset.SoteriFile)
	if err != nil || data == nil {
		return nil, err
	}
	var set ruleset.Set
	if err := set.Read(ruleset.SoteriFile, data); err != nil {
		return nil, nil //nolint:nilerr // the scans of the repository say what is wrong with its file
	}
	return set.Rules, nil
}
