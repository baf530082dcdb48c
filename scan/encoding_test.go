package scan_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// inUTF16 encodes text as UTF-16 without a byte order mark.
func inUTF16(order binary.AppendByteOrder, text string) string {
	var data []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		data = order.AppendUint16(data, unit)
	}
	return string(data)
}

const (
	utf8Mark  = "\xef\xbb\xbf"
	utf16Text = "one\r\n😀é x = TOKEN_abc123 # why\r\nthree\r\n"
)

func TestScanUTF16(t *testing.T) {
	t.Parallel()
	plain := "one, two and some more of plain text\n" + utf16Text
	result, err := scanner().Scan(t.Context(), scan.Input{Head: tree{
		"a-utf8":          utf16Text,
		"b-utf8-mark":     utf8Mark + utf16Text,
		"c-little-mark":   inUTF16(binary.LittleEndian, "\ufeff"+utf16Text),
		"d-big-mark":      inUTF16(binary.BigEndian, "\ufeff"+utf16Text),
		"e-little":        inUTF16(binary.LittleEndian, plain),
		"f-big":           inUTF16(binary.BigEndian, plain),
		"g-first-line":    utf8Mark + "TOKEN_first",
		"h-binary":        "\x00\x01\x02TOKEN_hidden",
		"i-utf32":         "\xff\xfe\x00\x00" + inUTF32("é TOKEN_wide"),
		"l-utf32-plain":   inUTF32("größe\nTOKEN_plain\n"),
		"j-odd":           inUTF16(binary.LittleEndian, "\ufeffTOKEN_odd") + "x",
		"k-big-after-odd": inUTF16(binary.BigEndian, "\ufeff\n\nTOKEN_next"),
	}})
	require.NoError(t, err)
	require.Equal(t, []string{
		"a-utf8:2:9 new", "b-utf8-mark:2:9 new", "c-little-mark:2:9 new", "d-big-mark:2:9 new", "e-little:3:9 new", "f-big:3:9 new",
		"g-first-line:1:1 new", "i-utf32:1:3 new", "j-odd:1:1 new", "k-big-after-odd:3:1 new", "l-utf32-plain:2:1 new",
	}, places(result))
	for i := range 6 {
		f := result.Findings[i]
		require.Equal(t, "😀é x = •••••••• # why", f.Excerpt, f.Path)
		require.Equal(t, 21, f.EndColumn, f.Path)
		require.Equal(t, result.Findings[0].Fingerprint, f.Fingerprint, f.Path)
	}
	require.Equal(t, 1, result.Stats.Binary)
}

func TestScanUTF16CountsTheBytesOfTheFile(t *testing.T) {
	t.Parallel()
	result, err := scanner().Scan(t.Context(), scan.Input{Head: tree{"a": inUTF16(binary.LittleEndian, "\ufeffabc"), "b": utf8Mark + "abc"}})
	require.NoError(t, err)
	require.Equal(t, int64(8+6), result.Stats.Bytes)
}

// inUTF32 returns a text in little-endian UTF-32 without a byte order mark.
func inUTF32(text string) string {
	var wide []byte
	for _, r := range text {
		wide = binary.LittleEndian.AppendUint32(wide, uint32(r))
	}
	return string(wide)
}

func TestSniff(t *testing.T) {
	t.Parallel()
	little := func(text string) string { return inUTF16(binary.LittleEndian, text) }
	big := func(text string) string { return inUTF16(binary.BigEndian, text) }
	for name, test := range map[string]struct {
		head   string
		want   scan.Encoding
		binary bool
	}{
		"empty":                         {"", scan.EncodingUTF8, false},
		"ascii":                         {"plain", scan.EncodingUTF8, false},
		"latin 1":                       {"caf\xe9", scan.EncodingUTF8, false},
		"NUL":                           {"a\x00b", scan.EncodingUTF8, true},
		"little with mark":              {"\xff\xfe" + little("x"), scan.EncodingUTF16LE, false},
		"big with mark":                 {"\xfe\xff" + big("x"), scan.EncodingUTF16BE, false},
		"mark alone":                    {"\xff\xfe", scan.EncodingUTF16LE, false},
		"mark and Chinese, no NUL":      {"\xff\xfe" + little("密码"), scan.EncodingUTF16LE, false},
		"mark and a NUL character":      {"\xff\xfe" + little("a\x00b"), scan.EncodingUTF8, true},
		"UTF-32 with mark":              {"\xff\xfe\x00\x00x\x00\x00\x00", scan.EncodingUTF32LE, false},
		"UTF-32, other order":           {"\x00\x00\xfe\xff\x00\x00\x00x", scan.EncodingUTF32BE, false},
		"UTF-32 without mark":           {"p\x00\x00\x00=\x00\x00\x00\xe4\x00\x00\x00\n\x00\x00\x00", scan.EncodingUTF32LE, false},
		"UTF-32 with a NUL":             {"\xff\xfe\x00\x00x\x00\x00\x00\x00\x00\x00\x00", scan.EncodingUTF8, true},
		"numbers of four bytes":         {"\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00", scan.EncodingUTF8, true},
		"Cyrillic without mark":         {inUTF16(binary.LittleEndian, "имя=пользователь\npassword=x1\n"), scan.EncodingUTF16LE, false},
		"Japanese without mark":         {inUTF16(binary.LittleEndian, "# これは設定です\npassword=x1\n"), scan.EncodingUTF16LE, false},
		"numbers of two bytes":          {"a\x00b\x00c\x00d\x00\x80\x3f\x12\x83\x00\xd8\x34\x77", scan.EncodingUTF8, true},
		"little without mark":           {little("pass\r\n"), scan.EncodingUTF16LE, false},
		"big without mark":              {big("pass\r\n"), scan.EncodingUTF16BE, false},
		"one in ten is not ASCII":       {little("password ü"), scan.EncodingUTF16LE, false},
		"two in ten are not ASCII":      {little("passwort üü"), scan.EncodingUTF16LE, false},
		"too short to tell":             {little("abc"), scan.EncodingUTF8, true},
		"strings that end in NUL":       {little("name\x00value\x00"), scan.EncodingUTF8, true},
		"small numbers of 16 bits":      {"\x01\x00\x02\x00\x03\x00\x04\x00\x05\x00", scan.EncodingUTF8, true},
		"samples of sound":              {"\x20\x00\xf0\xff\x41\x00\x9e\xff\x30\x00\xd0\xff", scan.EncodingUTF8, true},
		"behind the part that is read":  {strings.Repeat("x", scan.SniffBytes) + "\x00", scan.EncodingUTF8, false},
		"at the end of what is read":    {strings.Repeat("x", scan.SniffBytes-1) + "\x00", scan.EncodingUTF8, true},
		"an odd number of bytes":        {little("password") + "x", scan.EncodingUTF16LE, false},
		"little, first character large": {little("ü" + strings.Repeat("x", 20)), scan.EncodingUTF16LE, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, isBinary := scan.Sniff([]byte(test.head))
			require.Equal(t, test.want, e)
			require.Equal(t, test.binary, isBinary)
		})
	}
	require.Equal(t, "utf-8 utf-16le utf-16be encoding(7)", strings.Join([]string{
		scan.EncodingUTF8.String(), scan.EncodingUTF16LE.String(), scan.EncodingUTF16BE.String(), scan.Encoding(7).String()}, " "))
}

// keepText is a detector that records its input.
type keepText struct {
	tokenDetector
	text func(*scan.Content)
}

func (k keepText) Begin() scan.Pass { return k }
func (k keepText) File(_ context.Context, c *scan.Content) ([]scan.Finding, error) {
	k.text(c)
	return nil, nil
}

// textOf returns the text of a file as a detector sees it.
func textOf(t testing.TB, content string) (data []byte, e scan.Encoding) {
	s := &scan.Scanner{Detectors: []scan.Detector{keepText{text: func(c *scan.Content) { data, e = bytes.Clone(c.Data), c.Encoding }}}}
	_, err := s.Scan(t.Context(), scan.Input{Head: tree{"f": content}})
	require.NoError(t, err)
	return data, e
}

func TestScanUTF16ThatIsInvalid(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, want string }{
		"high half alone":       {"\xff\xfe\x3d\xd8a\x00", "\ufffda"},
		"low half alone":        {"\xff\xfe\x00\xdea\x00", "\ufffda"},
		"halves the wrong way":  {"\xff\xfe\x00\xde\x3d\xd8", "\ufffd\ufffd"},
		"high half at the end":  {"\xff\xfea\x00\x3d\xd8", "a\ufffd"},
		"half a character":      {"\xff\xfea\x00b", "a\ufffd"},
		"two high halves":       {"\xfe\xff\xd8\x3d\xd8\x3d\xde\x00", "\ufffd😀"},
		"mark within the text":  {"\xff\xfea\x00\xff\xfeb\x00", "a\ufeffb"},
		"the other order's":     {"\xff\xfe\xfe\xff", "\ufffe"},
		"the last of the plane": {"\xff\xfe\xff\xdb\xff\xdf", "\U0010ffff"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, e := textOf(t, test.content)
			require.NotEqual(t, scan.EncodingUTF8, e)
			require.Equal(t, test.want, string(data))
		})
	}
}

func FuzzUTF16(f *testing.F) {
	f.Add([]byte("\xff\xfe\x3d\xd8\x00\xdea"))
	f.Add([]byte("\xfe\xff\xd8\x3d\xde\x00\x00"))
	f.Add([]byte("p\x00a\x00s\x00s\x00"))
	f.Add([]byte("plain"))
	f.Fuzz(func(t *testing.T, content []byte) {
		data, e := textOf(t, string(content))
		if e == scan.EncodingUTF8 {
			require.Equal(t, strings.TrimPrefix(string(content), utf8Mark), string(data))
			return
		}
		var order binary.ByteOrder = binary.LittleEndian
		if e == scan.EncodingUTF16BE {
			order = binary.BigEndian
		}
		var units []uint16
		for i := 0; i+1 < len(content); i += 2 {
			units = append(units, order.Uint16(content[i:]))
		}
		if len(units) > 0 && units[0] == 0xfeff {
			units = units[1:]
		}
		want := string(utf16.Decode(units))
		if len(content)%2 == 1 {
			want += "\ufffd"
		}
		require.Equal(t, want, string(data))
		require.True(t, utf8.Valid(data))
	})
}

func BenchmarkUTF16(b *testing.B) {
	for name, text := range map[string]string{
		"utf8":  strings.Repeat("the quick brown fox = 12345\n", 1<<15),
		"utf16": inUTF16(binary.LittleEndian, "\ufeff"+strings.Repeat("the quick brown fox = 12345\n", 1<<15)),
	} {
		b.Run(name, func(b *testing.B) {
			s := &scan.Scanner{Jobs: 1, Detectors: []scan.Detector{keepText{text: func(*scan.Content) {}}}}
			files := tree{"a": text, "b": text, "c": text, "d": text}
			b.SetBytes(int64(4 * len(text)))
			for b.Loop() {
				_, err := s.Scan(b.Context(), scan.Input{Head: files})
				require.NoError(b, err)
			}
		})
	}
}
