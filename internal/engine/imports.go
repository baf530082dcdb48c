package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
	"github.com/sluice-scan/sluice/scan/secret"
)

// MergeRun adds the findings of another tool to a result. If the tool reports that it did not finish, the result is
// incomplete, unless the caller accepts that: code that the tool did not check must not count as clean.
func MergeRun(scanner *scan.Scanner, result *scan.Result, run sarif.Run, acceptIncomplete bool) {
	other := *run.Result
	other.Findings = withoutRepeated(result.Findings, other.Findings)
	scanner.Merge(result, &other)
	if failure, ok := run.Unfinished(); ok && !acceptIncomplete {
		result.Unread = append(result.Unread, failure)
	}
}

// withoutRepeated returns the findings of other that list does not contain. A user may name a log twice, and a tool may
// write one result into two logs.
func withoutRepeated(list, other []scan.Finding) []scan.Finding {
	type key struct {
		fingerprint, rule, path, related, message string
		position                                  scan.Position
	}
	of := func(f *scan.Finding) key {
		return key{f.Fingerprint, f.RuleID, f.Path, f.Related, f.Message, f.Position}
	}
	known := map[key]bool{}
	for i := range list {
		if list[i].Engine.Info().Foreign {
			known[of(&list[i])] = true
		}
	}
	if len(known) == 0 {
		return other
	}
	var out []scan.Finding
	for i := range other {
		if !known[of(&other[i])] {
			out = append(out, other[i])
		}
	}
	return out
}

// Imports reads the SARIF files of other tools, maps their findings to the checkout's commit, and marks the new ones. A
// pattern "-" is stdin; stdin may be nil if no pattern is "-".
func (c *Checkout) Imports(ctx context.Context, config *Config, patterns []string, stdin io.Reader) ([]sarif.Run, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	known, err := openTrees(ctx, config, c)
	if err != nil {
		return nil, err
	}
	options, err := c.readOptions(ctx, config, known)
	if err != nil {
		return nil, err
	}
	var runs []sarif.Run
	for _, pattern := range patterns {
		more, err := readPattern(pattern, stdin, options)
		if err != nil {
			return nil, err
		}
		runs = append(runs, more...)
	}
	for i := range runs {
		if err := known.settle(ctx, &runs[i], c.Commit); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

// readOptions tells the reader of logs the names that logs may use for the root of the files.
func (c *Checkout) readOptions(ctx context.Context, config *Config, known *trees) (sarif.ReadOptions, error) {
	root, err := filepath.Abs(c.Root)
	if err != nil {
		return sarif.ReadOptions{}, err
	}
	options := sarif.ReadOptions{Root: root}
	if real, err := filepath.EvalSymlinks(root); err == nil && real != root {
		options.Roots = append(options.Roots, real)
	}
	// BITBUCKET_CLONE_DIR may name the clone through a symlink.
	if dir, err := filepath.Abs(config.Pipeline.CloneDir); err == nil && config.Pipeline.CloneDir != "" && dir != root && c.prefix == "" {
		if real, err := filepath.EvalSymlinks(dir); err == nil && (real == root || slices.Contains(options.Roots, real)) {
			options.Roots = append(options.Roots, dir)
		}
	}
	names := []string{filepath.Base(root)}
	if c.repository != "" {
		names = append(names, c.repository)
	}
	options.Tree = known.tree(names...)
	redactor := secret.NewRedactor()
	options.Mask = func(path, text string) string { return scan.Redact(ctx, redactor, path, text) }
	return options, nil
}

// readPattern reads the runs of the files that match a pattern. A pattern without a match is an error: a step that did
// not write its file must not look like a step that found nothing.
func readPattern(pattern string, stdin io.Reader, options sarif.ReadOptions) ([]sarif.Run, error) {
	if pattern == "-" && stdin != nil {
		return readSARIF(stdin, "standard input", options)
	}
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, &variable.UsageError{Err: fmt.Errorf("SARIF: %q is not a file pattern: %w", pattern, err)}
	}
	// A file name may look like a pattern: "report[1].sarif".
	if _, err := os.Stat(pattern); err == nil {
		names = []string{pattern}
	}
	if len(names) == 0 {
		return nil, &variable.UsageError{Err: fmt.Errorf("SARIF: no file %s; does the step that writes it run before, and is it kept as an artifact?", pattern)}
	}
	var runs []sarif.Run
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, &variable.UsageError{Err: fmt.Errorf("SARIF: %w", err)}
		}
		more, err := readSARIF(f, name, options)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		runs = append(runs, more...)
	}
	return runs, nil
}

// readSARIF reads the runs of one stream. name is its name in errors. A log that lists no runs is a finished analysis
// without findings; it becomes one run with the name of the file.
func readSARIF(r io.Reader, name string, options sarif.ReadOptions) ([]sarif.Run, error) {
	runs, err := sarif.Read(r, options)
	if err != nil {
		return nil, &variable.UsageError{Err: fmt.Errorf("SARIF: %s: %w", name, err)}
	}
	if len(runs) == 0 {
		base := filepath.Base(name)
		tool := strings.TrimSuffix(strings.TrimSuffix(base, filepath.Ext(base)), ".sarif")
		if tool == "" {
			tool = base
		}
		runs = []sarif.Run{{Tool: tool, Result: sarif.NewResult(scan.Base{Kind: scan.BaseNone}, note("import-empty", "%s lists no runs: a finished analysis without findings", base))}}
	}
	return runs, nil
}
