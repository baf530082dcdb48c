package coding

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const plain = "user: ann\npassword: correct horse battery staple, and some more"

// requirePlaces checks that every part of a decoded text comes from the part of the file that encodes it.
func requirePlaces(t *testing.T, text *Text, data []byte, encode func(part string) string) {
	t.Helper()
	require.Equal(t, plain, string(text.Bytes))
	from, to := text.Source(data, 0, len(plain))
	require.Equal(t, encode(plain), string(data[from:to]))
	at := strings.Index(plain, "correct")
	from, to = text.Source(data, at, at+len("correct"))
	require.Contains(t, string(data[from:to]), encode("correct"))
}

func TestTextKnowsItsPlaces(t *testing.T) {
	t.Parallel()
	const before = "x = "
	tests := map[string]struct {
		encode func(string) string
		decode func(text *Text, data []byte)
	}{
		"hexadecimal": {
			func(part string) string { return hex.EncodeToString([]byte(part)) },
			func(text *Text, data []byte) { require.True(t, text.Hex(data, len(before), len(data), 1000)) },
		},
		"percent": {
			func(part string) string {
				return strings.NewReplacer(" ", "%20", ":", "%3A", "\n", "%0a").Replace(part)
			},
			func(text *Text, data []byte) { text.Percent(data, len(before), len(data)) },
		},
		"escapes": {
			func(part string) string {
				var b strings.Builder
				for _, r := range part {
					fmt.Fprintf(&b, `\u%04x`, r)
				}
				return b.String()
			},
			func(text *Text, data []byte) { text.Escapes(data, len(before), len(data)) },
		},
		"quoted-printable": {
			func(part string) string { return strings.NewReplacer(":", "=3A", "horse", "hor=\r\nse").Replace(part) },
			func(text *Text, data []byte) { text.QuotedPrintable(data, len(before), len(data)) },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text Text
			data := []byte(before + test.encode(plain))
			test.decode(&text, data)
			requirePlaces(t, &text, data, test.encode)
		})
	}
}

func TestBase64(t *testing.T) {
	t.Parallel()
	encoded := base64.StdEncoding.EncodeToString([]byte(plain))
	var text Text
	for name, data := range map[string]string{
		"one line":  encoded,
		"two lines": encoded[:60] + "\n  " + encoded[60:],
		"quotes":    encoded[:60] + "\"\n\t\"" + encoded[60:],
	} {
		end := strings.IndexAny(data+"=\"\n", "=\"\n")
		stop := text.Base64([]byte(data), 0, end, 1000)
		require.Equal(t, plain, string(text.Bytes), name)
		require.Equal(t, len(data), stop, name)
	}
	text.Base64([]byte(encoded), 0, len(encoded), 20)
	require.LessOrEqual(t, len(text.Bytes), 20)

	var wide []byte
	for _, b := range []byte(plain) {
		wide = append(wide, b, 0)
	}
	data := []byte(base64.StdEncoding.EncodeToString(wide))
	require.True(t, BeginsLikeText(data))
	text.Base64(data, 0, len(bytes.TrimRight(data, "=")), 1000)
	require.True(t, text.Narrow())
	require.Equal(t, plain, string(text.Bytes))
	require.False(t, text.Narrow(), "it is narrow already")
}

func TestLabelKeepsThePlaces(t *testing.T) {
	t.Parallel()
	data := []byte("  password: " + base64.StdEncoding.EncodeToString([]byte("staple\n")))
	var text Text
	text.Base64(data, 12, len(bytes.TrimRight(data, "=")), 1000)
	text.Label([]byte("password"), 12)
	require.Equal(t, "password: staple", strings.Join(strings.Fields(string(text.Bytes)), " "))
	at := bytes.Index(text.Bytes, []byte("staple"))
	from, to := text.Source(data, at, at+len("staple"))
	require.Equal(t, 12, from)
	require.Equal(t, "c3RhcGxl", string(data[from:to]))
}

func TestEscapesAndEntities(t *testing.T) {
	t.Parallel()
	require.Nil(t, Unescape([]byte("plain")))
	require.Equal(t, `a"b\c/d`, string(Unescape([]byte(`a\"b\\c\/d`))))
	require.Equal(t, "ab", string(Unescape([]byte("a\\\n   b"))))
	require.Equal(t, `p"w`, string(UnescapeTwice([]byte(`p\\\"w`))))
	require.Nil(t, Entities([]byte("plain")))
	require.Equal(t, `a&b<c"d'eAé`, string(Entities([]byte("a&amp;b&lt;c&quot;d&apos;e&#65;&#xE9;"))))
	require.Equal(t, "a&nope;&#0;", string(Entities([]byte("a&nope;&#0;"))))
}
