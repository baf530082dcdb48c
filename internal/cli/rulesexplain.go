package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/secret"
)

func (r *run) rulesExplainCommand() *cobra.Command {
	of := ""
	cmd := &cobra.Command{
		Use:   "explain PATH:LINE [RULE...]",
		Short: "Explain why a line is reported, or why not",
		Long: "Shows what the detectors do with one line of a current file. For secrets: which literals the line contains, which rules\n" +
			"they trigger, and the results of the checks and of the value model. For code: which rules were tried, what each part of\n" +
			"them matches, what does not, and how far the data of sources gets. Flows from other files are not followed here. Last,\n" +
			"what was found, and what suppresses it. The text of the line appears only with its secrets masked.",
		Example: "  sluice rules explain config/app.env:12\n  sluice rules explain app/views.py:40 python-sql-injection",
		Args:    UsageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, line, err := pathAndLine(args[0])
			if err != nil {
				return &variable.UsageError{Err: err}
			}
			return r.withRules(cmd, of, func(ctx context.Context, a *activeRules) error {
				return r.explain(ctx, a, name, line, args[1:])
			})
		},
	}
	addRuleFlags(cmd, rulesOnly...)
	addEngineFlag(cmd, &of)
	return cmd
}

func pathAndLine(arg string) (name string, line int, err error) {
	at := strings.LastIndexByte(arg, ':')
	if at > 0 {
		line, err = strconv.Atoi(arg[at+1:])
	}
	if at <= 0 || err != nil || line < 1 {
		return "", 0, fmt.Errorf("%q is not a line of a file: write it as config/app.env:12", arg)
	}
	return arg[:at], line, nil
}

// oneFile is a source with one file.
type oneFile struct {
	path string
	data []byte
}

// Files implements scan.Source.
func (s oneFile) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		yield(scan.File{Path: s.path, Size: int64(len(s.data)), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(s.data)), nil
		}}, nil)
	}
}

// explain explains a line by the rules of a; ids limit it to some rules.
func (r *run) explain(ctx context.Context, a *activeRules, name string, line int, ids []string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	if len(data) > scan.DefaultMaxFileBytes {
		return &variable.UsageError{Err: errors.New(name + " is larger than 32 MB and is not scanned")}
	}
	path := filepath.ToSlash(filepath.Clean(name))
	if root, err := filepath.Abs(a.checkout.Root); err == nil {
		if abs, err := filepath.Abs(name); err == nil {
			if below, err := filepath.Rel(root, abs); err == nil && filepath.IsLocal(below) {
				path = filepath.ToSlash(below)
			}
		}
	}
	content := &scan.Content{File: scan.File{Path: path}, Data: data, Binary: bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d\n", display.Line(path), line)
	var detectors []scan.Detector
	var redact scan.Redactor
	if a.secrets != nil {
		redact = secret.NewRedactor(a.secrets)
		detectors = append(detectors, a.secrets)
		steps, _, err := a.secrets.Explain(ctx, content, line)
		if err != nil && len(steps) == 0 {
			return &variable.UsageError{Err: err}
		}
		writeSteps(&b, data, stepsOf(steps, ids), len(ids) > 0)
		if err != nil {
			fmt.Fprintf(&b, "  %s\n", display.Line(err.Error()))
		}
	}
	if a.code != nil {
		detectors = append(detectors, a.code)
		x, err := a.code.Explain(content, line, ids)
		if err != nil {
			return &variable.UsageError{Err: err}
		}
		writeCodeParts(&b, a.code, &x, ids)
	}
	for _, id := range ids {
		if !a.has(id) {
			fmt.Fprintf(&b, "  there is no rule %s, or it is switched off\n", display.Line(id))
		}
	}
	scanner := &scan.Scanner{Detectors: detectors, Jobs: 1, Policy: a.plan.Policy, Baseline: a.plan.Baseline, Redact: redact}
	result, err := scanner.Scan(ctx, scan.Input{Head: oneFile{path, data}})
	if err != nil {
		return err
	}
	writeOutcome(&b, result, line)
	_, err = io.WriteString(r.Stdout, b.String())
	return err
}

// stepsOf keeps the steps of some rules; ids of other engines keep none.
func stepsOf(steps []secret.Step, ids []string) []secret.Step {
	if len(ids) == 0 {
		return steps
	}
	return slices.DeleteFunc(slices.Clone(steps), func(s secret.Step) bool {
		return !slices.ContainsFunc(ids, func(id string) bool { return strings.EqualFold(strings.ReplaceAll(id, "-", "_"), s.Rule) })
	})
}

func writeSteps(b *strings.Builder, data []byte, steps []secret.Step, some bool) {
	if len(steps) == 0 && !some {
		b.WriteString("  the line contains no literal of any rule, and no secret-like name with a value\n")
	}
	for _, step := range steps {
		start := bytes.LastIndexByte(data[:step.Start], '\n') + 1
		column := utf8.RuneCount(data[start:step.Start]) + 1
		rule := ""
		if step.Rule != "" {
			rule = step.Rule + ": "
		}
		place := "             "
		if step.End > step.Start {
			place = fmt.Sprintf("column %-5d ", column)
		}
		fmt.Fprintf(b, "  %s %s%s\n", place, rule, display.Line(step.Text))
	}
}

// writeOutcome describes the result of a scan for the line.
func writeOutcome(b *strings.Builder, result *scan.Result, line int) {
	found := false
	for i := range result.Findings {
		f := &result.Findings[i]
		if f.StartLine > line || f.EndLine < line {
			continue
		}
		found = true
		fmt.Fprintf(b, "found: %s %s, confidence %s, fingerprint %s\n", f.Severity, f.RuleID, f.Confidence, f.Fingerprint)
		fmt.Fprintf(b, "  %s\n", display.Line(f.Excerpt))
		if s := f.Suppression; s != nil {
			fmt.Fprintf(b, "  suppressed (%s) by %s: %s\n", s.Kind, display.Line(s.Source), display.Line(s.Reason))
		}
	}
	if !found {
		b.WriteString("found: nothing\n")
	}
}
