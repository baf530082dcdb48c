package sbom

import (
	"fmt"
	"io"

	"github.com/sluice-scan/sluice/scan/jsonstream"
)

// writer writes an object member by member, with one list element per line, so that SBOMs can be compared as text. It
// keeps the first error, so that the code reads in the order of the output.
type writer struct {
	*jsonstream.Writer
	members int
}

func newWriter(w io.Writer) *writer {
	out := &writer{Writer: jsonstream.NewWriter(w)}
	out.Raw("{")
	return out
}

func (w *writer) name(name string) {
	if w.members++; w.members > 1 {
		w.Raw(",")
	}
	w.Raw("\n  \"" + name + "\": ")
}

func (w *writer) member(name string, v any) {
	w.name(name)
	w.Value(v)
}

// list writes n elements and makes each one only when it is written.
func (w *writer) list(name string, n int, element func(int) any) {
	w.name(name)
	w.Raw("[")
	for i := range n {
		if i > 0 {
			w.Raw(",")
		}
		w.Raw("\n    ")
		w.Value(element(i))
	}
	if n > 0 {
		w.Raw("\n  ")
	}
	w.Raw("]")
}

// end closes the object and returns the first error.
func (w *writer) end(format string) error {
	w.Raw("\n}\n")
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", format, err)
	}
	return nil
}
