package ruletest

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/sluice-scan/sluice/scan/code/rule"
)

// maxTarget bounds a test file in bytes.
const maxTarget = 16 << 20

// Runner runs rules on a file. It gives the findings of all rules whose languages and paths fit the file, in any order.
// An error ends the test.
type Runner interface {
	Run(ctx context.Context, rules []*rule.Rule, target Target) ([]Finding, error)
}

// Target is a test file. Path has slashes and is relative to the folder under test.
type Target struct {
	Path string
	Data []byte
}

// Finding is a result of a rule, by the line on which it begins.
type Finding struct {
	RuleID string
	Line   int
}

// Result is the result of a folder. Files is sorted by name.
type Result struct {
	Files []FileResult
	Total Counts
}

// Exact reports whether all rules were run and did what the annotations say. Rules and rule files without a test do not
// matter.
func (r *Result) Exact() bool {
	return !slices.ContainsFunc(r.Files, func(f FileResult) bool { return !f.Exact() })
}

// FileResult is the result of one rule file.
type FileResult struct {
	Pair
	// Refused are the rules of the file that cannot be run.
	Refused []rule.Refusal
	// Problems are about the test files: ids of rules that are not there, files that are too large.
	Problems []Problem
	// Outcomes has one entry for each rule and test file on which something was expected or found, in the order of the
	// test files, then of the rules.
	Outcomes []Outcome
	// Untested are the rules that no annotation names.
	Untested []string
	Counts   Counts
}

// Exact reports whether the rules of the file were all run and did what the annotations say.
func (f *FileResult) Exact() bool {
	return len(f.Refused) == 0 && len(f.Problems) == 0 && !slices.ContainsFunc(f.Outcomes, func(o Outcome) bool { return !o.Exact() })
}

// Test tests the rule files of a folder on the files beside them; see [Pairs].
func Test(ctx context.Context, folder fs.FS, runner Runner) (*Result, error) {
	var names []string
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the folder of rules: %w", err)
	}
	result := &Result{}
	known := map[string][]string{}
	loaded := map[string][]*rule.Rule{}
	pairs := Pairs(names)
	for _, pair := range pairs {
		file := FileResult{Pair: pair}
		data, err := read(folder, pair.Rules, rule.MaxFile)
		if err != nil {
			return nil, err
		}
		loaded[pair.Rules], file.Refused = rule.Parse(pair.Rules, data)
		for _, target := range pair.Targets {
			for _, r := range loaded[pair.Rules] {
				known[target] = append(known[target], r.ID)
			}
			for _, r := range file.Refused {
				known[target] = append(known[target], r.RuleID)
			}
		}
		result.Files = append(result.Files, file)
	}
	for i := range result.Files {
		file := &result.Files[i]
		if err := file.run(ctx, folder, runner, loaded[file.Rules], known); err != nil {
			return nil, err
		}
		result.Total.add(file.Counts)
	}
	return result, nil
}

// read reads a file whole, and one byte more than the limit when there is more.
func read(folder fs.FS, name string, limit int64) ([]byte, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// run tests the rules of the file on each of its targets. Known are the ids that the annotations of a target may name.
func (f *FileResult) run(ctx context.Context, folder fs.FS, runner Runner, rules []*rule.Rule, known map[string][]string) error {
	ids := distinct(rules)
	tested := map[string]bool{}
	for _, name := range f.Targets {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("test %s: %w", f.Rules, err)
		}
		data, err := read(folder, name, maxTarget)
		if err != nil {
			return err
		}
		if len(data) > maxTarget {
			f.Problems = append(f.Problems, Problem{Path: name, Text: fmt.Sprintf("a test file has at most %d MB", maxTarget>>20)})
			continue
		}
		annotations, problems := Annotations(name, data)
		f.Problems = append(f.Problems, problems...)
		for _, a := range annotations {
			named := slices.ContainsFunc(known[name], func(id string) bool { return names(a.ID, id) })
			if !named && (a.Kind == Expected || a.Kind == TodoExpected) {
				f.Problems = append(f.Problems, Problem{Path: name, Line: a.Line, Text: "the annotation names a rule that is not in " + f.Rules + ": " + a.ID})
			}
		}
		if len(rules) == 0 {
			continue
		}
		findings, err := runner.Run(ctx, rules, Target{Path: name, Data: data})
		if err != nil {
			return fmt.Errorf("run %s on %s: %w", f.Rules, name, err)
		}
		for _, id := range ids {
			named := slices.ContainsFunc(annotations, func(a Annotation) bool { return names(a.ID, id) })
			found := slices.ContainsFunc(findings, func(f Finding) bool { return f.RuleID == id })
			if !named && !found {
				continue
			}
			tested[id] = tested[id] || named
			o := Compare(id, name, annotations, findings)
			f.Counts.add(o.Counts)
			f.Outcomes = append(f.Outcomes, o)
		}
	}
	for _, id := range ids {
		if !tested[id] {
			f.Untested = append(f.Untested, id)
		}
	}
	return nil
}

// distinct gives the ids of rules, each once, in the order of the file.
func distinct(rules []*rule.Rule) []string {
	var ids []string
	seen := map[string]bool{}
	for _, r := range rules {
		if !seen[r.ID] {
			seen[r.ID] = true
			ids = append(ids, r.ID)
		}
	}
	return ids
}
