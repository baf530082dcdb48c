package manifest

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth limits the nesting of a file.
const maxDepth = 200

var (
	errJSON = errors.New("not valid JSON")
	errDeep = errors.New("nested too deep")
)

// jsonText walks a JSON text from beginning to end without building values, so that positions are known and the time is
// linear. It accepts comments and trailing commas, which the files of Bun and Deno may contain.
type jsonText struct {
	data  []byte
	at    int
	depth int
}

// jsonKey is the name of a member; Start and End are the offsets of its text including the quotes.
type jsonKey struct {
	name       string
	start, end int
}

// readJSON walks the one value of a file.
func readJSON(s *source, visit func(j *jsonText) error) error {
	j := &jsonText{data: s.data, at: len(byteOrderMark(s.data))}
	if kind := j.kind(); kind != '{' && !s.loose {
		return s.errAt(min(j.at, len(s.data)), "not a JSON object")
	}
	err := visit(j)
	if err == nil {
		if j.space(); j.at < len(j.data) {
			err = errJSON
		}
	}
	if errors.Is(err, errJSON) || errors.Is(err, errDeep) {
		return s.errAt(j.at, "%s", err)
	}
	return err
}

// byteOrderMark returns the byte order mark at the beginning, which Windows editors write.
func byteOrderMark(data []byte) []byte {
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return data[:3]
	}
	return nil
}

// space skips white space and comments.
func (j *jsonText) space() {
	for j.at < len(j.data) {
		switch c := j.data[j.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			j.at++
		case c == '/' && j.at+1 < len(j.data) && j.data[j.at+1] == '/':
			for j.at < len(j.data) && j.data[j.at] != '\n' {
				j.at++
			}
		case c == '/' && j.at+1 < len(j.data) && j.data[j.at+1] == '*':
			for j.at += 2; j.at < len(j.data) && !(j.data[j.at] == '/' && j.data[j.at-1] == '*'); j.at++ {
			}
			j.at = min(j.at+1, len(j.data))
		default:
			return
		}
	}
}

// kind returns the first byte of the next value, or 0 at the end.
func (j *jsonText) kind() byte {
	j.space()
	if j.at >= len(j.data) {
		return 0
	}
	return j.data[j.at]
}

// object calls visit for each member of the next value; visit must consume exactly the member's value. A value of
// another type is skipped, as programs skip unexpected values.
func (j *jsonText) object(visit func(key jsonKey) error) error {
	if j.kind() != '{' {
		return j.skip()
	}
	return j.list('}', func() error {
		key := jsonKey{start: j.at}
		var err error
		if key.name, err = j.quoted(); err != nil {
			return err
		}
		key.end = j.at
		if j.kind() != ':' {
			return errJSON
		}
		j.at++
		return visit(key)
	})
}

// array calls visit for each element of the next value; visit must consume exactly one value. A value of another type is
// skipped.
func (j *jsonText) array(visit func() error) error {
	if j.kind() != '[' {
		return j.skip()
	}
	return j.list(']', visit)
}

// list walks comma-separated elements up to the closing bracket.
func (j *jsonText) list(closing byte, visit func() error) error {
	if j.depth++; j.depth > maxDepth {
		return errDeep
	}
	j.at++
	for {
		switch j.kind() {
		case closing:
			j.at++
			j.depth--
			return nil
		case 0, ',':
			return errJSON
		}
		if err := visit(); err != nil {
			return err
		}
		switch j.kind() {
		case ',':
			j.at++
		case closing:
		default:
			return errJSON
		}
	}
}

// text returns the next value if it is a string, and "" otherwise.
func (j *jsonText) text() (string, error) {
	if j.kind() != '"' {
		return "", j.skip()
	}
	return j.quoted()
}

// placed returns the next value if it is a string, with the offsets of its text between the quotes.
func (j *jsonText) placed() (text string, start, end int, err error) {
	if j.kind() != '"' {
		return "", j.at, j.at, j.skip()
	}
	start = j.at + 1
	text, err = j.quoted()
	return text, start, j.at - 1, err
}

// version returns the next value as text if it is a string or a number, and its offset.
func (j *jsonText) version() (text string, start int, err error) {
	switch j.kind() {
	case '"':
		start = j.at
		text, err = j.quoted()
		return text, start, err
	case '{', '[':
		return "", j.at, j.skip()
	}
	start = j.at
	err = j.skip()
	return string(j.data[start:j.at]), start, err
}

// lockVersion reads the next value as the version of the file: see [source.lockVersion].
func (j *jsonText) lockVersion(s *source, oldest, newest int) error {
	text, start, err := j.version()
	if err == nil {
		s.lockVersion(text, start, oldest, newest)
	}
	return err
}

// texts appends the strings of the next value, if that is an array.
func (j *jsonText) texts(list *[]string) error {
	return j.array(func() error {
		text, err := j.text()
		if text != "" {
			*list = append(*list, text)
		}
		return err
	})
}

// names appends the names of the members of the next value, if that is an object.
func (j *jsonText) names(list *[]string) error {
	return j.object(func(key jsonKey) error {
		*list = append(*list, key.name)
		return j.skip()
	})
}

// boolean returns true if the next value is true, and false for every other value.
func (j *jsonText) boolean() (bool, error) {
	is := j.kind() == 't'
	return is, j.skip()
}

// skip skips the next value.
func (j *jsonText) skip() error {
	switch c := j.kind(); c {
	case '{':
		return j.object(func(jsonKey) error { return j.skip() })
	case '[':
		return j.array(j.skip)
	case '"':
		return j.passString()
	case 0, '}', ']', ',', ':':
		return errJSON
	}
	start := j.at
	for j.at < len(j.data) && bytes.IndexByte([]byte(",}] \t\n\r/\"{[:"), j.data[j.at]) < 0 {
		j.at++
	}
	switch word := j.data[start:j.at]; string(word) {
	case "true", "false", "null":
	default:
		if len(bytes.Trim(word, "+-.0123456789eE")) > 0 {
			j.at = start
			return errJSON
		}
	}
	if j.at < len(j.data) && bytes.IndexByte([]byte("\"{[:"), j.data[j.at]) >= 0 {
		return errJSON
	}
	return nil
}

// passString skips a string.
func (j *jsonText) passString() error {
	for i := j.at + 1; i < len(j.data); i++ {
		switch j.data[i] {
		case '"':
			j.at = i + 1
			return nil
		case '\\':
			i++
		}
	}
	j.at = len(j.data)
	return errJSON
}

// quoted returns the string at the current position.
func (j *jsonText) quoted() (string, error) {
	if j.at >= len(j.data) || j.data[j.at] != '"' {
		return "", errJSON
	}
	start := j.at + 1
	if err := j.passString(); err != nil {
		return "", err
	}
	raw := j.data[start : j.at-1]
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
