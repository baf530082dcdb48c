package secret

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// Limits of decoding, so that a file made to blow up costs no more than any other of its size.
const (
	// maxDepth is how many codings may lie over each other.
	maxDepth = 3
	// maxDecoded bounds the decoded bytes of one file, nested ones included.
	maxDecoded = 1 << 20
	// minRun is the length of the shortest run of base64 or hexadecimal digits that is decoded.
	minRun = 40
	// minDecoded is the length of the shortest decoded text that is looked at.
	minDecoded = 8
	// maxEscaped bounds what is decoded around an escape, behind it, and maxBefore in front of it.
	maxEscaped = 4096
	maxBefore  = 512
)

// coding is how a text is written down.
type coding int

const (
	codingBase64 coding = iota
	codingHex
	codingPercent
	codingEscape
	codingQuotedPrintable
)

var codingNames = [...]string{
	codingBase64: "base64", codingHex: "hexadecimal", codingPercent: "percent encoding", codingEscape: "escapes",
	codingQuotedPrintable: "quoted-printable",
}

// decoders are the matchers of the marks of codings other than base64 and hexadecimal.
var decoders = []struct {
	literals []string
	run      matcher
}{
	{[]string{"%3a", "%40", "%5f", "%2d", "%2e", "%2b", "%3d", "%2f%2f"}, matchPercent},
	{[]string{`\u00`, `\x2d`, `\x3a`, `\x40`, `\x5f`, `:\/\/`}, matchEscape},
	{[]string{"transfer-encoding: quoted-printable"}, matchQuotedPrintable},
	{[]string{"kind: secret", `kind: "secret"`, `"kind": "secret"`, `"kind":"secret"`}, matchManifest},
}

// nested scans decoded text, which t.scratch holds, with the rules that know a shape or a structure; places gives by
// byte of it (or by step bytes) the offset in t.data, and one more for the end. With guesses, the names of the decoded
// text count too: it is known to be secret.
func (t *text) nested(how coding, step int, guesses bool) {
	if t.depth == maxDepth || len(t.scratch) > t.budget || len(t.scratch) < minDecoded {
		return
	}
	d := t.detector
	child := d.pool.Get().(*text)
	child.begin(t.scratch, t.path, t.depth+1, t.budget-len(t.scratch))
	child.shapesOnly = !guesses
	child.masking, child.masked = t.masking, child.masked[:0]
	for from := 0; from < len(child.data) && len(child.found) < maxFindings; from += chunkSize {
		child.chunk(from, min(from+chunkSize, len(child.data)))
	}
	t.budget = child.budget
	last := -1
	for _, c := range child.resolve() {
		start, end := t.source(how, step, c.start, c.end)
		start = max(start, last)
		decoded := child.data[c.start:c.end]
		if start >= end || how != codingBase64 && bytes.Equal(decoded, t.data[start:end]) {
			// It stands in the text as it is, and was found there.
			continue
		}
		if c.decoded == "" {
			c.decoded = string(decoded)
		}
		c.note = joinNotes(c.note, how)
		c.start, c.end = start, end
		c.matchStart, c.matchEnd = start, end
		last = end
		t.found = append(t.found, c)
	}
	for _, m := range child.masked {
		t.mask(t.source(how, step, m.start, m.end))
	}
	child.data, child.masking = nil, false
	d.pool.Put(child)
}

// source gives the part of t.data from which scratch[start:end] comes.
func (t *text) source(how coding, step, start, end int) (from, to int) {
	at := (end + step - 1) / step
	if how == codingBase64 && step == 1 {
		// Two bytes a character: the last one's end may lie in the digits of the next.
		at = min(at+2, len(t.places)-1)
	}
	from, to = int(t.places[start/step]), int(t.places[at])
	for how == codingBase64 && to > from && !runByte(t.data[to-1]) && t.data[to-1] != '=' {
		to--
	}
	return from, to
}

func joinNotes(note string, how coding) string {
	if note != "" {
		note += " "
	}
	return note + "It is written in " + codingNames[how] + "."
}

// decodable reports whether encoded text is looked for at all: not in lock files and what programs wrote, which are full
// of hashes and of text that a person never saw.
func (t *text) decodable() bool { return !t.path.lock && t.depth < maxDepth && !t.generated() }

// eachByte and highBits have one bit set in each of eight bytes.
const (
	eachByte = 0x0101010101010101
	highBits = 0x8080808080808080
)

// runs looks for runs of base64 or hexadecimal digits that begin before an offset. In a run of minRun bytes eight bytes
// in a row stand at a multiple of stride from wherever one looks; so one look at each is enough, and most end it.
func (t *text) runs(to int) {
	const stride = minRun - 8
	data := t.data
	for at := max(t.run, 0); ; {
		for at+8 <= len(data) && at < to && below(binary.LittleEndian.Uint64(data[at:])) {
			at += stride
		}
		if at >= to || at+8 > len(data) {
			t.run = at
			return
		}
		if !roomy(data, at) {
			at += stride
			continue
		}
		start := at
		for start > t.runEnd && runByte(data[start-1]) {
			start--
		}
		end := at
		for end < len(data) && runByte(data[end]) {
			end++
		}
		if end-start >= minRun {
			end = t.decodeRun(start, end)
		}
		t.runEnd = min(end, len(data))
		// The next run begins behind end, and holds what stands a stride further.
		at = max(end, at) + stride
	}
}

// roomy reports whether a run of minRun bytes can lie around the eight bytes at an offset: to one side of them it has
// sixteen more.
func roomy(data []byte, at int) bool {
	return at+24 <= len(data) && !below(binary.LittleEndian.Uint64(data[at+8:])) && !below(binary.LittleEndian.Uint64(data[at+16:])) ||
		at >= 16 && !below(binary.LittleEndian.Uint64(data[at-8:])) && !below(binary.LittleEndian.Uint64(data[at-16:]))
}

// below reports whether one of eight bytes is less than "+".
func below(word uint64) bool { return (word-'+'*eachByte) & ^word & highBits != 0 }

// digitOf gives the value of each digit of base64, in either alphabet; 0xff for other bytes.
var digitOf = func() (table [256]uint8) {
	for i := range table {
		table[i] = 0xff
	}
	for i, b := range []byte(ascii.UpperLetters + ascii.LowerLetters + ascii.Decimals + "+/") {
		table[b] = uint8(i)
	}
	table['-'], table['_'] = 62, 63
	return table
}()

func runByte(b byte) bool { return digitOf[b] != 0xff }

// decodeRun decodes the digits at data[start:end] when they hold text, and gives the end of what it has taken, which is
// behind end when the run goes on over several lines.
func (t *text) decodeRun(start, end int) int {
	if t.generated() || t.inImage(start) || t.path.syntax == syntaxCode && t.depth == 0 && t.minified(start, end) {
		return end
	}
	if hexStart := start; t.data[start] == '0' && (t.data[start+1] == 'x' || t.data[start+1] == 'X') {
		hexStart += 2
		if t.decodeHex(hexStart, end) {
			return end
		}
	} else if t.decodeHex(start, end) {
		return end
	}
	if !t.textInBase64(start, end) {
		return end
	}
	stop := t.decodeBase64(start, end)
	if utf16Text(t.scratch) {
		t.narrow()
		t.nested(codingBase64, 1, false)
		return stop
	}
	t.nested(codingBase64, 3, false)
	return stop
}

// inImage reports whether a run belongs to a data URL of a picture, a font or a sound.
func (t *text) inImage(start int) bool {
	before := t.data[max(0, start-64):start]
	at := bytes.LastIndex(before, []byte("data:"))
	return at >= 0 && bytes.HasSuffix(before, []byte("base64,")) && !bytes.HasPrefix(before[at:], []byte("data:text")) &&
		!bytes.HasPrefix(before[at:], []byte("data:application/json"))
}

// minified reports whether a run stands on a long line of a program that is not mostly the run itself.
func (t *text) minified(start, end int) bool {
	return t.longLine(start) && end-start < maxLine/2
}

// decodeHex decodes hexadecimal digits that hold text, and scans it.
func (t *text) decodeHex(start, end int) bool {
	if (end-start)%2 == 1 || end-start < minRun || !ascii.OnlyOf(t.data[start:end], ascii.ClassHex, "") {
		return false
	}
	t.scratch, t.places = t.scratch[:0], t.places[:0]
	for i := start; i < end && len(t.scratch) < t.budget; i += 2 {
		b := hexDigit(t.data[i])<<4 | hexDigit(t.data[i+1])
		if !textByte(b) && i < start+32 {
			return true
		}
		t.scratch = append(t.scratch, b)
		t.places = append(t.places, uint32(i))
	}
	t.places = append(t.places, uint32(end))
	t.nested(codingHex, 1, false)
	return true
}

func hexDigit(b byte) byte {
	if ascii.Is(b, ascii.ClassDigit) {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

func textByte(b byte) bool { return b >= ' ' && b < 0x7f || b == '\n' || b == '\r' || b == '\t' }

// textInBase64 reports whether the first digits of a run decode to text, in one byte or two a character.
func (t *text) textInBase64(start, end int) bool {
	var head [12]byte
	for i := range 4 {
		if start+4*i+4 > end {
			return false
		}
		var word uint32
		for _, b := range t.data[start+4*i:][:4] {
			word = word<<6 | uint32(digitOf[b])
		}
		head[3*i], head[3*i+1], head[3*i+2] = byte(word>>16), byte(word>>8), byte(word)
	}
	return !slices.ContainsFunc(head[:], func(b byte) bool { return !textByte(b) }) || utf16Text(head[:])
}

// utf16Text reports whether text begins in UTF-16, little-endian, as PowerShell's encoded commands do.
func utf16Text(text []byte) bool {
	if len(text) < 12 {
		return false
	}
	for i, b := range text[:12] {
		if i%2 == 0 && !textByte(b) || i%2 == 1 && b != 0 {
			return false
		}
	}
	return true
}

// narrow drops every other byte of the scratch text.
func (t *text) narrow() {
	// A place a byte, in the place of one for three.
	places := t.places
	end := places[len(places)-1]
	t.places = make([]uint32, 0, len(t.scratch)/2+1)
	kept := t.scratch[:0]
	for i := 0; i < len(t.scratch); i += 2 {
		kept = append(kept, t.scratch[i])
		t.places = append(t.places, places[i/3])
	}
	t.scratch = kept
	t.places = append(t.places, end)
}

// decodeBase64 fills the scratch text from a run, with a place for every three bytes of it, and gives the end of the
// run: one that fills its line goes on with the digits of the next.
func (t *text) decodeBase64(start, end int) int {
	t.scratch, t.places = t.scratch[:0], t.places[:0]
	stop := start
	for {
		var word uint32
		n := 0
		for i := start; i < end && len(t.scratch) < t.budget-2; i++ {
			if n == 0 {
				t.places = append(t.places, uint32(i))
			}
			word = word<<6 | uint32(digitOf[t.data[i]])
			if n++; n == 4 {
				t.scratch = append(t.scratch, byte(word>>16), byte(word>>8), byte(word))
				word, n = 0, 0
			}
		}
		switch n {
		case 3:
			t.scratch = append(t.scratch, byte(word>>10), byte(word>>2))
		case 2:
			t.scratch = append(t.scratch, byte(word>>4))
		}
		stop = end
		next, more := t.nextLine(start, end)
		if n != 0 || end-start < minRun || more-next < 4 {
			break
		}
		start, end = next, more
	}
	for stop < len(t.data) && t.data[stop] == '=' {
		stop++
	}
	t.places = append(t.places, uint32(stop))
	return stop
}

// nextLine gives the digits of the line behind a run, when nothing but them, space and quotes stands on both lines.
func (t *text) nextLine(start, end int) (from, to int) {
	data := t.data
	at := end
	for at < len(data) && at-end < 8 && bytes.IndexByte([]byte(" \t\r\"'\\+,"), data[at]) >= 0 && !runByte(data[at]) {
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
	for at < len(data) && at-from <= end-start && runByte(data[at]) {
		at++
	}
	if at-from > end-start {
		return 0, 0
	}
	return from, at
}
