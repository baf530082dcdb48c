package pipe

import (
	"strings"
	"unicode"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

// bare removes the words before a token in a header.
func bare(s scan.Secret) scan.Secret {
	text := s.Reveal()
	for _, word := range []string{"authorization:", "bearer"} {
		if rest := text; len(rest) > len(word) && strings.EqualFold(rest[:len(word)], word) {
			if rest = rest[len(word):]; word != "bearer" || unicode.IsSpace(rune(rest[0])) {
				text = variable.Tidy(rest)
			}
		}
	}
	return scan.NewSecret(text)
}
