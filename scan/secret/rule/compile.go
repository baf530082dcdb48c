package rule

import (
	"cmp"
	"regexp"
	"regexp/syntax"

	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Compiled returns the programs of a built-in rule, which it compiles at the first call. It is safe for concurrent use.
func (r *Rule) Compiled() *Programs {
	p := r.programs
	p.once.Do(func() {
		if len(r.Context) > 0 {
			p.Anchored = regexp.MustCompile("^(?:" + r.Expression + ")$")
			return
		}
		if parsed, err := syntax.Parse(r.Expression, syntax.Perl); err == nil {
			p.Run = match.MandatoryRun(parsed)
			if offset, ok := match.LiteralOffset(parsed, r.Literals); ok {
				p.Offset = offset
				p.Prefix = match.ExactPrefix(parsed)
				p.Anchored = regexp.MustCompile("^(?:" + r.Expression + ")")
				p.Group = max(0, p.Anchored.SubexpIndex("secret"))
				return
			}
		}
		p.Free = regexp.MustCompile(r.Expression)
		p.Group = max(0, p.Free.SubexpIndex("secret"))
	})
	return p
}

// FindSlow runs the backtracking engine over a line. It returns the offsets of the matches, at most limit, and the
// programs that tell which group is the credential. With an error, the matches are those before the engine stopped.
func (c *Custom) FindSlow(line string, limit int) (matches [][]int, p *Programs, err error) {
	matches, err = c.slow.Find(line, limit)
	return matches, &Programs{Group: cmp.Or(c.Group, c.named)}, err
}

// CompiledCustom returns the programs of a user's rule, which it compiles at the first call. It is safe for concurrent
// use.
func (r *Rule) CompiledCustom() *Programs {
	p := r.programs
	p.once.Do(func() {
		c := r.Custom
		p.Free = regexp.MustCompile(c.plan.Source)
		if c.assertions && c.plan.Method == MethodWindow {
			p.Behind = regexp.MustCompile(`\A(?s:.)(?s:.*?)(` + c.plan.Source + `)`)
		}
		p.Group = max(0, p.Free.SubexpIndex("secret"))
		if c.Group > 0 {
			p.Group = c.Group
		}
	})
	return p
}

// Credential returns the part of a match that is the credential; start is -1 when its group took no part.
func (r *Rule) Credential(p *Programs, at []int) (start, end int) {
	if p.Group == 0 && r.Custom.FirstGroup {
		for i := 2; i+1 < len(at); i += 2 {
			if at[i+1] > at[i] {
				return at[i], at[i+1]
			}
		}
	}
	return at[2*p.Group], at[2*p.Group+1]
}
