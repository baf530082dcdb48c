package pipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/atomicfile"
	"github.com/sluice-scan/sluice/scan/format"
)

// Output is one format and its destination. An empty File is standard output.
type Output struct {
	Format format.Name
	File   string
}

// Outputs reads FORMAT and OUTPUT. If no format goes to standard output, the text report does, because a person is
// watching there.
func (c *OutputConfig) Outputs() ([]Output, error) {
	var outputs []Output
	var problems []error
	toStdout, toOutput := 0, false
	for _, item := range c.Format {
		word, file, named := strings.Cut(item, "=")
		var name format.Name
		if err := name.UnmarshalText([]byte(word)); err != nil {
			problems = append(problems, fmt.Errorf("FORMAT: %w", err))
			continue
		}
		switch {
		case named && file == "":
			problems = append(problems, fmt.Errorf("FORMAT: %q has no file after the =", item))
		case !named && c.Output != "" && !toOutput:
			file, toOutput = c.Output, true
		case !named:
			toStdout++
		}
		outputs = append(outputs, Output{name, file})
	}
	if c.Output != "" && !toOutput {
		if len(c.Format) > 0 {
			problems = append(problems, errors.New("OUTPUT: every format in FORMAT already has its own file; leave one without \"=file\""))
		}
		outputs = append(outputs, Output{format.Text, c.Output})
	}
	if toStdout > 1 {
		problems = append(problems, errors.New("FORMAT: only one format can go to standard output; write the others as format=file"))
	}
	if toStdout == 0 {
		outputs = append([]Output{{Format: format.Text}}, outputs...)
	}
	return outputs, errors.Join(problems...)
}

// WriteAll writes every output, and the findings to the file baseline unless that is empty. A failed output does not
// prevent the others. The error names all failures. If the reader of standard output closes it early (`| head`), that is
// not an error for a report for people.
func WriteAll(outputs []Output, baseline string, result *scan.Result, options format.Options, stdout io.Writer) error {
	err := writeOutputs(outputs, result, options, stdout)
	if baseline != "" {
		err = errors.Join(err, writeBaseline(baseline, result))
	}
	return err
}

// writeOutputs writes every output. A failed output does not prevent the others.
func writeOutputs(outputs []Output, result *scan.Result, options format.Options, stdout io.Writer) error {
	var problems []error
	for _, o := range outputs {
		if o.File == "" {
			if err := format.Write(stdout, o.Format, result, options); err != nil && (o.Format != format.Text || !errors.Is(err, syscall.EPIPE)) {
				problems = append(problems, fmt.Errorf("write the %s report to standard output: %w", o.Format, err))
			}
			continue
		}
		plain := options
		plain.Color, plain.Width = false, 0
		if err := writeFile(o.File, func(w io.Writer) error { return format.Write(w, o.Format, result, plain) }); err != nil {
			problems = append(problems, fmt.Errorf("write the %s report to %s: %w", o.Format, o.File, unwritable(err)))
		}
	}
	return errors.Join(problems...)
}

// writeBaseline writes the result's findings in the format of BASELINE.
func writeBaseline(name string, result *scan.Result) error {
	if err := writeFile(name, func(w io.Writer) error { return scan.WriteBaseline(w, result) }); err != nil {
		return fmt.Errorf("write the baseline to %s: %w", name, unwritable(err))
	}
	return nil
}

// unwritable adds advice about a file that cannot be written. It drops the path in the error, which is that of a
// temporary file.
func unwritable(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: create its folder first", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: name a file in a folder that user %d may write to", err, os.Getuid())
	}
	return err
}

// writeFile writes a file completely or not at all: on a full disk the old file stays. It writes directly to a device
// (/dev/stdout).
func writeFile(name string, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		return os.WriteFile(name, b.Bytes(), 0o644)
	}
	return atomicfile.Write(name, atomicfile.Options{Mode: 0o644}, func(temp *os.File) error { return write(temp) })
}
