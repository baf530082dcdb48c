package git

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestSplitLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		e    scan.Encoding
		want []string
	}{
		{"", scan.EncodingUTF8, []string{}},
		{"\n", scan.EncodingUTF8, []string{"\n"}},
		{"a\r\n\nb", scan.EncodingUTF8, []string{"a\r\n", "\n", "b"}},
		{"a\rb\x0b\u2028c\n", scan.EncodingUTF8, []string{"a\rb\x0b\u2028c\n"}},
		{"a\x00\n\x00b\x00", scan.EncodingUTF16LE, []string{"a\x00\n\x00", "b\x00"}},
		{"a\n\n\x00\n\x00", scan.EncodingUTF16LE, []string{"a\n\n\x00", "\n\x00"}},
		{"\x00\na\n\x00\n", scan.EncodingUTF16LE, []string{"\x00\na\n\x00\n"}},
		{"\x00a\x00\n\x00b", scan.EncodingUTF16BE, []string{"\x00a\x00\n", "\x00b"}},
		{"\n\x00\na\x00\n\n", scan.EncodingUTF16BE, []string{"\n\x00\na\x00\n", "\n"}},
		{"\n", scan.EncodingUTF16LE, []string{"\n"}},
		{"\n", scan.EncodingUTF16BE, []string{"\n"}},
	} {
		lines, ok := splitLines(c.text, c.e)
		require.True(t, ok)
		require.Equal(t, c.want, lines, "%q as %v", c.text, c.e)
	}
	_, ok := splitLines(strings.Repeat("\n", maxTextLines), scan.EncodingUTF8)
	require.True(t, ok)
	_, ok = splitLines(strings.Repeat("\n", maxTextLines)+"x", scan.EncodingUTF8)
	require.False(t, ok)
}
