package secret

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// maxWindow is the longest match in bytes that is looked for around its literal; a rule with longer ones runs over lines
// or files.
const maxWindow = 1024

// Custom is what only the rules have that users bring. It asks less of a rule than the built-in ones must give, and it
// means what people who wrote the expression expect: the matches are the leftmost ones, from left to right, as if the
// expression ran over the whole file, and one that is refused is passed over.
type Custom struct {
	// Origin is where the rule stands: "rules.yml:12".
	Origin string
	// Name is what whoever wrote the rule calls it, as it is written there; empty when that is its ID.
	Name string
	// Keywords are texts in lower case, one of which must stand in the file, anywhere and in any case. Nil asks nothing.
	Keywords []string
	// Path is an expression that the path must match somewhere; empty means every path. A rule with a path and without
	// an expression reports the file itself.
	Path string
	// Entropy is the least entropy of the credential, in bits a byte; what has no more is refused. 0 asks nothing.
	Entropy float64
	// Group is the capturing group that is the credential; 0 means the group "secret", else the first group that took
	// part in the match when FirstGroup is set, else all of it.
	Group      int
	FirstGroup bool
	// WarnOnly is set for a rule with "blocking: false": what it finds never refuses a push. Scans and their gate do not
	// ask for it.
	WarnOnly bool

	method method
	path   *match.Expression
	// literals are texts of which every match holds one, in lower case.
	literals []string
	// held is true when each of the literals holds a keyword: then a match proves the keywords.
	held bool
	// source is the expression as the engine runs it.
	source     string
	assertions bool
	slow       *match.Expression
	// named is the index of the group "secret" of slow, or 0.
	named int
	// wanted and near are the literals of the automaton that stand for Keywords and literals.
	wanted, near []int
	// short are the keywords that are too short for the automaton.
	short [][]byte
}

// method is how a rule's expression is run.
type method int

const (
	// methodWindow: in a window around a literal.
	methodWindow method = iota
	// methodLines: on the lines that hold a literal.
	methodLines
	// methodText: over the whole file, when it holds a literal and a keyword.
	methodText
	// methodSlow: on lines, by the backtracking engine.
	methodSlow
	// methodPath: not at all, the path decides.
	methodPath
)

var methodNames = [...]string{"window", "lines", "file", "backtracking", "path"}

// Method says how a rule is run, for people: window, lines, file, backtracking or path; value for one that judges
// assigned values, and matcher with its name for Go code.
func (r *Rule) Method() string {
	switch {
	case r.Custom != nil:
		return methodNames[r.Custom.method]
	case r.Matcher != "":
		return "matcher " + r.Matcher
	case len(r.Context) > 0:
		return "value"
	}
	return methodNames[methodWindow]
}

// Slow reports whether the backtracking engine runs the rule.
func (r *Rule) Slow() bool { return r.Custom != nil && r.Custom.method == methodSlow }

// Everywhere reports whether the rule's expression runs over every file, because nothing in it or in its keywords tells
// where to look.
func (r *Rule) Everywhere() bool {
	c := r.Custom
	return c != nil && c.method != methodPath && len(c.literals) == 0 && len(c.Keywords) == 0 && c.Path == ""
}

// Complete fills in what a rule that a user brings leaves open, and names every problem it has. New does the same; call
// it to leave out the rules that are bad.
func (r *Rule) Complete() error {
	if r.Custom == nil {
		r.Custom = &Custom{}
	}
	c := r.Custom
	var problems []error
	bad := func(err error) {
		problems = append(problems, fmt.Errorf("%s: rule %s: %w", cmp.Or(c.Origin, "rules"), cmp.Or(r.ID, "without id"), err))
	}
	if !validID(r.ID) {
		bad(errors.New("id must be upper-case words joined by underscores"))
	}
	if r.Link != "" && !strings.HasPrefix(r.Link, "https://") {
		bad(errors.New("link must begin with https://"))
	}
	if r.Check != "" && checks[r.Check] == nil {
		bad(fmt.Errorf("there is no check %q", r.Check))
	}
	if r.Matcher != "" || len(r.Context) > 0 {
		bad(errors.New("matcher and context are for built-in rules; use expression, literals and path"))
	}
	if r.Title == "" {
		r.Title = titleOf(r.ID)
	}
	if r.Severity == scan.SeverityNone {
		r.Severity = scan.SeverityHigh
	}
	if r.Confidence == 0 {
		r.Confidence = scan.ConfidenceHigh
	}
	r.Revoke = cmp.Or(r.Revoke, "at the place that issued it")
	r.prepare()
	// Literals of a user's rule are keywords: what the expression holds for certain is read from the expression itself.
	c.Keywords = slices.Concat(c.Keywords, r.Literals)
	r.Literals = nil
	for i, keyword := range c.Keywords {
		c.Keywords[i] = match.LowerASCII(keyword)
	}
	c.Keywords = slices.DeleteFunc(c.Keywords, func(k string) bool { return k == "" })
	if err := c.readPath(); err != nil {
		bad(err)
	}
	if err := r.readExpression(); err != nil {
		bad(err)
	}
	return errors.Join(problems...)
}

// titleOf makes words of an id: ACME_API_KEY is "Acme api key".
func titleOf(id string) string {
	words := strings.ToLower(strings.ReplaceAll(id, "_", " "))
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

func (c *Custom) readPath() error {
	if c.Path == "" {
		return nil
	}
	var err error
	if c.path, err = match.ParseExpression(c.Path); err != nil {
		return fmt.Errorf("path: %w", err)
	}
	return nil
}

// readExpression chooses the method.
func (r *Rule) readExpression() error {
	c := r.Custom
	if r.Expression == "" {
		c.method = methodPath
		if c.Path == "" {
			return errors.New("expression is missing")
		}
		return nil
	}
	parsed, err := syntax.Parse(r.Expression, syntax.Perl)
	if err != nil {
		return r.readSlow(err)
	}
	parsed = match.FoldASCII(parsed)
	s := match.Measure(parsed)
	if s.Shortest == 0 {
		return errors.New("expression: it matches the empty text, and so everywhere")
	}
	if c.Group > parsed.MaxCap() {
		return fmt.Errorf("group %d is more than the %d of the expression", c.Group, parsed.MaxCap())
	}
	c.source, c.assertions, c.literals = parsed.String(), s.Assertions, match.RequiredLiterals(parsed)
	r.Longest = 0
	switch {
	case len(c.literals) > 0 && s.Bounded && s.Longest <= maxWindow:
		c.method, r.Longest = methodWindow, s.Longest
	case len(c.literals) > 0 && !s.Newline && !s.Edges:
		c.method = methodLines
	default:
		c.method = methodText
	}
	c.implied()
	return nil
}

// readSlow prepares an expression that is not RE2, for the reason in why.
func (r *Rule) readSlow(why error) error {
	c := r.Custom
	slow, err := match.ParseExpression(r.Expression)
	if err != nil {
		return fmt.Errorf("expression: %w", err)
	}
	if !slow.Slow() {
		return fmt.Errorf("expression: %w", match.Invalid(why))
	}
	if slow.MatchString("") {
		return errors.New("expression: it matches the empty text, and so everywhere")
	}
	if c.Group > slow.Groups() {
		return fmt.Errorf("group %d is more than the %d of the expression", c.Group, slow.Groups())
	}
	c.slow, c.named, c.method = slow, slow.Named(), methodSlow
	if relaxed, err := syntax.Parse(match.Relax(r.Expression), syntax.Perl); err == nil {
		c.literals = match.RequiredLiterals(match.FoldASCII(relaxed))
		if strings.Contains(strings.Join(c.literals, ""), "\n") {
			c.literals = nil
		}
	}
	c.implied()
	return nil
}

// implied finds out whether a literal proves a keyword.
func (c *Custom) implied() {
	c.held = len(c.Keywords) == 0 || len(c.literals) > 0 && !slices.ContainsFunc(c.literals, func(text string) bool {
		return !slices.ContainsFunc(c.Keywords, func(k string) bool { return strings.Contains(text, k) })
	})
}

// compiledCustom compiles the expression when the first literal is seen.
func (r *Rule) compiledCustom() *programs {
	p := r.programs
	p.once.Do(func() {
		c := r.Custom
		p.free = regexp.MustCompile(c.source)
		if c.assertions && c.method == methodWindow {
			p.behind = regexp.MustCompile(`\A(?s:.)(?s:.*?)(` + c.source + `)`)
		}
		p.group = max(0, p.free.SubexpIndex("secret"))
		if c.Group > 0 {
			p.group = c.Group
		}
	})
	return p
}

// credential gives the part of a match that is the credential; start is -1 when it took no part.
func (r *Rule) credential(p *programs, at []int) (start, end int) {
	if p.group == 0 && r.Custom.FirstGroup {
		for i := 2; i+1 < len(at); i += 2 {
			if at[i+1] > at[i] {
				return at[i], at[i+1]
			}
		}
	}
	return at[2*p.group], at[2*p.group+1]
}
