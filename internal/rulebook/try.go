package rulebook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

const (
	// usualPath is the path of a text that has none: one that rules have no opinion about.
	usualPath = "text"
	// maxPath bounds a path, in bytes. maxMatches bounds what one text gives.
	maxPath    = 250
	maxMatches = 200
)

// Match is what a rule found in a text. Nothing of it holds a secret.
type Match struct {
	RuleID, Title string
	Severity      scan.Severity
	// Line and Column count from 1; columns are UTF-16 units.
	Line, Column int
	// Before, Mark and After are the line, masked. Mark is the part that the rule matched.
	Before, Mark, After string
	// Suppressed is why it does not count: the text itself allows it. Empty if it counts.
	Suppressed string
}

// Tried is what rules found in a text, in the order of its lines.
type Tried struct {
	Matches []Match
	// More is how many matches are left out.
	More int
	// Notes are what a reader must know: rules that cannot run, or that did not finish.
	Notes []string
}

// Try runs the rules of a set on a text, as a scan would on a file with that path; "" for none that matters. It stores and logs nothing.
func Try(ctx context.Context, rules *policy.RuleSet, name, text string) (*Tried, error) {
	set := &ruleset.Set{}
	global := make([]ruleset.Global, len(rules.Rules))
	for i, r := range rules.Rules {
		global[i] = ruleset.Global{ID: r.DetectorID, Name: r.Name, Expression: r.Regexp}
	}
	bad := set.AddGlobal(global, rules.Disabled)
	d, err := secret.New(set.Options())
	if err != nil {
		return nil, err
	}
	t, err := try(ctx, d, name, text)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(bad)) {
		t.Notes = append(t.Notes, fmt.Sprintf("The rule %s cannot run: %v", id, bad[id]))
	}
	return t, nil
}

// TryOne runs one rule alone, which Check has accepted.
func TryOne(ctx context.Context, r *policy.Rule, name, text string) (*Tried, error) {
	rule, err := detectors(r)
	if err != nil {
		return nil, err
	}
	d, err := secret.New(secret.Options{WithoutBuiltin: true, Rules: []secret.Rule{rule}})
	if err != nil {
		return nil, err
	}
	return try(ctx, d, name, text)
}

func try(ctx context.Context, d *secret.Detector, name, text string) (*Tried, error) {
	all, err := builtins()
	if err != nil {
		return nil, err
	}
	// Also what no rule here reports is masked: the redactor knows all built-in rules.
	s := scan.Scanner{Detectors: []scan.Detector{d}, Jobs: 1, Redact: secret.NewRedactor(all)}
	result, err := s.Scan(ctx, scan.Input{Head: oneFile{cleanPath(name), []byte(text)}})
	if err != nil {
		return nil, err
	}
	t := &Tried{}
	found := slices.Clone(result.Findings)
	slices.SortStableFunc(found, func(a, b scan.Finding) int {
		if a.StartLine != b.StartLine {
			return a.StartLine - b.StartLine
		}
		return a.StartColumn - b.StartColumn
	})
	for i := range found {
		if i == maxMatches {
			t.More = len(found) - maxMatches
			break
		}
		f := &found[i]
		m := Match{
			RuleID: f.RuleID, Title: f.Title, Severity: f.Severity, Line: f.StartLine, Column: f.StartColumn,
			Before: f.Excerpt[:f.MarkStart], Mark: f.Excerpt[f.MarkStart:f.MarkEnd], After: f.Excerpt[f.MarkEnd:],
		}
		if f.Suppression != nil {
			m.Suppressed = "the text allows it"
		}
		t.Matches = append(t.Matches, m)
	}
	for _, note := range result.Notes {
		t.Notes = append(t.Notes, note.Text)
	}
	for i := range result.Failures {
		t.Notes = append(t.Notes, result.Failures[i].Err.Error())
	}
	return t, nil
}

// cleanPath makes any text the path of a file in a repository.
func cleanPath(name string) string {
	name = path.Clean("/" + strings.ReplaceAll(strings.TrimSpace(name), `\`, "/"))[1:]
	if name == "" || len(name) > maxPath {
		return usualPath
	}
	return name
}

// oneFile is a source with one file.
type oneFile struct {
	path string
	data []byte
}

// Files implements [scan.Source].
func (f oneFile) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		yield(scan.File{Path: f.path, Size: int64(len(f.data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }}, nil)
	}
}
