package server

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// maxRuleName bounds a rule's name, in bytes.
const maxRuleName = 200

func (s *Server) ruleRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/rules", name: "listRules",
			needs: signedIn, scope: "read",
			summary: "List all rules for secrets: your own and the built-in ones.",
			gives:   returns([]ruleWire{}),
			handle:  (*call).rules,
		},
		{
			method: http.MethodPost, path: "/rules", name: "addRule",
			needs: grantee, scope: "settings",
			summary: "Add a rule for all repositories.",
			takes:   newRule{}, body: `{"name": "rule name", "regexp": "an expression", "enabled": true, "blocking": true}`,
			gives:  created(ruleWire{}),
			handle: (*call).addRule,
		},
		{
			method: http.MethodPut, path: "/rules/{ruleId}", name: "changeRule",
			needs: grantee, scope: "settings",
			summary: "Change a rule and clear its validation error.",
			takes:   ruleChange{}, body: `nothing, or some of {"regexp", "enabled", "blocking"}`,
			gives:  returns(ruleWire{}),
			handle: (*call).editRule,
		},
		{
			method: http.MethodDelete, path: "/rules/{ruleId}", name: "removeRule",
			needs: grantee, scope: "settings",
			summary: "Remove a rule.",
			gives:   nothingBack(),
			handle:  (*call).removeRule,
		},
		{
			method: http.MethodPost, path: "/hardcoded/{ruleName}", name: "enableRule",
			needs: grantee, scope: "settings",
			summary: "Enable a built-in rule.",
			gives:   nothingBack(),
			handle:  func(c *call) (*reply, error) { return c.switchRule(true) },
		},
		{
			method: http.MethodDelete, path: "/hardcoded/{ruleName}", name: "disableRule",
			needs: grantee, scope: "settings",
			summary: "Disable a built-in rule.",
			gives:   nothingBack(),
			handle:  func(c *call) (*reply, error) { return c.switchRule(false) },
		},
		{
			method: http.MethodGet, path: "/scan/{projectKey}/rule_types/{repoSlug}", name: "listRuleTypes",
			needs: reader, scope: "read",
			summary: "List the names of all rules that apply to a repository.",
			query:   []parameter{{"branch", "has no effect: the rules of the default branch count for all", false}},
			gives:   returns([]string{}),
			handle:  (*call).ruleTypes,
		},
	}
}

// newRule is a rule to add. Enabled and Blocking are true unless they say otherwise.
type newRule struct {
	Name     string `json:"name"`
	Regexp   string `json:"regexp"`
	Enabled  *bool  `json:"enabled,omitempty"`
	Blocking *bool  `json:"blocking,omitempty"`
}

// ruleChange changes the fields that it names.
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

func (c *call) rules() (*reply, error) {
	rules, err := c.s.store.Policy.Rules(c.context())
	if err != nil {
		return nil, err
	}
	switches, err := c.s.store.Policy.BuiltinRules(c.context())
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
	return ok(list)
}

// checkRule says what is wrong with an expression, as the detector compiles it, without quoting it.
func checkRule(r *policy.Rule) error {
	global := ruleset.Global{ID: r.DetectorID, Name: r.Name, Expression: r.Regexp}
	if r.Regexp == "" {
		return errors.New("it is missing")
	}
	if _, err := global.Rule(); err != nil {
		_, reason, _ := strings.Cut(err.Error(), "expression: ")
		return errors.New(reason)
	}
	return nil
}

func (c *call) addRule() (*reply, error) {
	var body newRule
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	r := &policy.Rule{Name: strings.TrimSpace(body.Name), Regexp: body.Regexp, Enabled: body.Enabled == nil || *body.Enabled, Blocking: body.Blocking == nil || *body.Blocking}
	r.DetectorID = ruleset.RuleID(r.Name)
	bad := &problems{}
	switch {
	case r.DetectorID == "":
		bad.add("name", "it must hold a letter from a to z, or a digit")
		r.DetectorID = "CUSTOM"
	case len(r.Name) > maxRuleName || strings.ContainsFunc(r.Name, func(c rune) bool { return c < ' ' }):
		bad.add("name", "it must be one line of at most %d bytes", maxRuleName)
	}
	if err := checkRule(r); err != nil {
		bad.add("regexp", "%v", err)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	id, err := c.s.store.Policy.AddRule(c.context(), r)
	if errors.Is(err, db.ErrExists) {
		return nil, conflict("there is a rule of that name, or one that findings would call the same (%s)", r.DetectorID)
	}
	if err != nil {
		return nil, err
	}
	r.ID = id
	c.note("rule " + strconv.FormatInt(id, 10) + " " + r.DetectorID)
	return &reply{status: http.StatusCreated, body: ruleBody(r)}, nil
}

// ruleID reads the id of the path.
func (c *call) ruleID() (int64, error) {
	id, err := strconv.ParseInt(c.r.PathValue("ruleId"), 10, 64)
	if err != nil || id < 1 {
		return 0, notFound("there is no such rule: ids are whole numbers from 1 on")
	}
	return id, nil
}

func noRule(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return notFound("there is no such rule")
	}
	return err
}

func (c *call) editRule() (*reply, error) {
	id, err := c.ruleID()
	if err != nil {
		return nil, err
	}
	var body ruleChange
	if c.r.ContentLength != 0 {
		if err := c.decode(&body); err != nil {
			return nil, err
		}
	}
	var changed policy.Rule
	err = c.s.store.Policy.EditRule(c.context(), id, func(r *policy.Rule) error {
		r.ValidationError = ""
		if body.Regexp != nil {
			r.Regexp = *body.Regexp
			if err := checkRule(r); err != nil {
				return badRequest("regexp: %v", err)
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
	c.note(changed.DetectorID)
	return ok(ruleBody(&changed))
}

func (c *call) removeRule() (*reply, error) {
	id, err := c.ruleID()
	if err != nil {
		return nil, err
	}
	if err := c.s.store.Policy.RemoveRule(c.context(), id); err != nil {
		return nil, noRule(err)
	}
	return nothing()
}

func (c *call) switchRule(enabled bool) (*reply, error) {
	ids := ruleset.BuiltinRules(c.r.PathValue("ruleName"))
	if len(ids) == 0 {
		return nil, notFound("there is no built-in rule of that name: GET /rules lists them")
	}
	if err := c.s.store.Policy.SwitchBuiltin(c.context(), ids, enabled); err != nil {
		return nil, err
	}
	c.note(strings.Join(ids, ","))
	return nothing()
}

// ruleTypes lists names: of the built-in rules, of those that were added, and of those in the repository's own file when that
// counts; also of rules that are off.
func (c *call) ruleTypes() (*reply, error) {
	names := secret.BuiltinIDs()
	rules, err := c.s.store.Policy.Rules(c.context())
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, r := range rules {
		names, taken[r.DetectorID] = append(names, r.Name), true
	}
	own, err := c.repositoryRules()
	if err != nil {
		return nil, err
	}
	for _, r := range own {
		if !taken[r.ID] {
			names = append(names, cmp.Or(r.Custom.Name, r.ID))
		}
	}
	slices.Sort(names)
	return ok(slices.Compact(names))
}

// repositoryRules are those of soteri-security.yml on the default branch. A file that cannot be read has none: its scans say so.
func (c *call) repositoryRules() ([]secret.Rule, error) {
	counts, err := c.s.store.Settings.Bool(c.context(), settings.RepositoryRules)
	if err != nil || !counts || c.s.options.Files == nil {
		return nil, err
	}
	data, err := c.s.options.Files.File(c.context(), c.repository.Location, c.repository.DefaultBranch, ruleset.SoteriFile)
	if err != nil || data == nil {
		return nil, err
	}
	var set ruleset.Set
	if err := set.Read(ruleset.SoteriFile, data); err != nil {
		return nil, nil //nolint:nilerr // the scans of the repository say what is wrong with its file
	}
	return set.Rules, nil
}
