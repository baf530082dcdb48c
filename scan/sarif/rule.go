package sarif

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// ruleSet finds the rules in a run's driver and extensions, and remembers which of them have findings.
type ruleSet struct {
	tool      *tool
	toolName  string
	byID      map[text]*rule
	byGUID    map[text]*rule
	strings   map[string]message
	described map[*rule]scan.Rule
	used      map[string]scan.Rule
}

func newRuleSet(t *tool, name string) *ruleSet {
	s := &ruleSet{
		tool: t, toolName: name,
		byID: map[text]*rule{}, byGUID: map[text]*rule{},
		strings:   t.Driver.GlobalMessageStrings,
		described: map[*rule]scan.Rule{}, used: map[string]scan.Rule{},
	}
	add := func(rules []rule) {
		for i := range rules {
			r := &rules[i]
			if _, taken := s.byID[r.ID]; !taken && r.ID != "" {
				s.byID[r.ID] = r
			}
			if r.GUID != "" {
				s.byGUID[r.GUID] = r
			}
		}
	}
	add(t.Driver.Rules)
	for i := range t.Extensions {
		add(t.Extensions[i].Rules)
	}
	return s
}

// of returns the rule of a result, or nil. It ignores an index that points to a rule with another id than the result's:
// tools that merge logs get indexes wrong more often than ids.
func (s *ruleSet) of(r *result) *rule {
	if r.Rule != nil {
		if found := s.find(r.Rule); found != nil && matches(found, r.RuleID) {
			return found
		}
	}
	if found := at(s.tool.Driver.Rules, r.RuleIndex); found != nil && matches(found, r.RuleID) {
		return found
	}
	return s.named(r.RuleID)
}

// find resolves a reference: by guid, by index in its component, by id.
func (s *ruleSet) find(ref *reference) *rule {
	if found := s.byGUID[ref.GUID]; found != nil {
		return found
	}
	rules := s.tool.Driver.Rules
	if c := ref.ToolComponent; c != nil {
		for i := range s.tool.Extensions {
			e := &s.tool.Extensions[i]
			if c.Index != nil && int(*c.Index) == i || c.GUID != "" && c.GUID == e.GUID || c.Index == nil && c.GUID == "" && c.Name != "" && c.Name == e.Name {
				rules = e.Rules
			}
		}
	}
	if found := at(rules, ref.Index); found != nil && matches(found, ref.ID) {
		return found
	}
	for i := range rules {
		if ref.ID != "" && rules[i].ID == ref.ID {
			return &rules[i]
		}
	}
	return s.named(ref.ID)
}

// named finds a rule by id; "CA1000/1" is a part of rule "CA1000" if there is no rule with that full id (3.27.5).
func (s *ruleSet) named(id text) *rule {
	for id != "" {
		if found := s.byID[id]; found != nil {
			return found
		}
		i := strings.LastIndexByte(string(id), '/')
		if i < 0 {
			break
		}
		id = id[:i]
	}
	return nil
}

func at(rules []rule, index *integer) *rule {
	if index == nil || *index < 0 || int(*index) >= len(rules) {
		return nil
	}
	return &rules[*index]
}

func matches(r *rule, id text) bool {
	return id == "" || r.ID == id || strings.HasPrefix(string(id), string(r.ID)+"/")
}

// id returns the RuleID of the finding, which is never empty.
func (s *ruleSet) id(r *result, found *rule) string {
	id := r.RuleID
	if id == "" && r.Rule != nil {
		id = r.Rule.ID
	}
	if id == "" && found != nil {
		id = cmp.Or(found.ID, found.Name)
	}
	return cmp.Or(clean(string(id), maxName), s.toolName)
}

// describe converts a rule to the domain's type. The text of a rule is written by the tool's authors and is the same for
// every result.
func (s *ruleSet) describe(id string, r *rule) scan.Rule {
	if r == nil {
		return scan.Rule{ID: id, Engine: Engine, Title: id}
	}
	if known, ok := s.described[r]; ok {
		known.ID = id
		return known
	}
	out := scan.Rule{ID: id, Engine: Engine, Link: weblink.Safe(string(r.HelpURI))}
	short, full := words(r.ShortDescription), words(r.FullDescription)
	out.Title = cmp.Or(clean(firstLine(cmp.Or(short, string(r.Name))), maxTitle), id)
	out.Description = prose(cmp.Or(full, short))
	if help := prose(words(r.Help)); help != out.Description && help != out.Title {
		out.Remediation = help
	}
	s.described[r] = out
	return out
}

// summarised reports whether a rule has a short description of the problem, so that its results do not need one.
func summarised(id string, r *rule) bool {
	if r == nil {
		return false
	}
	short := firstLine(words(r.ShortDescription))
	return short != "" && short != id && short != string(r.ID) && short != string(r.Name)
}

// fire records that a rule has a finding with this severity. The severity of the rule is the worst of its findings.
func (s *ruleSet) fire(id string, r *rule, described scan.Rule, severity scan.Severity) {
	if known, ok := s.used[id]; ok {
		described = known
	}
	described.Severity = max(described.Severity, severity)
	s.used[id] = described
}

func (s *ruleSet) fired() []scan.Rule {
	out := make([]scan.Rule, 0, len(s.used))
	for _, r := range s.used {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b scan.Rule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// secretTools are tools that look for secrets, whatever their rules are called. Compared in lower case, as parts of
// names.
var secretTools = []string{
	"gitleaks", "betterleaks", "leaktk", "git-leaks", "trufflehog", "detect-secrets", "detect secrets", "ggshield", "gitguardian", "whispers",
	"noseyparker", "nosey parker", "kingfisher", "titus", "talisman", "secretlint", "secretscanner", "ripsecrets",
}

// secretWords mark a rule as looking for secrets if they are part of its id, name or tags. Words such as key, token and
// leak do not, because rules about code use them.
var secretWords = []string{
	"secret", "credential", "passw", "apikey", "api-key", "api_key", "access-key", "access_key", "accesskey", "private-key", "privatekey", "private_key",
	"cwe-798", "cwe-259", "cwe-321", "cwe-522",
}

// secretive reports whether a rule looks for secrets, so that no text of its results can be trusted. A rule that is
// wrongly recognized only loses its messages in favour of its description.
func (s *ruleSet) secretive(id string, r *rule) bool {
	if contains(s.toolName, secretTools) || contains(s.toolName, []string{"secret", "credential"}) || secretName(id) {
		return true
	}
	if r == nil {
		return false
	}
	if secretName(string(r.ID)) || secretName(string(r.Name)) || r.ShortDescription != nil && secretName(string(r.ShortDescription.Text)) {
		return true
	}
	return r.Properties != nil && slices.ContainsFunc(r.Properties.Tags, func(tag text) bool { return secretName(string(tag)) })
}

// secretName also recognizes hard-coded keys and tokens.
func secretName(name string) bool {
	if contains(name, secretWords) {
		return true
	}
	words := splitWords(name)
	return contains(name, []string{"hardcod", "hard-cod", "hard_cod"}) && (slices.Contains(words, "key") || slices.Contains(words, "keys") || slices.Contains(words, "token"))
}

func contains(s string, parts []string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

// splitWords splits identifiers of any style, in lower case: "AwsAccessKey", "aws-access-key".
func splitWords(name string) []string {
	var out []string
	start := 0
	flush := func(end int) {
		if end > start {
			out = append(out, strings.ToLower(name[start:end]))
		}
	}
	lower := false
	for i := range len(name) {
		c := name[i]
		upper := 'A' <= c && c <= 'Z'
		switch letter := upper || 'a' <= c && c <= 'z'; {
		case !letter:
			flush(i)
			start = i + 1
		case upper && lower:
			flush(i)
			start = i
		}
		lower = 'a' <= c && c <= 'z'
	}
	flush(len(name))
	return out
}
