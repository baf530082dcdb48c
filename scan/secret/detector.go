package secret

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/builtin"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/pattern"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Detector finds secrets. It is immutable and safe for concurrent use.
type Detector struct {
	rules *ruleSet
	index *index
	// forced are the severities that rules have even when an offline check says otherwise.
	forced     map[string]scan.Severity
	allowances *found.Allowances
	exams      sync.Pool

	keyOnce sync.Once
	key     string
}

var _ scan.Detector = (*Detector)(nil)

// New makes a verifier of rules by their ids. It does not touch the network.
func New(options Options) (*Detector, error) {
	return newDetector(builtin.Table(), options)
}

// newDetector makes a detector of a table of built-in rules.
func newDetector(table []rule.Rule, options Options) (*Detector, error) {
	rules, err := newRuleSet(table, options)
	if err != nil {
		return nil, err
	}
	x, err := newIndex(rules)
	if err != nil {
		return nil, err
	}
	d := &Detector{rules: rules, index: x, forced: options.Severity, allowances: found.NewAllowances(options.Allow)}
	d.exams.New = func() any { return newExam(d.rules, d.index, d.allowances, &d.exams) }
	return d, nil
}

// Engine is the name of the engine for secrets.
const Engine = rule.Engine

// Engine implements scan.Detector.
func (d *Detector) Engine() scan.Engine { return Engine }

// Wants implements scan.Detector. A secret that was removed from the tree stays dangerous.
func (d *Detector) Wants() scan.Wants { return scan.Wants{Files: true, Archives: true, History: true} }

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
func (d *Detector) Begin() scan.Pass { return pass{d, pattern.NewTimeouts(len(d.rules.all))} }

// pass is one pass over a tree.
type pass struct {
	detector *Detector
	timeouts pattern.Timeouts
}

// File implements scan.Pass. Findings are ordered by Start. Those of built-in rules do not overlap each other, nor do
// those of users' rules. Binary files and LFS pointers have none, apart from rules for paths.
func (p pass) File(ctx context.Context, content *scan.Content) ([]scan.Finding, error) {
	return p.detector.scan(ctx, content, p.timeouts, nil)
}

// End implements scan.Pass.
func (p pass) End(context.Context, *scan.Tree) (scan.Ending, error) { return scan.Ending{}, nil }

// file finds the secrets of one text.
func (d *Detector) file(ctx context.Context, path string, data []byte) ([]scan.Finding, error) {
	return d.scan(ctx, &scan.Content{File: scan.File{Path: path}, Data: data}, nil, nil)
}

// scan finds the secrets of one file. timeouts and trace may be nil.
func (d *Detector) scan(ctx context.Context, content *scan.Content, timeouts pattern.Timeouts, trace *found.Trace) ([]scan.Finding, error) {
	named := d.namedFiles(content)
	if content.Binary || content.LFS {
		return named, nil
	}
	e := d.exams.Get().(*exam)
	defer d.exams.Put(e)
	inside, err := d.look(ctx, e, content, timeouts, trace)
	return append(named, inside...), err
}

// look finds the secrets of one text with the buffers of an exam.
func (d *Detector) look(ctx context.Context, e *exam, content *scan.Content, timeouts pattern.Timeouts, trace *found.Trace) ([]scan.Finding, error) {
	e.beginFile(page.Classify(content.Path), content.Data)
	e.page.Commit = content.Commit
	e.own.Begin(timeouts)
	e.found.Begin(trace, d.forced)
	err := e.scan(ctx)
	findings := e.found.Findings()
	e.page.Data = nil
	e.found.Reset()
	return findings, err
}

// namedFiles returns the findings of rules that know a file by its path.
func (d *Detector) namedFiles(content *scan.Content) []scan.Finding {
	var findings []scan.Finding
	for _, r := range d.index.files {
		if !r.Custom.MatchesPath(content.Path) {
			continue
		}
		findings = append(findings, scan.Finding{
			Engine: rule.Engine, RuleID: r.ID, Title: r.Title, Severity: r.Severity, Confidence: r.Confidence,
			Message: "The path of this file matches a rule for files that hold secrets.", Remediation: r.Remediation(), Link: r.Link,
			Key: content.Path, Suppression: d.allowances.File(r.ID, content.Path, content.Commit),
		})
	}
	return findings
}

// Active returns the rules that can fire, ordered by id.
func (d *Detector) Active() []Rule { return d.rules.active() }

// Key identifies everything that decides what the detector finds: two detectors with one key find the same in the same
// file. Caches use it; it changes whenever a rule does. Allow lists are not part of it, because suppressed findings are
// still found.
func (d *Detector) Key() string {
	d.keyOnce.Do(func() { d.key = d.makeKey() })
	return d.key
}

// makeKey hashes the rules.
func (d *Detector) makeKey() string {
	h := sha256.New()
	for i := range d.rules.all {
		r := &d.rules.all[i]
		if r.Off {
			continue
		}
		_, _ = fmt.Fprintf(h, "%q %d %d %q %q %q %q %d %d %q %q\n", r.ID, r.Severity, r.Confidence, r.Literals, r.Context, r.File, r.Expression,
			r.Longest, r.Boundary, r.Check, r.Matcher)
		if c := r.Custom; c != nil {
			_, _ = fmt.Fprintf(h, "%q %q %v %d %t\n", c.Keywords, c.Path, c.Entropy, c.Group, c.FirstGroup)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
