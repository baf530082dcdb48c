// Package jsonstream writes JSON for files and services: without HTML escapes, and large documents piece by piece, so
// that memory does not grow with them.
package jsonstream

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// Line returns v as JSON on one line, with a line feed.
func Line(v any) ([]byte, error) { return encode(v, "") }

// Indented returns v as indented JSON (two blanks), with a line feed at the end.
func Indented(v any) ([]byte, error) { return encode(v, "  ") }

func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	err := encodeTo(&b, v, indent)
	return b.Bytes(), err
}

func encodeTo(b *bytes.Buffer, v any, indent string) error {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	return encoder.Encode(v)
}

// Writer writes a document from top to bottom. It keeps the first error and then writes nothing more, so the caller
// checks once, at the end. It is for one goroutine.
type Writer struct {
	w   *bufio.Writer
	buf bytes.Buffer
	err error
}

// NewWriter returns a writer with its own buffer. Call [Writer.Flush] at the end.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Raw writes text unchanged.
func (w *Writer) Raw(text string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(text)
	}
}

// Value writes v as JSON on the current line.
func (w *Writer) Value(v any) {
	if w.err != nil {
		return
	}
	w.buf.Reset()
	if w.err = encodeTo(&w.buf, v, ""); w.err == nil {
		_, w.err = w.w.Write(bytes.TrimSuffix(w.buf.Bytes(), []byte{'\n'}))
	}
}

// Flush writes the buffer and returns the first error.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.err
}
