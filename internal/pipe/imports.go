package pipe

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

// MergeRun adds what another tool found to a result. When the tool says of itself that it did not finish, the result is not
// complete: what it did not look at must not pass for clean, unless the configuration accepts it.
func MergeRun(scanner *scan.Scanner, result *scan.Result, run sarif.Run, c *Config) {
	scanner.Merge(result, run.Result)
	if run.Incomplete != "" && !bool(c.Report.AcceptIncomplete) {
		result.Unread = append(result.Unread, scan.Failure{Engine: scan.EngineImport, Err: fmt.Errorf(
			"%s; run it again, or accept it as it is with SARIF_ACCEPT_INCOMPLETE=true", strings.TrimSuffix(run.Incomplete, "."))})
	}
}

// imports reads the SARIF files of other tools.
func (t *Target) imports() ([]sarif.Run, error) {
	var runs []sarif.Run
	for _, pattern := range t.Config.Report.Sarif {
		more, err := ReadSARIFFiles(pattern, t.Root)
		if err != nil {
			return nil, err
		}
		runs = append(runs, more...)
	}
	return runs, nil
}

// ReadSARIFFiles reads the runs of the files that a pattern names. One that matches nothing is an error: a step that did
// not write its file must not look like one that found nothing. root is what absolute paths are made relative to.
func ReadSARIFFiles(pattern, root string) ([]sarif.Run, error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, &UsageError{fmt.Errorf("SARIF: %q is not a file pattern: %w", pattern, err)}
	}
	// A name may look like a pattern and be none: "report[1].sarif".
	if _, err := os.Stat(pattern); err == nil {
		names = []string{pattern}
	}
	if len(names) == 0 {
		return nil, &UsageError{fmt.Errorf("SARIF: no file %s; does the step that writes it run before, and is it kept as an artifact?", pattern)}
	}
	var runs []sarif.Run
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, &UsageError{fmt.Errorf("SARIF: %w", err)}
		}
		more, err := ReadSARIF(f, name, root)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		runs = append(runs, more...)
	}
	return runs, nil
}

// ReadSARIF reads the runs of one stream; name stands for it in errors. A log that lists no runs is a finished analysis
// without findings: it comes back as one run, under the name of its file.
func ReadSARIF(r io.Reader, name, root string) ([]sarif.Run, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	runs, err := sarif.Read(r, sarif.ReadOptions{Root: abs})
	if err != nil {
		return nil, &UsageError{fmt.Errorf("SARIF: %s: %w", name, err)}
	}
	if len(runs) == 0 {
		base := filepath.Base(name)
		tool := strings.TrimSuffix(strings.TrimSuffix(base, filepath.Ext(base)), ".sarif")
		if tool == "" {
			tool = base
		}
		runs = []sarif.Run{{Tool: tool, Result: &scan.Result{
			Base: scan.Base{Kind: scan.BaseNone}, Engines: []scan.Engine{scan.EngineImport},
			Notes: []scan.Note{{Code: "import-empty", Text: base + " lists no runs: a finished analysis without findings"}},
		}}}
	}
	return runs, nil
}
