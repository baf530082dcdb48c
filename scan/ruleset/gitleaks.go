package ruleset

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// gitleaksConfig is the file .gitleaks.toml of gitleaks 8.30 (its config/config.go). Keys are case-insensitive.
type gitleaksConfig struct {
	Title, Description, MinVersion string
	Extend                         struct {
		Path, URL     string
		UseDefault    bool
		DisabledRules []string
	}
	Rules      []gitleaksRule
	AllowList  *gitleaksAllow
	Allowlists []gitleaksAllow
}

type gitleaksRule struct {
	ID, Description, Path, Regex string
	SecretGroup                  int
	Entropy                      float64
	Keywords, Tags               []string
	AllowList                    *gitleaksAllow
	Allowlists                   []gitleaksAllow
	Required                     []struct {
		ID                         string
		WithinLines, WithinColumns *int
	}
	SkipReport bool
}

type gitleaksAllow struct {
	Description, Condition, RegexTarget string
	TargetRules                         []string
	Commits, Paths, Regexes, StopWords  []string
}

// maxExtended is the depth to which gitleaks follows extend.path.
const maxExtended = 2

// gitleaksReader reads one file, and the files that it extends.
type gitleaksReader struct {
	set    *Set
	source string
	lines  lines
	depth  int
}

func (s *Set) readGitleaks(source string, data []byte) error {
	if s.ids == nil {
		s.ids = make(map[string]string)
	}
	return (&gitleaksReader{set: s, source: source}).read(data)
}

func (g *gitleaksReader) note(where, format string, args ...any) {
	g.set.note(g.source, g.lines.at(where), format, args...)
}

func (g *gitleaksReader) read(data []byte) error {
	var config gitleaksConfig
	decoder := toml.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&config)
	var unknown *toml.StrictMissingError
	var wrong *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		for i := range unknown.Errors {
			line, _ := unknown.Errors[i].Position()
			g.set.note(g.source, line, "the key %s is not known and has no effect", strings.Join(unknown.Errors[i].Key(), "."))
		}
	case errors.As(err, &wrong):
		line, _ := wrong.Position()
		// The parser's message may quote a value; the line number is enough.
		return fmt.Errorf("%s:%d: it is not valid TOML for gitleaks; correct that line", g.source, line)
	case err != nil:
		return fmt.Errorf("%s: it is not valid TOML for gitleaks", g.source)
	}
	g.lines = readLines(data)
	g.extend(&config)
	for i := range config.Rules {
		g.rule(&config.Rules[i], fmt.Sprintf("rules.%d", i))
	}
	if i := slices.IndexFunc(config.Rules, func(r gitleaksRule) bool { return len(r.Tags) > 0 }); i >= 0 {
		g.note(fmt.Sprintf("rules.%d.tags", i), "the tags of rules are not kept: findings have no tags")
	}
	g.allows(config.AllowList, config.Allowlists, nil, "", "every rule")
	return nil
}

func (g *gitleaksReader) extend(config *gitleaksConfig) {
	e := &config.Extend
	if !e.UseDefault && e.Path == "" && len(config.Rules) > 0 && g.depth == 0 {
		g.note("rules.0", "gitleaks would run only the rules of this file, because it does not extend the default ones; "+
			"here the built-in rules stay on: write \"rules: {builtin: false}\" into %s to switch them off", scan.PolicyFile)
	}
	for _, name := range e.DisabledRules {
		ours := ourRules(gitleaksNames, name)
		if len(ours) == 0 && !g.own(config, name) {
			g.note("extend.disabledrules", "the rule %q cannot be disabled: no built-in rule corresponds to it; `sluice rules list` shows them all", name)
		}
		g.set.Disable = append(g.set.Disable, ours...)
	}
	if e.URL != "" {
		g.note("extend.url", "extend.url is not read (gitleaks does not read it either); put the file into the repository and name it with extend.path")
	}
	if e.Path == "" {
		return
	}
	if err := g.extendPath(e.Path); err != nil {
		g.note("extend.path", "extend.path is not read: %v", err)
	}
}

// own reports whether the file itself has a rule of that name; then disabling the extended one changes nothing.
func (g *gitleaksReader) own(config *gitleaksConfig, name string) bool {
	return slices.ContainsFunc(config.Rules, func(r gitleaksRule) bool { return r.ID == name })
}

func (g *gitleaksReader) extendPath(name string) error {
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	switch {
	case g.depth >= maxExtended:
		return fmt.Errorf("files extend each other more than %d deep", maxExtended)
	case path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(clean, ":"):
		return errors.New("it is outside the repository")
	case g.set.Open == nil:
		return errors.New("there is no repository to read it from")
	}
	data, err := g.set.Open(clean)
	if err != nil {
		return err
	}
	if len(data) > maxFile {
		return fmt.Errorf("it has more than %d MB", maxFile>>20)
	}
	return (&gitleaksReader{set: g.set, source: clean, depth: g.depth + 1}).read(data)
}

// rule adds one rule. A rule without expression and path modifies an extended rule.
func (g *gitleaksReader) rule(r *gitleaksRule, where string) {
	if r.ID == "" {
		g.note(where, "a rule without id is left out")
		return
	}
	ours := ourRules(gitleaksNames, r.ID)
	switch {
	case r.SkipReport:
		g.note(where, "rule %s is left out: it has skipReport, and only exists for rules that require it", r.ID)
		return
	case r.Regex == "" && r.Path == "" && len(ours) == 0 && g.set.ids[r.ID] == "":
		g.note(where, "rule %s has neither regex nor path, and no built-in rule corresponds to it: it is left out", r.ID)
		return
	case r.Regex == "" && r.Path == "":
		if id := g.set.ids[r.ID]; id != "" {
			ours = []string{id}
		}
		if r.Entropy != 0 || len(r.Keywords) > 0 || r.SecretGroup != 0 {
			g.note(where, "of rule %s only the allow lists are used: entropy, keywords and secretGroup of a built-in rule cannot be changed", r.ID)
		}
		g.allows(r.AllowList, r.Allowlists, ours, where+".", "rule "+r.ID)
		return
	}
	if len(r.Required) > 0 {
		g.note(where, "rule %s runs without its required rules, so it may find more", r.ID)
	}
	id := ruleID(r.ID, "GITLEAKS")
	rule := secret.NewRule(id, title(r.Description), r.Regex, secret.Custom{
		Origin: fmt.Sprintf("%s:%d", g.source, g.lines.at(where)), Name: r.ID, Keywords: slices.Clone(r.Keywords), Path: r.Path,
		Entropy: r.Entropy, Group: r.SecretGroup, FirstGroup: r.SecretGroup == 0,
	})
	// A match of a built-in rule is more certain than a match of this expression.
	rule.Confidence = scan.ConfidenceMedium
	rule.Source = g.source
	if g.set.foreign(g.source, g.lines.at(where), rule) {
		g.set.ids[r.ID] = id
		g.allows(r.AllowList, r.Allowlists, []string{id}, where+".", "rule "+r.ID)
	}
}

// maxTitle limits a title in characters.
const maxTitle = 100

// title makes a title from a description: its first sentence on one line.
func title(description string) string {
	text := strings.Join(strings.Fields(description), " ")
	if before, _, ok := strings.Cut(text, ". "); ok {
		text = before
	}
	text = strings.TrimSuffix(text, ".")
	if runes := []rune(text); len(runes) > maxTitle {
		text = string(runes[:maxTitle-1]) + "…"
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

// allows adds the allow lists of a rule or, if rules is empty, those of the file.
func (g *gitleaksReader) allows(old *gitleaksAllow, list []gitleaksAllow, rules []string, where, of string) {
	if old != nil {
		g.allow(old, rules, where+"allowlist", of)
	}
	for i := range list {
		g.allow(&list[i], rules, fmt.Sprintf("%sallowlists.%d", where, i), of)
	}
}

func (g *gitleaksReader) allow(a *gitleaksAllow, rules []string, where, of string) {
	out := secret.Allow{
		Kind: scan.SuppressedExternal, Source: fmt.Sprintf("%s:%d", g.source, g.lines.at(where)),
		Reason: cmp.Or(title(a.Description), "on gitleaks' allow list of "+of),
	}
	switch strings.ToUpper(a.Condition) {
	case "", "OR", "||":
	case "AND", "&&":
		out.All = true
	default:
		g.note(where, "an allow list of %s is left out: its condition is neither AND nor OR", of)
		return
	}
	switch strings.ToLower(a.RegexTarget) {
	case "", "secret":
	case "match":
		out.Target = secret.TargetMatch
	case "line":
		out.Target = secret.TargetLine
	default:
		g.note(where, "an allow list of %s is left out: its regexTarget is neither secret, match nor line", of)
		return
	}
	ok := true
	out.Paths = g.expressions(a.Paths, where+".paths", of, &ok)
	out.Expressions = g.expressions(a.Regexes, where+".regexes", of, &ok)
	if !ok && out.All {
		// Without one of its conditions it would allow more than intended.
		g.note(where, "an allow list of %s is left out: all its conditions must hold, and one cannot be read", of)
		return
	}
	for _, word := range a.StopWords {
		if word = strings.ToLower(word); word != "" {
			out.StopWords = append(out.StopWords, word)
		}
	}
	for _, commit := range a.Commits {
		out.Commits = append(out.Commits, strings.ToLower(strings.TrimSpace(commit)))
	}
	if len(out.Commits) > 0 {
		g.note(where+".commits", "commits of an allow list count only for findings in the history: what is still in the files is reported, "+
			"whichever commit added it; suppress it by its fingerprint in %s", scan.PolicyFile)
	}
	if len(out.Expressions)+len(out.StopWords)+len(out.Commits) == 0 {
		out.Kind = scan.SuppressedPath
	}
	if rules == nil && len(a.TargetRules) > 0 {
		if rules = g.targets(a.TargetRules, where+".targetrules"); len(rules) == 0 {
			return
		}
	}
	out.Rules = rules
	if len(out.Paths)+len(out.Expressions)+len(out.StopWords)+len(out.Commits) == 0 {
		g.note(where, "an allow list of %s has no condition and does nothing", of)
		return
	}
	g.set.Allow = append(g.set.Allow, out)
}

// targets maps the rules that an allow list of the file names.
func (g *gitleaksReader) targets(names []string, where string) []string {
	var ids []string
	for _, name := range names {
		ours := ourRules(gitleaksNames, name)
		if id := g.set.ids[name]; id != "" {
			ours = append(ours, id)
		}
		if len(ours) == 0 {
			g.note(where, "the allow list cannot apply to rule %q: no rule here corresponds to it", name)
		}
		ids = append(ids, ours...)
	}
	return ids
}

func (g *gitleaksReader) expressions(list []string, where, of string, ok *bool) []*match.Expression {
	var out []*match.Expression
	for _, text := range list {
		e, err := match.ParseExpression(text)
		if err != nil {
			*ok = false
			g.note(where, "an expression of an allow list of %s is left out: %v", of, err)
			continue
		}
		out = append(out, e)
	}
	return out
}
