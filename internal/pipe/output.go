package pipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

// Output is one format and where it goes; an empty File is standard output.
type Output struct {
	Format format.Name
	File   string
}

// Outputs reads FORMAT and OUTPUT. Without any, and when every format goes to a file, the text report goes to standard
// output, because a person is watching there.
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
			problems = append(problems, fmt.Errorf("FORMAT: %q names no file behind the =", item))
		case !named && c.Output != "" && !toOutput:
			file, toOutput = c.Output, true
		case !named:
			toStdout++
		}
		outputs = append(outputs, Output{name, file})
	}
	if c.Output != "" && !toOutput {
		if len(c.Format) > 0 {
			problems = append(problems, errors.New("OUTPUT: every format of FORMAT names its own file already; leave one without \"=file\""))
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

// WriteOutputs writes every output; one that fails does not keep the others from being written. dir is what relative
// file names are relative to.
func WriteOutputs(outputs []Output, result *scan.Result, options format.Options, dir string, stdout io.Writer) error {
	var problems []error
	for _, o := range outputs {
		if o.File == "" {
			if err := format.Write(stdout, o.Format, result, options); err != nil {
				problems = append(problems, fmt.Errorf("write the %s report to standard output: %w", o.Format, err))
			}
			continue
		}
		plain := options
		plain.Color, plain.Width = false, 0
		if err := writeFile(place(dir, o.File), func(w io.Writer) error { return format.Write(w, o.Format, result, plain) }); err != nil {
			problems = append(problems, fmt.Errorf("write the %s report: %w", o.Format, err))
		}
	}
	return errors.Join(problems...)
}

// WriteBaselineFile writes the findings of the result for BASELINE.
func WriteBaselineFile(name string, result *scan.Result) error {
	if err := writeFile(name, func(w io.Writer) error { return scan.WriteBaseline(w, result) }); err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}

func place(dir, name string) string {
	if dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// writeFile writes a file whole or not at all: a full disk leaves the old one. A device (/dev/stdout) is written to
// directly.
func writeFile(name string, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		return os.WriteFile(name, b.Bytes(), 0o644)
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	err = write(temp)
	if err == nil {
		err = temp.Chmod(0o644)
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}
