package git

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// maxTextLines bounds the lines of a text that is compared.
const maxTextLines = 1 << 20

// splitLines cuts a text behind each line feed, as git does: with the line feeds, so that a last line without one is another
// line than that with it. In UTF-16 a line feed has two bytes, whose place is even, and in UTF-32 four. It gives false when there are more than
// maxTextLines.
func splitLines(text string, e scan.Encoding) ([]string, bool) {
	lines := make([]string, 0, min(strings.Count(text, "\n"), maxTextLines)+1)
	for from, at := 0, 0; from < len(text); {
		end := len(text)
		if feed := strings.IndexByte(text[at:], '\n'); feed >= 0 {
			at += feed + 1
			switch e {
			case scan.EncodingUTF16LE:
				if at%2 == 0 || at == len(text) || text[at] != 0 {
					continue
				}
				at++
			case scan.EncodingUTF16BE:
				if at%2 == 1 || text[at-2] != 0 {
					continue
				}
			case scan.EncodingUTF32LE:
				if at%4 != 1 || !strings.HasPrefix(text[at:], "\x00\x00\x00") {
					continue
				}
				at += 3
			case scan.EncodingUTF32BE:
				if at%4 != 0 || text[at-4:at-1] != "\x00\x00\x00" {
					continue
				}
			}
			end = at
		}
		if len(lines) == maxTextLines {
			return nil, false
		}
		lines = append(lines, text[from:end])
		from = end
	}
	return lines, true
}
