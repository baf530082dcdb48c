package code

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/display"
)

// gap is what rules did not see of a file. The zero value is nothing.
type gap struct {
	// bytes of size could not be understood as code.
	bytes, size int
	// configuration says that the file is no program: what could not be understood is only told.
	configuration bool
	// cut are the ids of the rules that ran out of steps, and shallow those of the rules that did not follow all calls; each once and sorted.
	cut, shallow []string
}

// missedBy is what a rule did not see.
func missedBy(r *rule.Rule, extent flow.Extent) gap {
	switch extent {
	case flow.Cut:
		return gap{cut: []string{r.ID}}
	case flow.Shallow:
		return gap{shallow: []string{r.ID}}
	}
	return gap{}
}

// gap is what the rules that ran did not see.
func (e *examination) gap() gap {
	g := e.missed
	if e.tree != nil && e.tree.ErrorBytes > 0 {
		g.bytes, g.size, g.configuration = e.tree.ErrorBytes, len(e.source), configuration[e.front.language]
	}
	return g
}

func (g gap) none() bool { return g.bytes == 0 && len(g.cut) == 0 && len(g.shallow) == 0 }

// with is a gap together with another of the same file.
func (g gap) with(other gap) gap {
	if other.bytes > 0 {
		g.bytes, g.size, g.configuration = other.bytes, other.size, other.configuration
	}
	g.cut, g.shallow = union(g.cut, other.cut), union(g.shallow, other.shallow)
	return g
}

// union is the sorted list of the texts of two.
func union(a, b []string) []string {
	list := slices.Concat(a, b)
	slices.Sort(list)
	return slices.Compact(list)
}

// err says what the rules did not see; nil when they saw all but less than a tenth.
func (g gap) err() error {
	var parts []string
	if g.bytes*10 > g.size && !g.configuration {
		parts = append(parts, fmt.Sprintf("%d of %s could not be understood as code of its language", g.bytes, scan.Plural(g.size, "byte", "bytes")))
	}
	if len(g.cut) > 0 {
		parts = append(parts, fmt.Sprintf("%s ran out of steps: %s", scan.Plural(len(g.cut), "rule", "rules"), listed(g.cut)))
	}
	if len(parts) == 0 {
		return nil
	}
	return errors.New(strings.Join(parts, "; ") + "; findings may be missing")
}

// miss notes a gap in a file. The caller holds the lock.
func (p *pass) miss(path string, g gap) { p.gaps[path] = p.gaps[path].with(g) }

// incomplete lists the files of which the rules did not see enough, by path.
func (p *pass) incomplete() (list []scan.Failure) {
	for _, path := range sortedKeys(p.gaps) {
		if err := p.gaps[path].err(); err != nil {
			list = append(list, scan.Failure{Path: path, Err: err})
		}
	}
	return list
}

// accept ends the sentences about rules that are not run.
const accept = "leave rules out by CODE_DISABLE, or accept this by CODE_ACCEPT_SKIPPED"

// notRun names the rules that are not run although the tree has files for them: those with a part that cannot be honoured,
// and those for languages without a front end. A rule that excludes this version of the schema is not missed.
func (p *pass) notRun(c *census) []scan.Failure {
	if p.options.AcceptSkipped {
		return nil
	}
	var failures []scan.Failure
	fail := func(format string, args ...any) {
		failures = append(failures, scan.Failure{Err: fmt.Errorf(format+"; "+accept, args...)})
	}
	var missed []string
	for i := range p.refused {
		if r := &p.refused[i]; !r.OtherVersion && c.has(r.Languages) {
			name := r.RuleID
			if name == "" {
				name = r.Source
			}
			if name = display.Line(name); !slices.Contains(missed, name) {
				missed = append(missed, name)
			}
		}
	}
	if len(missed) > 0 {
		fail("%s, because this version cannot honour all that is written in %s: %s; `sluice rules check` says why", notRunning(len(missed)), itThem(len(missed)), listed(missed))
	}
	for _, language := range sortedKeys(p.without) {
		if c.present[language] {
			fail("%s on the files in %s, because this version has no front end for it", notRunning(p.without[language]), language)
		}
	}
	return failures
}

// notRunning says of a number of rules that they are not run.
func notRunning(n int) string { return scan.Plural(n, "rule is", "rules are") + " not run" }

func itThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// has reports whether the tree has files for a rule of some languages. A rule whose languages are not known, or that looks
// at any text, may miss something in every tree.
func (c *census) has(languages []rule.Language) bool {
	if len(languages) == 0 {
		return true
	}
	for _, l := range languages {
		switch l {
		case rule.LanguageGeneric, rule.LanguageRegex:
			if c.files > 0 {
				return true
			}
		case "python2", "python3":
			l = "python"
		}
		if c.present[l] || hasFront(l) && c.scripts {
			return true
		}
	}
	return false
}
