package figure

import "strings"

// Piece is a part of a masked text. Hidden is true for the dots that stand in place of a secret.
type Piece struct {
	Text   string
	Hidden bool
}

// Masked splits a text with hidden secrets at the dots that stand in their place.
func Masked(text string) (list []Piece) {
	for text != "" {
		start := strings.Index(text, "•")
		if start < 0 {
			return append(list, Piece{Text: text})
		}
		if start > 0 {
			list = append(list, Piece{Text: text[:start]})
		}
		rest := strings.TrimLeft(text[start:], "•")
		list = append(list, Piece{Text: text[start : len(text)-len(rest)], Hidden: true})
		text = rest
	}
	return list
}
