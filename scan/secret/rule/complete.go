package rule

import (
	"cmp"
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Prepare sets what follows from the other fields.
func (r *Rule) Prepare() {
	r.offline = check.Named(r.Check)
	r.message = r.Title + " in plain text."
	r.programs = new(Programs)
}

// ValidID reports whether an id consists of upper-case letters and digits in words, joined by single underscores.
func ValidID(id string) bool {
	for word := range strings.SplitSeq(id, "_") {
		if word == "" || strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			return false
		}
	}
	return true
}

// Complete sets what a user's rule leaves open. The error names every problem of the rule. A detector completes its
// rules itself; call Complete to leave out invalid rules before.
func (r *Rule) Complete() error {
	if r.Custom == nil {
		r.Custom = &Custom{}
	}
	c := r.Custom
	var problems []error
	bad := func(err error) {
		problems = append(problems, fmt.Errorf("%s: rule %s: %w", cmp.Or(c.Origin, "rules"), cmp.Or(r.ID, "without id"), err))
	}
	if !ValidID(r.ID) {
		bad(errors.New("id must be upper-case words joined by underscores"))
	}
	if r.Link != "" && !strings.HasPrefix(r.Link, "https://") {
		bad(errors.New("link must begin with https://"))
	}
	if r.Check != "" && check.Named(r.Check) == nil {
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
	r.Prepare()
	// The literals of a user's rule are keywords. What every match contains is read from the expression itself.
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

// titleOf makes a title of an id: ACME_API_KEY becomes "Acme api key".
func titleOf(id string) string {
	words := strings.ToLower(strings.ReplaceAll(id, "_", " "))
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// readPath compiles the expression for the path.
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

// readExpression parses the expression and chooses the method.
func (r *Rule) readExpression() error {
	c := r.Custom
	if r.Expression == "" {
		c.plan.Method = MethodPath
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
	c.plan.Source, c.assertions, c.plan.Literals = parsed.String(), s.Assertions, match.RequiredLiterals(parsed)
	r.Longest = 0
	switch {
	case len(c.plan.Literals) > 0 && s.Bounded && s.Longest <= maxWindow:
		c.plan.Method, r.Longest = MethodWindow, s.Longest
	case len(c.plan.Literals) > 0 && !s.Newline && !s.Edges:
		c.plan.Method = MethodLines
	default:
		c.plan.Method = MethodText
	}
	c.implied()
	return nil
}

// readSlow prepares an expression that is not RE2. why says what is wrong with it as RE2.
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
	c.slow, c.named, c.plan.Method = slow, max(0, slices.Index(slow.Names(), "secret")), MethodSlow
	if relaxed, err := syntax.Parse(match.Relax(r.Expression), syntax.Perl); err == nil {
		c.plan.Literals = match.RequiredLiterals(match.FoldASCII(relaxed))
		if strings.Contains(strings.Join(c.plan.Literals, ""), "\n") {
			c.plan.Literals = nil
		}
	}
	c.implied()
	return nil
}

// implied sets Held.
func (c *Custom) implied() {
	c.plan.Held = len(c.Keywords) == 0 || len(c.plan.Literals) > 0 && !slices.ContainsFunc(c.plan.Literals, func(text string) bool {
		return !slices.ContainsFunc(c.Keywords, func(k string) bool { return strings.Contains(text, k) })
	})
}

// Anywhere returns a copy of the rule that looks at every path.
func (r *Rule) Anywhere() Rule {
	own := *r.Custom
	own.Path, own.path = "", nil
	everywhere := *r
	everywhere.Custom = &own
	return everywhere
}

// New makes a user's rule of an expression that means exactly what it says: it demands nothing of the neighbours.
func New(id, title, expression string, custom Custom) Rule {
	return Rule{ID: id, Title: title, Expression: expression, Boundary: BoundaryNone, Custom: &custom}
}
