package coding

import "bytes"

// Form is a way to write text down.
type Form int

// The forms.
const (
	FormBase64 Form = iota
	FormHex
	FormPercent
	FormEscape
	FormQuotedPrintable
)

var formNames = [...]string{
	FormBase64: "base64", FormHex: "hexadecimal", FormPercent: "percent encoding", FormEscape: "escapes",
	FormQuotedPrintable: "quoted-printable",
}

// String returns the name of the form, for messages.
func (f Form) String() string { return formNames[f] }

// Text is decoded text with the places that its bytes come from. The zero value is ready for use; each decoding method
// replaces the content and reuses the buffers.
type Text struct {
	Bytes []byte
	Form  Form
	// places holds the offset in the file for every step-th byte, and one more for the end.
	places []uint32
	step   int
}

func (t *Text) begin(form Form, step int) {
	t.Bytes, t.places, t.Form, t.step = t.Bytes[:0], t.places[:0], form, step
}

// add appends a byte that stands at an offset of the file.
func (t *Text) add(b byte, at int) {
	t.Bytes = append(t.Bytes, b)
	t.places = append(t.places, uint32(at))
}

// end notes where the encoded text ends.
func (t *Text) end(at int) { t.places = append(t.places, uint32(at)) }

// Source returns the part of the file that Bytes[start:end] comes from.
func (t *Text) Source(data []byte, start, end int) (from, to int) {
	at := (end + t.step - 1) / t.step
	if t.Form == FormBase64 && t.step == 1 {
		// A character has two bytes: its end may lie in the digits of the next one.
		at = min(at+2, len(t.places)-1)
	}
	from, to = int(t.places[start/t.step]), int(t.places[at])
	for t.Form == FormBase64 && to > from && !IsDigit(data[to-1]) && data[to-1] != '=' {
		to--
	}
	return from, to
}

// Narrow turns base64 of UTF-16 into one byte a character. It changes nothing and returns false for any other text.
func (t *Text) Narrow() bool {
	if !isUTF16(t.Bytes) {
		return false
	}
	// Three bytes shared a place; now each character has its own.
	places := t.places
	end := places[len(places)-1]
	t.places = make([]uint32, 0, len(t.Bytes)/2+1)
	kept := t.Bytes[:0]
	for i := 0; i < len(t.Bytes); i += 2 {
		kept = append(kept, t.Bytes[i])
		t.places = append(t.places, places[i/3])
	}
	t.Bytes, t.step = kept, 1
	t.places = append(t.places, end)
	return true
}

// Printable reports whether the decoded bytes are text, ASCII or beyond.
func (t *Text) Printable() bool {
	for _, b := range t.Bytes {
		if !isText(b) && b < 0x80 {
			return false
		}
	}
	return true
}

// Label puts "name: " before the decoded base64, as a plain file would write it, and drops the line end behind it. The
// name belongs to offset at of the file.
func (t *Text) Label(name []byte, at int) {
	label := make([]byte, 0, len(name)+2+t.step+len(t.Bytes))
	label = append(append(label, name...), ": "...)
	for len(label)%t.step != 0 {
		label = append(label, ' ')
	}
	places := make([]uint32, 0, len(label)/t.step+len(t.places))
	for range len(label) / t.step {
		places = append(places, uint32(at))
	}
	label = append(label, bytes.TrimRight(t.Bytes, "\r\n")...)
	places = append(places, t.places...)
	t.Bytes, t.places = label, places
}
