package secret

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/builtin"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/guess"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/pattern"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Limits of one file.
const (
	// chunkSize is how many bytes are looked at between two looks at the context; it keeps the buffer of hits small.
	chunkSize = 64 << 10
)

// Options adjust the built-in rules. The zero value changes nothing.
type Options struct {
	// Disable lists the ids of rules that never fire.
	Disable []string
	// Severity replaces the severity of rules by id, whatever the offline check says.
	Severity map[string]scan.Severity
	// Rules are the user's own; each has Custom set. One with the id of a built-in rule takes its place.
	Rules []rule.Rule
	// WithoutBuiltin switches every built-in rule off that Builtin does not list.
	WithoutBuiltin bool
	Builtin        []string
	// Allow switches findings off; they are still found, and suppressed.
	Allow []found.Allow
}

// Detector finds secrets. It is immutable and safe for concurrent use.
type Detector struct {
	rules []rule.Live
	// custom is true when users' own rules are all that runs, but for those that they name.
	custom bool
	// byID holds the built-in rules, which Go code names.
	byID      map[string]*rule.Live
	automaton *match.Automaton
	literals  []string
	// targets lists by literal who looks at its hits.
	targets  [][]target
	contexts *guess.Contexts
	forced   map[string]scan.Severity
	// watched marks the literals of which users' rules want to know whether they stand in the file; whole are the rules
	// that wait for the end of the file, files those that report a file by its path.
	watched    []bool
	whole      []*rule.Live
	files      []*rule.Live
	allowances *found.Allowances
	pool       sync.Pool

	keyOnce sync.Once
	key     string
}

// target is a rule with an expression, or a matcher.
type target struct {
	rule    *rule.Live
	matcher matcher
	name    string
	// guess is true for a matcher that goes by names and sentences.
	guess bool
}

var _ scan.Detector = (*Detector)(nil)

// New compiles the built-in rules. It fails when options name a rule that does not exist.
func New(options Options) (*Detector, error) {
	return newDetector(builtin.Table(), options)
}

func newDetector(rules []rule.Rule, options Options) (*Detector, error) {
	d := &Detector{byID: make(map[string]*rule.Live, len(rules)), forced: options.Severity, allowances: found.NewAllowances(options.Allow)}
	running, problems := d.gather(rules, options)
	known := func(id string) *rule.Live {
		r := running[id]
		if r == nil {
			problems = append(problems, fmt.Errorf("there is no rule %q: `sluice rules list` shows them all", id))
		}
		return r
	}
	for _, id := range options.Disable {
		if r := known(id); r != nil {
			r.Off = true
		}
	}
	for id, severity := range options.Severity {
		if r := known(id); r != nil {
			r.Severity = severity
		}
	}
	if len(problems) > 0 {
		slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return nil, errors.Join(problems...)
	}
	if err := d.compile(); err != nil {
		return nil, err
	}
	d.pool.New = func() any {
		return d.newExam()
	}
	return d, nil
}

// compile builds the automaton. Rules and matchers that share a literal share its place; a literal's targets keep the
// order of the rules' ids.
func (d *Detector) compile() error {
	literals := d.literals
	index := make(map[string]int)
	seen := make(map[string]bool)
	var contextual []*rule.Live
	add := func(literal string, r *rule.Live, name string) {
		at, ok := index[literal]
		if !ok {
			at = len(literals)
			index[literal] = at
			literals = append(literals, literal)
			d.targets = append(d.targets, nil)
		}
		if name == "" {
			d.targets[at] = append(d.targets[at], target{rule: r})
		} else if key := name + " " + literal; !seen[key] {
			seen[key] = true
			d.targets[at] = append(d.targets[at], target{matcher: matchers[name], name: name, guess: guesses[name]})
		}
	}
	for i := range d.rules {
		r := &d.rules[i]
		if r.Custom != nil || d.custom && r.Off {
			continue
		}
		if len(r.Context) > 0 {
			contextual = append(contextual, r)
			for _, literal := range r.Context {
				add(literal, r, "assignment")
			}
		}
		for _, literal := range r.Literals {
			add(literal, r, r.Matcher)
		}
	}
	for _, decoder := range decoders {
		for _, literal := range decoder.literals {
			add(literal, nil, "")
			last := len(d.targets[index[literal]]) - 1
			d.targets[index[literal]][last] = target{matcher: decoder.run}
		}
	}
	d.compileCustom(index, &literals)
	d.literals = literals
	var err error
	if d.automaton, err = match.NewAutomaton(literals); err != nil {
		return err
	}
	d.contexts, err = guess.NewContexts(contextual)
	return err
}

// Engine implements scan.Detector.
func (d *Detector) Engine() scan.Engine { return scan.EngineSecrets }

// Rules implements scan.Detector.
func (d *Detector) Rules() []scan.Rule {
	active := d.Active()
	described := make([]scan.Rule, len(active))
	for i := range active {
		described[i] = active[i].Describe()
	}
	return described
}

// Begin implements scan.Detector. A file's secrets do not depend on other files, so every pass is the same.
func (d *Detector) Begin() scan.Pass { return pass{d, pattern.NewTimeouts(len(d.rules))} }

type pass struct {
	detector *Detector
	timeouts pattern.Timeouts
}

// File implements scan.Pass. Findings are ordered by Start; those of built-in rules do not overlap
// each other, nor do those of people's own. Binary files and LFS pointers have none.
func (p pass) File(ctx context.Context, content *scan.Content) ([]scan.Finding, error) {
	return p.detector.scan(ctx, content, p.timeouts, nil)
}

// End implements scan.Pass.
func (p pass) End(context.Context, *scan.Tree) (scan.Ending, error) { return scan.Ending{}, nil }

func (d *Detector) file(ctx context.Context, path string, data []byte) ([]scan.Finding, error) {
	return d.scan(ctx, &scan.Content{File: scan.File{Path: path}, Data: data}, nil, nil)
}

// scan finds the secrets of one file. timeouts and trace may be nil.
func (d *Detector) scan(ctx context.Context, content *scan.Content, timeouts pattern.Timeouts, trace *found.Trace) ([]scan.Finding, error) {
	named := d.namedFiles(content)
	if content.Binary || content.LFS {
		return named, nil
	}
	t := d.pool.Get().(*exam)
	defer d.pool.Put(t)
	found, err := d.look(ctx, t, content, timeouts, trace)
	return append(named, found...), err
}

// look finds the secrets of one text, with the buffers of t.
func (d *Detector) look(ctx context.Context, t *exam, content *scan.Content, timeouts pattern.Timeouts, trace *found.Trace) ([]scan.Finding, error) {
	t.reset(content.Path, content.Data)
	t.Commit = content.Commit
	t.own.Begin(timeouts)
	t.found.Begin(trace, d.forced)
	err := t.scan(ctx)
	found := t.found.Findings()
	t.Data = nil
	t.found.Reset()
	return found, err
}
