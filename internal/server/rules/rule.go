package rules

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/rulebook"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/rules", Name: "listRules",
			Needs: access.SignedIn, Scope: "read",
			Summary: "List all rules for secrets: your own and the built-in ones.",
			Gives:   api.Returns([]ruleWire{}),
			Handle:  s.rules,
		},
		{
			Method: http.MethodPost, Path: "/rules", Name: "addRule",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Add a rule for all repositories.",
			Takes:   newRule{}, Body: `{"name": "rule name", "regexp": "an expression", "enabled": true, "blocking": true}`,
			Gives:  api.ReturnsCreated(ruleWire{}),
			Handle: s.addRule,
		},
		{
			Method: http.MethodPut, Path: "/rules/{ruleId}", Name: "changeRule",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Change a rule and clear its validation error.",
			Takes:   ruleChange{}, Body: `nothing, or any of {"regexp", "enabled", "blocking"}`,
			Gives:  api.Returns(ruleWire{}),
			Handle: s.editRule,
		},
		{
			Method: http.MethodDelete, Path: "/rules/{ruleId}", Name: "removeRule",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Remove a rule.",
			Gives:   api.ReturnsNothing(),
			Handle:  s.removeRule,
		},
		{
			Method: http.MethodPost, Path: "/hardcoded/{ruleName}", Name: "enableRule",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Enable a built-in rule.",
			Gives:   api.ReturnsNothing(),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.switchRule(c, true) },
		},
		{
			Method: http.MethodDelete, Path: "/hardcoded/{ruleName}", Name: "disableRule",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Disable a built-in rule.",
			Gives:   api.ReturnsNothing(),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.switchRule(c, false) },
		},
		{
			Method: http.MethodGet, Path: "/scan/{projectKey}/rule_types/{repoSlug}", Name: "listRuleTypes",
			Needs: access.Reader, Scope: "read",
			Summary: "List the names of all rules that apply to a repository.",
			Query:   []api.Parameter{api.Optional("branch", "has no effect: the rules of the default branch apply to all branches")},
			Gives:   api.Returns([]string{}),
			Handle:  s.ruleTypes,
		},
	}
}

// newRule is a rule to add. Enabled and Blocking are true if they are missing.
type newRule struct {
	Name     string `json:"name"`
	Regexp   string `json:"regexp"`
	Enabled  *bool  `json:"enabled,omitempty"`
	Blocking *bool  `json:"blocking,omitempty"`
}

// ruleChange is a change of a rule. A nil field stays.
type ruleChange struct {
	Regexp   *string `json:"regexp,omitempty"`
	Enabled  *bool   `json:"enabled,omitempty"`
	Blocking *bool   `json:"blocking,omitempty"`
}

type ruleWire struct {
	ID              *int64  `json:"id" doc:"Null for built-in rules."`
	Name            string  `json:"name"`
	Regexp          *string `json:"regexp"`
	Hardcoded       bool    `json:"hardcoded"`
	Enabled         bool    `json:"enabled"`
	Blocking        *bool   `json:"blocking"`
	ValidationError *string `json:"validationError"`
	RuleID          string  `json:"ruleId" doc:"The id of the rule, as reports have it."`
}

func ruleBody(r *policy.Rule) ruleWire {
	w := ruleWire{ID: &r.ID, Name: r.Name, Regexp: &r.Regexp, Enabled: r.Enabled, Blocking: &r.Blocking, RuleID: r.DetectorID}
	if r.ValidationError != "" {
		w.ValidationError = &r.ValidationError
	}
	return w
}

func (s *Resource) rules(c *api.Call) (*api.Reply, error) {
	rules, err := s.Policy.Rules(c.Context())
	if err != nil {
		return nil, err
	}
	switches, err := s.Policy.BuiltinRules(c.Context())
	if err != nil {
		return nil, err
	}
	list := []ruleWire{}
	for i := range rules {
		list = append(list, ruleBody(&rules[i]))
	}
	for _, id := range secret.BuiltinIDs() {
		enabled, switched := switches[id]
		list = append(list, ruleWire{Name: id, Hardcoded: true, Enabled: enabled || !switched, RuleID: id})
	}
	return api.OK(list)
}

func (s *Resource) addRule(c *api.Call) (*api.Reply, error) {
	var body newRule
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	r, badName, badExpression := rulebook.New(body.Name, body.Regexp, body.Enabled == nil || *body.Enabled, body.Blocking == nil || *body.Blocking)
	bad := &api.Problems{}
	if badName != nil {
		bad.Add("name", "%v", badName)
	}
	if badExpression != nil {
		bad.Add("regexp", "%v", badExpression)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	id, err := s.Policy.AddRule(c.Context(), r)
	if errors.Is(err, db.ErrExists) {
		return nil, api.Conflict("%s", rulebook.Taken(r))
	}
	if err != nil {
		return nil, err
	}
	r.ID = id
	c.Note("rule " + strconv.FormatInt(id, 10) + " " + r.DetectorID)
	return api.Created(ruleBody(r))
}

// ruleID reads the id in the path.
func (s *Resource) ruleID(c *api.Call) (int64, error) {
	id, err := strconv.ParseInt(c.PathValue("ruleId"), 10, 64)
	if err != nil || id < 1 {
		return 0, api.NotFound("there is no such rule: ids are whole numbers from 1")
	}
	return id, nil
}

func noRule(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return api.NotFound("there is no such rule")
	}
	return err
}

func (s *Resource) editRule(c *api.Call) (*api.Reply, error) {
	id, err := s.ruleID(c)
	if err != nil {
		return nil, err
	}
	var body ruleChange
	if c.HasBody() {
		if err := c.Decode(&body); err != nil {
			return nil, err
		}
	}
	var changed policy.Rule
	err = s.Policy.EditRule(c.Context(), id, func(r *policy.Rule) error {
		r.ValidationError = ""
		if body.Regexp != nil {
			r.Regexp = *body.Regexp
			if err := rulebook.Check(r); err != nil {
				return api.BadRequest("regexp: %v", err)
			}
		}
		if body.Enabled != nil {
			r.Enabled = *body.Enabled
		}
		if body.Blocking != nil {
			r.Blocking = *body.Blocking
		}
		changed = *r
		return nil
	})
	if err != nil {
		return nil, noRule(err)
	}
	c.Note(changed.DetectorID)
	return api.OK(ruleBody(&changed))
}

func (s *Resource) removeRule(c *api.Call) (*api.Reply, error) {
	id, err := s.ruleID(c)
	if err != nil {
		return nil, err
	}
	if err := s.Policy.RemoveRule(c.Context(), id); err != nil {
		return nil, noRule(err)
	}
	return api.Nothing()
}

func (s *Resource) switchRule(c *api.Call, enabled bool) (*api.Reply, error) {
	ids := ruleset.BuiltinRules(c.PathValue("ruleName"))
	if len(ids) == 0 {
		return nil, api.NotFound("there is no built-in rule with that name: GET /rules lists them")
	}
	if err := s.Policy.SwitchBuiltin(c.Context(), ids, enabled); err != nil {
		return nil, err
	}
	c.Note(strings.Join(ids, ","))
	return api.Nothing()
}
