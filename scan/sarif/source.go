package sarif

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

var errTooLarge = errors.New("too large")

// source is the text of a log as UTF-8 without a byte order mark. It counts the bytes that it returns, for the limit and
// for the line number of an error.
type source struct {
	r     io.Reader
	left  int64
	bytes int64
	lines int64
}

// newSource checks the first bytes of r for a byte order mark of UTF-8 or UTF-16. More than maxBytes bytes of UTF-8 give
// errTooLarge.
func newSource(r io.Reader, maxBytes int64) *source {
	buffered := bufio.NewReaderSize(r, 64<<10)
	mark, _ := buffered.Peek(3)
	s := &source{r: buffered, left: maxBytes}
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		_, _ = buffered.Discard(3)
	case bytes.HasPrefix(mark, []byte("\xff\xfe")):
		_, _ = buffered.Discard(2)
		s.r = &wideReader{r: buffered, order: binary.LittleEndian}
	case bytes.HasPrefix(mark, []byte("\xfe\xff")):
		_, _ = buffered.Discard(2)
		s.r = &wideReader{r: buffered, order: binary.BigEndian}
	}
	return s
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.left < 0 {
		return 0, errTooLarge
	}
	// Reading one byte past the limit distinguishes a log of exactly the limit from a longer one.
	if int64(len(p)) > s.left+1 {
		p = p[:s.left+1]
	}
	n, err := s.r.Read(p)
	s.left -= int64(n)
	s.bytes += int64(n)
	s.lines += int64(bytes.Count(p[:n], []byte{'\n'}))
	if s.left < 0 {
		return n - 1, errTooLarge
	}
	return n, err
}

// wideReader converts UTF-16 to UTF-8. A lone surrogate and an odd last byte become U+FFFD.
type wideReader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	out   []byte
	high  rune
}

func (w *wideReader) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		if err := w.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

func (w *wideReader) fill() error {
	chunk, err := w.r.Peek(32 << 10)
	if len(chunk) == 0 {
		if w.high != 0 {
			w.high = 0
			w.out = utf8.AppendRune(nil, utf8.RuneError)
			return nil
		}
		return err
	}
	out := make([]byte, 0, len(chunk)*3/2+utf8.UTFMax)
	even := len(chunk) &^ 1
	for i := 0; i < even; i += 2 {
		unit := rune(w.order.Uint16(chunk[i:]))
		if w.high != 0 {
			if pair := utf16.DecodeRune(w.high, unit); pair != utf8.RuneError {
				out = utf8.AppendRune(out, pair)
				w.high = 0
				continue
			}
			out = utf8.AppendRune(out, utf8.RuneError)
			w.high = 0
		}
		if unit >= 0xd800 && unit < 0xdc00 {
			w.high = unit
			continue
		}
		out = utf8.AppendRune(out, unit)
	}
	if even == 0 {
		out = utf8.AppendRune(out, utf8.RuneError)
		even = 1
	}
	_, _ = w.r.Discard(even)
	w.out = out
	return nil
}

// place returns the decoder's position in the log: "line 3, byte offset 120". To locate a syntax error in the next
// value, it scans the decoder's buffer.
func (s *source) place(decoder *json.Decoder) string {
	offset := decoder.InputOffset()
	rest, _ := io.ReadAll(decoder.Buffered())
	line := s.lines - int64(bytes.Count(rest, []byte{'\n'})) + 1
	trimmed := bytes.TrimLeft(rest, " \t\r\n,:")
	skipped := len(rest) - len(trimmed)
	line += int64(bytes.Count(rest[:skipped], []byte{'\n'}))
	offset += int64(skipped)
	var syntax *json.SyntaxError
	if err := json.NewDecoder(bytes.NewReader(trimmed)).Decode(new(ignored)); errors.As(err, &syntax) && syntax.Offset > 0 {
		at := min(int(syntax.Offset)-1, len(trimmed))
		line += int64(bytes.Count(trimmed[:at], []byte{'\n'}))
		offset += int64(at)
	}
	return fmt.Sprintf("line %d, byte offset %d", line, offset)
}

// ignored is a value that is skipped.
type ignored struct{}

func (*ignored) UnmarshalJSON([]byte) error { return nil }
