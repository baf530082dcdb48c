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
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/secret"
)

func (r *run) rulesExplainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain PATH:LINE",
		Short: "Explain why a line is reported, or why not",
		Long: "Shows what the detector for secrets does with one line of a current file: which literals the line contains, which rules\n" +
			"they trigger, the results of the checks and of the value model, and what suppresses the findings. The text of the line\n" +
			"appears only with its secrets masked.",
		Example: "  sluice rules explain config/app.env:12",
		Args:    UsageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, line, err := pathAndLine(args[0])
			if err != nil {
				return &variable.UsageError{Err: err}
			}
			return r.withRules(cmd, func(ctx context.Context, c *engine.Checkout, p *engine.Plan, d *secret.Detector) error {
				return r.explain(ctx, c, p, d, name, line)
			})
		},
	}
	addRuleFlags(cmd, rulesOnly...)
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

func (r *run) explain(ctx context.Context, c *engine.Checkout, p *engine.Plan, d *secret.Detector, name string, line int) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	if len(data) > scan.DefaultMaxFileBytes {
		return &variable.UsageError{Err: errors.New(name + " is larger than 32 MB and is not scanned")}
	}
	path := filepath.ToSlash(filepath.Clean(name))
	if root, err := filepath.Abs(c.Root); err == nil {
		if abs, err := filepath.Abs(name); err == nil {
			if below, err := filepath.Rel(root, abs); err == nil && filepath.IsLocal(below) {
				path = filepath.ToSlash(below)
			}
		}
	}
	content := &scan.Content{File: scan.File{Path: path}, Data: data, Binary: bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0}
	steps, _, err := d.Explain(ctx, content, line)
	if err != nil && len(steps) == 0 {
		return &variable.UsageError{Err: err}
	}
	scanner := &scan.Scanner{Detectors: []scan.Detector{d}, Jobs: 1, Policy: p.Policy, Baseline: p.Baseline, Redact: secret.NewRedactor(d)}
	result, scanErr := scanner.Scan(ctx, scan.Input{Head: oneFile{path, data}})
	if scanErr != nil {
		return scanErr
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d\n", display.Line(path), line)
	writeSteps(&b, data, steps)
	if err != nil {
		fmt.Fprintf(&b, "  %s\n", display.Line(err.Error()))
	}
	writeOutcome(&b, result, line)
	_, err = io.WriteString(r.Stdout, b.String())
	return err
}

func writeSteps(b *strings.Builder, data []byte, steps []secret.Step) {
	if len(steps) == 0 {
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
