package sbom

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// writer writes an object member by member, with one list element per line, so that SBOMs can be compared as text. It
// keeps the first error, so that the code reads in the order of the output.
type writer struct {
	w       *bufio.Writer
	buf     bytes.Buffer
	members int
	err     error
}

func newWriter(w io.Writer) *writer {
	out := &writer{w: bufio.NewWriterSize(w, 64<<10)}
	out.raw("{")
	return out
}

func (w *writer) raw(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}

func (w *writer) value(v any) {
	if w.err != nil {
		return
	}
	w.buf.Reset()
	encoder := json.NewEncoder(&w.buf)
	encoder.SetEscapeHTML(false)
	if w.err = encoder.Encode(v); w.err == nil {
		_, w.err = w.w.Write(bytes.TrimSuffix(w.buf.Bytes(), []byte{'\n'}))
	}
}

func (w *writer) name(name string) {
	if w.members++; w.members > 1 {
		w.raw(",")
	}
	w.raw("\n  \"" + name + "\": ")
}

func (w *writer) member(name string, v any) {
	w.name(name)
	w.value(v)
}

// list writes n elements and makes each one only when it is written.
func (w *writer) list(name string, n int, element func(int) any) {
	w.name(name)
	w.raw("[")
	for i := range n {
		if i > 0 {
			w.raw(",")
		}
		w.raw("\n    ")
		w.value(element(i))
	}
	if n > 0 {
		w.raw("\n  ")
	}
	w.raw("]")
}

// end closes the object and returns the first error.
func (w *writer) end(format string) error {
	w.raw("\n}\n")
	if w.err == nil {
		w.err = w.w.Flush()
	}
	if w.err != nil {
		return fmt.Errorf("write %s: %w", format, w.err)
	}
	return nil
}
