package coding

import (
	"bytes"
	"encoding/base64"
	"slices"
)

// DecodeBase64 decodes base64 in either alphabet, with or without padding. It returns nil when text is not base64.
func DecodeBase64(text []byte) []byte {
	text = bytes.TrimRight(text, "=")
	encoding := base64.RawStdEncoding
	if bytes.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	decoded := make([]byte, encoding.DecodedLen(len(text)))
	n, err := encoding.Decode(decoded, text)
	if err != nil {
		return nil
	}
	return decoded[:n]
}

// BeginsLikeText reports whether the first 16 base64 digits decode to text, in one byte or two bytes a character.
func BeginsLikeText(digits []byte) bool {
	var head [12]byte
	for i := range 4 {
		if 4*i+4 > len(digits) {
			return false
		}
		var word uint32
		for _, b := range digits[4*i:][:4] {
			word = word<<6 | uint32(digitOf[b])
		}
		head[3*i], head[3*i+1], head[3*i+2] = byte(word>>16), byte(word>>8), byte(word)
	}
	return !slices.ContainsFunc(head[:], func(b byte) bool { return !isText(b) }) || isUTF16(head[:])
}

// Base64 decodes the digits data[start:end] and returns the offset behind the last digit and its padding. When the run
// fills its line, decoding continues on the next line. It stops at limit decoded bytes.
func (t *Text) Base64(data []byte, start, end, limit int) int {
	t.begin(FormBase64, 3)
	stop := start
	for {
		var word uint32
		n := 0
		for i := start; i < end && len(t.Bytes) < limit-2; i++ {
			if n == 0 {
				t.places = append(t.places, uint32(i))
			}
			word = word<<6 | uint32(digitOf[data[i]])
			if n++; n == 4 {
				t.Bytes = append(t.Bytes, byte(word>>16), byte(word>>8), byte(word))
				word, n = 0, 0
			}
		}
		switch n {
		case 3:
			t.Bytes = append(t.Bytes, byte(word>>10), byte(word>>2))
		case 2:
			t.Bytes = append(t.Bytes, byte(word>>4))
		}
		stop = end
		next, more := nextLine(data, start, end)
		if n != 0 || end-start < MinRun || more-next < 4 {
			break
		}
		start, end = next, more
	}
	for stop < len(data) && data[stop] == '=' {
		stop++
	}
	t.places = append(t.places, uint32(stop))
	return stop
}

// nextLine returns the digits of the line behind the run data[start:end], when both lines hold nothing else but white
// space, quotes and the signs that join string literals. Both offsets are 0 when the run ends here.
func nextLine(data []byte, start, end int) (from, to int) {
	at := end
	for at < len(data) && at-end < 8 && bytes.IndexByte([]byte(" \t\r\"'\\+,"), data[at]) >= 0 && !IsDigit(data[at]) {
		at++
	}
	switch {
	case at < len(data) && data[at] == '\n':
		at++
	case at > end && at < len(data) && data[at] == 'n' && data[at-1] == '\\':
		at++
	default:
		return 0, 0
	}
	for line := at; at < len(data) && at-line < 64 && bytes.IndexByte([]byte(" \t\"'"), data[at]) >= 0; {
		at++
	}
	from = at
	for at < len(data) && at-from <= end-start && IsDigit(data[at]) {
		at++
	}
	if at-from > end-start {
		return 0, 0
	}
	return from, at
}
