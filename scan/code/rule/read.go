package rule

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
)

// rule reads one rule. It is worth something only when nothing was refused.
func (r *reader) rule(item value) *Rule {
	r.id, r.refused, r.leaves, r.depth, r.expressions, r.condition = "", nil, nil, 0, false, false
	f := r.fields(item)
	if f == nil {
		return nil
	}
	rule := &Rule{Position: f.Position}
	rule.ID = r.ruleID(f)
	r.versions(f)
	rule.Languages = r.languages(f.need("languages"))
	rule.Options = r.options(f.take("options"))
	rule.Message = newMessage(r.text(f.need("message")))
	rule.Severity = r.severity(f.need("severity"))
	rule.Metadata = r.metadata(f.take("metadata"))
	rule.Paths = r.paths(f.take("paths"))
	rule.Fix = strings.TrimSpace(r.text(f.take("fix")))
	rule.FixRegex = r.fixRegex(f.take("fix-regex"))
	// The version of the rule itself changes nothing.
	f.take("version")
	r.mode(f, rule)
	f.leave("a rule")
	rule.Leaves = r.leaves
	for i := range r.refused {
		r.refused[i].Languages = rule.Languages
	}
	return rule
}

// ruleID reads the id. Its characters are those that semgrep allows.
func (r *reader) ruleID(f *fields) string {
	v := f.need("id")
	id := r.filled(v)
	for _, c := range []byte(id) {
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_./", c) >= 0) || len(id) > 300 {
			r.refuse(v, "the id of a rule has letters, digits, \".\", \"-\" and \"_\", at most 300")
			return ""
		}
	}
	r.id = id
	for i := range r.refused {
		r.refused[i].RuleID = id
	}
	return id
}

// versions refuses rules for other versions of the schema.
func (r *reader) versions(f *fields) {
	low, high := f.take("min-version"), f.take("max-version")
	for _, v := range []value{low, high} {
		if v.node == nil {
			continue
		}
		order, ok := compareVersions(r.text(v), Version)
		switch {
		case !ok:
			r.refuse(v, "%s is a version with three numbers, like 1.100.0", named(v))
		case v.key == "min-version" && order > 0, v.key == "max-version" && order < 0:
			r.refuse(v, "%s excludes the version of the schema that is read here, %s", named(v), Version)
			r.refused[len(r.refused)-1].OtherVersion = true
		}
	}
}

// languages reads the languages. The two that are none stand alone.
func (r *reader) languages(v value) []Language {
	var all []Language
	for _, name := range r.texts(v) {
		language, ok := LanguageOf(name)
		switch {
		case name == "":
		case !ok:
			r.refuse(v, "the language %s is not known", shown(name))
		case !slices.Contains(all, language):
			all = append(all, language)
		}
	}
	if len(all) > 1 && (slices.Contains(all, LanguageGeneric) || slices.Contains(all, LanguageRegex)) {
		r.refuse(v, "generic and regex stand alone in \"languages\"; write one rule for each")
	}
	if v.node != nil && len(all) == 0 && len(r.refused) == 0 {
		r.refuse(v, "\"languages\" is empty")
	}
	r.expressions = slices.Equal(all, []Language{LanguageRegex})
	return all
}

// severities are the words of semgrep. Those of its first scale are ERROR, WARNING and INFO.
var severities = map[string]scan.Severity{
	"CRITICAL": scan.SeverityCritical, "HIGH": scan.SeverityHigh, "MEDIUM": scan.SeverityMedium, "LOW": scan.SeverityLow,
	"ERROR": scan.SeverityHigh, "WARNING": scan.SeverityMedium, "INFO": scan.SeverityLow,
	"INVENTORY": scan.SeverityLow, "EXPERIMENT": scan.SeverityLow,
}

func (r *reader) severity(v value) scan.Severity {
	if v.node == nil {
		return 0
	}
	severity, ok := severities[strings.ToUpper(r.text(v))]
	if !ok {
		r.refuse(v, "%s is CRITICAL, HIGH, MEDIUM, LOW, ERROR, WARNING or INFO", named(v))
	}
	return severity
}

func (r *reader) paths(v value) Paths {
	var paths Paths
	if v.node == nil {
		return paths
	}
	f := r.fields(v)
	paths.include, paths.exclude = r.globs(f.take("include")), r.globs(f.take("exclude"))
	f.leave("paths")
	return paths
}

func (r *reader) globs(v value) []glob {
	var globs []glob
	for _, text := range r.texts(v) {
		g, err := newGlob(text)
		if err != nil {
			r.refuse(v, "%s: %v", named(v), err)
		}
		globs = append(globs, g)
	}
	return globs
}

func (r *reader) fixRegex(v value) *FixRegex {
	if v.node == nil {
		return nil
	}
	f := r.fields(v)
	fix := &FixRegex{Position: v.Position, Regex: r.text(f.need("regex")), Replacement: r.text(f.need("replacement"))}
	fix.Count = r.number(f.take("count"), 0, 0, 1<<30)
	f.leave("fix-regex")
	return fix
}

// mode reads what the rule looks for.
func (r *reader) mode(f *fields, rule *Rule) {
	v := f.take("mode")
	mode := "search"
	if f.has("taint") && v.node == nil {
		mode = "taint"
	} else if v.node != nil {
		mode = r.text(v)
	}
	switch mode {
	case "search":
		if f.has("match") {
			rule.Match = r.positive(r.newFormula(f.take("match")))
			return
		}
		rule.Match = r.positive(r.oldFormula(f, "a rule"))
	case "taint":
		rule.Taint = r.taint(f)
	case "join", "extract", "steps", "step", "secrets":
		r.refuse(v, "rules with \"mode: %s\" are not supported", mode)
		// What belongs to the mode is not told key by key.
		f.entries = nil
	default:
		r.refuse(v, "%s is search or taint", named(v))
	}
}

// positive refuses a negation where nothing is there to remove from.
func (r *reader) positive(f Formula) Formula {
	if not, ok := f.(*Not); ok {
		r.refuse(value{Position: not.Position}, "a negation stands alone; put it into a list (\"patterns\" or \"all\") beside what it removes from")
	}
	return f
}

// isNull reports whether a key has no value.
func (r *reader) isNull(v value) bool {
	if v.node == nil {
		return true
	}
	n := r.resolve(v.node)
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}
