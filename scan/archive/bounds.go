package archive

import (
	"errors"
	"fmt"
	"io"

	"github.com/sluice-scan/sluice/scan"
)

// maxFailures is how many damaged parts of one archive are named.
const maxFailures = 10

// errStopped ends the work on the whole file: a bound was met, or the context ended.
var errStopped = errors.New("stopped")

// errFormat: the bytes are not what the format has there. Errors of readers are never shown, because they may quote.
var errFormat = errors.New("malformed")

// bounds counts what the work on one archive of the tree costs, and collects what there is to say of it.
type bounds struct {
	options Options
	// path and size are the outermost archive's.
	path string
	size int64
	// done gives the context's error.
	done func() error

	answer  scan.Unpacked
	entries int
	// failed counts the damaged parts.
	failed int
	// stop is errStopped once it is over.
	stop error
}

func (b *bounds) begin(path string, size int64, done func() error) {
	*b = bounds{options: b.options, path: path, size: size, done: done}
}

// end gives what there is to say.
func (b *bounds) end() scan.Unpacked {
	if n := b.failed - maxFailures; n > 0 {
		b.answer.Failures = append(b.answer.Failures, scan.Failure{Path: b.path, Err: fmt.Errorf("%s of it are damaged", scan.Plural(n, "more part", "more parts"))})
	}
	answer := b.answer
	b.begin("", 0, nil)
	return answer
}

// charge counts bytes that were unpacked, and looks at the bounds and the context.
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
	b.answer.Add(code, "looked into in part only, because "+why, b.path)
	b.stop = errStopped
	return b.stop
}

func (b *bounds) look() error {
	if b.done() != nil {
		b.stop = errStopped
	}
	return b.stop
}

// counted charges what is read from in.
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

// damaged names an archive, or a file in one, that could be read in part only.
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
