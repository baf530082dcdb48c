package syntax

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// MaxDepth limits the nesting of a file.
const MaxDepth = 200

var (
	errJSON = errors.New("not valid JSON")
	// ErrDeep is the error of a value that is nested deeper than MaxDepth.
	ErrDeep = errors.New("nested too deep")
)

// JSON walks a JSON text from beginning to end without building values, so that positions are known and the time is
// linear. It accepts comments and trailing commas, which the files of Bun and Deno may contain.
type JSON struct {
	data []byte
	// At is the offset of the next byte.
	At    int
	depth int
}

// Key is the name of a member; Start and End are the offsets of its text including the quotes.
type Key struct {
	Name       string
	Start, End int
}

// ReadJSON walks the one value of a file.
func ReadJSON(s *document.Source, visit func(j *JSON) error) error {
	j := &JSON{data: s.Data, At: len(ByteOrderMark(s.Data))}
	if kind := j.Kind(); kind != '{' && !s.Loose {
		return s.ErrAt(min(j.At, len(s.Data)), "not a JSON object")
	}
	err := visit(j)
	if err == nil {
		if j.space(); j.At < len(j.data) {
			err = errJSON
		}
	}
	if errors.Is(err, errJSON) || errors.Is(err, ErrDeep) {
		return s.ErrAt(j.At, "%s", err)
	}
	return err
}

// ByteOrderMark returns the byte order mark at the beginning, which Windows editors write.
func ByteOrderMark(data []byte) []byte {
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return data[:3]
	}
	return nil
}

// space skips white space and comments.
func (j *JSON) space() {
	for j.At < len(j.data) {
		switch c := j.data[j.At]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			j.At++
		case c == '/' && j.At+1 < len(j.data) && j.data[j.At+1] == '/':
			for j.At < len(j.data) && j.data[j.At] != '\n' {
				j.At++
			}
		case c == '/' && j.At+1 < len(j.data) && j.data[j.At+1] == '*':
			for j.At += 2; j.At < len(j.data) && !(j.data[j.At] == '/' && j.data[j.At-1] == '*'); j.At++ {
			}
			j.At = min(j.At+1, len(j.data))
		default:
			return
		}
	}
}

// Kind returns the first byte of the next value, or 0 at the end.
func (j *JSON) Kind() byte {
	j.space()
	if j.At >= len(j.data) {
		return 0
	}
	return j.data[j.At]
}

// Object calls visit for each member of the next value; visit must consume exactly the member's value. A value of
// another type is skipped, as programs skip unexpected values.
func (j *JSON) Object(visit func(key Key) error) error {
	if j.Kind() != '{' {
		return j.Skip()
	}
	return j.list('}', func() error {
		key := Key{Start: j.At}
		var err error
		if key.Name, err = j.quoted(); err != nil {
			return err
		}
		key.End = j.At
		if j.Kind() != ':' {
			return errJSON
		}
		j.At++
		return visit(key)
	})
}

// Array calls visit for each element of the next value; visit must consume exactly one value. A value of another type is
// skipped.
func (j *JSON) Array(visit func() error) error {
	if j.Kind() != '[' {
		return j.Skip()
	}
	return j.list(']', visit)
}

// list walks comma-separated elements up to the closing bracket.
func (j *JSON) list(closing byte, visit func() error) error {
	if j.depth++; j.depth > MaxDepth {
		return ErrDeep
	}
	j.At++
	for {
		switch j.Kind() {
		case closing:
			j.At++
			j.depth--
			return nil
		case 0, ',':
			return errJSON
		}
		if err := visit(); err != nil {
			return err
		}
		switch j.Kind() {
		case ',':
			j.At++
		case closing:
		default:
			return errJSON
		}
	}
}

// Text returns the next value if it is a string, and "" otherwise.
func (j *JSON) Text() (string, error) {
	if j.Kind() != '"' {
		return "", j.Skip()
	}
	return j.quoted()
}

// Placed returns the next value if it is a string, with the offsets of its text between the quotes.
func (j *JSON) Placed() (text string, start, end int, err error) {
	if j.Kind() != '"' {
		return "", j.At, j.At, j.Skip()
	}
	start = j.At + 1
	text, err = j.quoted()
	return text, start, j.At - 1, err
}

// Version returns the next value as text if it is a string or a number, and its offset.
func (j *JSON) Version() (text string, start int, err error) {
	switch j.Kind() {
	case '"':
		start = j.At
		text, err = j.quoted()
		return text, start, err
	case '{', '[':
		return "", j.At, j.Skip()
	}
	start = j.At
	err = j.Skip()
	return string(j.data[start:j.At]), start, err
}

// LockVersion reads the next value as the version of the file: see [document.Source.LockVersion].
func (j *JSON) LockVersion(s *document.Source, oldest, newest int) error {
	text, start, err := j.Version()
	if err == nil {
		s.LockVersion(text, start, oldest, newest)
	}
	return err
}

// Texts appends the strings of the next value, if that is an array.
func (j *JSON) Texts(list *[]string) error {
	return j.Array(func() error {
		text, err := j.Text()
		if text != "" {
			*list = append(*list, text)
		}
		return err
	})
}

// Names appends the names of the members of the next value, if that is an object.
func (j *JSON) Names(list *[]string) error {
	return j.Object(func(key Key) error {
		*list = append(*list, key.Name)
		return j.Skip()
	})
}

// Boolean returns true if the next value is true, and false for every other value.
func (j *JSON) Boolean() (bool, error) {
	is := j.Kind() == 't'
	return is, j.Skip()
}

// Skip skips the next value.
func (j *JSON) Skip() error {
	switch c := j.Kind(); c {
	case '{':
		return j.Object(func(Key) error { return j.Skip() })
	case '[':
		return j.Array(j.Skip)
	case '"':
		return j.passString()
	case 0, '}', ']', ',', ':':
		return errJSON
	}
	start := j.At
	for j.At < len(j.data) && bytes.IndexByte([]byte(",}] \t\n\r/\"{[:"), j.data[j.At]) < 0 {
		j.At++
	}
	switch word := j.data[start:j.At]; string(word) {
	case "true", "false", "null":
	default:
		if len(bytes.Trim(word, "+-.0123456789eE")) > 0 {
			j.At = start
			return errJSON
		}
	}
	if j.At < len(j.data) && bytes.IndexByte([]byte("\"{[:"), j.data[j.At]) >= 0 {
		return errJSON
	}
	return nil
}

// passString skips a string.
func (j *JSON) passString() error {
	for i := j.At + 1; i < len(j.data); i++ {
		switch j.data[i] {
		case '"':
			j.At = i + 1
			return nil
		case '\\':
			i++
		}
	}
	j.At = len(j.data)
	return errJSON
}

// quoted returns the string at the current position.
func (j *JSON) quoted() (string, error) {
	if j.At >= len(j.data) || j.data[j.At] != '"' {
		return "", errJSON
	}
	start := j.At + 1
	if err := j.passString(); err != nil {
		return "", err
	}
	raw := j.data[start : j.At-1]
	for _, c := range raw {
		if c == '\\' {
			return unescape(raw), nil
		}
	}
	return string(raw), nil
}

// unescape decodes the escapes of RFC 8259, section 7; unknown ones are kept.
func unescape(raw []byte) string {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			out = append(out, raw[i])
			continue
		}
		i++
		switch raw[i] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hexRune(raw, i+1)
			if !ok {
				out = append(out, 'u')
				continue
			}
			i += 4
			if low, ok := hexRune(raw, i+3); utf16.IsSurrogate(r) && ok && i+2 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u' {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					r = both
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, raw[i])
		}
	}
	return string(out)
}

func hexRune(raw []byte, at int) (rune, bool) {
	if at+4 > len(raw) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[at:at+4]), 16, 32)
	return rune(n), err == nil
}
