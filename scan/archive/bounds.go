package archive

import (
	"errors"
	"fmt"
	"io"

	"github.com/sluice-scan/sluice/scan"
)

// maxFailures limits how many damaged parts of one archive are named.
const maxFailures = 10

// errStopped ends the work on the whole file: a limit was reached, or the context ended.
var errStopped = errors.New("stopped")

// errFormat means that the bytes do not follow the format. The errors of readers are never shown, because they may quote
// content.
var errFormat = errors.New("malformed")

// bounds counts the cost of one archive of the tree, and collects what to report about it.
type bounds struct {
	options Options
	// path and size belong to the outermost archive.
	path string
	size int64
	// done returns the context's error.
	done func() error

	answer  scan.Unpacked
	entries int
	// failed counts the damaged parts.
	failed int
	// stop is errStopped once the work must end.
	stop error
}

func (b *bounds) begin(path string, size int64, done func() error) {
	*b = bounds{options: b.options, path: path, size: size, done: done}
}

// end returns what to report.
func (b *bounds) end() scan.Unpacked {
	if n := b.failed - maxFailures; n > 0 {
		b.answer.Failures = append(b.answer.Failures, scan.Failure{Path: b.path, Err: fmt.Errorf("%s of it are damaged", scan.Plural(n, "more part", "more parts"))})
	}
	answer := b.answer
	b.begin("", 0, nil)
	return answer
}

// charge counts unpacked bytes, and checks the limits and the context.
func (b *bounds) charge(n int) error {
	if b.stop != nil {
		return b.stop
	}
	b.answer.Bytes += int64(n)
	o := &b.options
	switch total := b.answer.Bytes; {
	case total > o.MaxBytes:
		return b.exceeded("archive-bytes", "larger than "+scan.Megabytes(o.MaxBytes)+" when unpacked")
	case total > o.RatioFrom && total/o.MaxRatio >= b.size:
		return b.exceeded("archive-ratio", fmt.Sprintf("more than %d times larger when unpacked", o.MaxRatio))
	}
	return b.look()
}

// count counts an entry.
func (b *bounds) count() error {
	if b.stop != nil {
		return b.stop
	}
	if b.entries++; b.entries > b.options.MaxEntries {
		return b.exceeded("archive-entries", "of more than "+scan.Plural(b.options.MaxEntries, "entry", "entries"))
	}
	return b.look()
}

func (b *bounds) exceeded(code, why string) error {
	b.answer.Add(code, "opened only in part, because "+why, b.path)
	b.stop = errStopped
	return b.stop
}

func (b *bounds) look() error {
	if b.done() != nil {
		b.stop = errStopped
	}
	return b.stop
}

// counted returns a reader that charges the bytes that are read from in.
func (b *bounds) counted(in io.Reader) io.Reader { return &countedReader{in, b} }

type countedReader struct {
	in     io.Reader
	bounds *bounds
}

func (c *countedReader) Read(p []byte) (int, error) {
	if c.bounds.stop != nil {
		return 0, c.bounds.stop
	}
	n, err := c.in.Read(p)
	if stop := c.bounds.charge(n); stop != nil {
		return n, stop
	}
	return n, err
}

// damaged records an archive, or a file in one, that could be read only in part.
func (b *bounds) damaged(path string, err error) {
	if b.stop != nil {
		return
	}
	if b.failed++; b.failed > maxFailures {
		return
	}
	what := "damaged"
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		what = "cut off"
	}
	b.answer.Failures = append(b.answer.Failures, scan.Failure{Path: path, Err: fmt.Errorf("unpacked in part only, because the archive is %s there", what)})
}
