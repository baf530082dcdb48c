package page

import (
	"embed"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// lists holds lists of words, one word a line.
//
//go:embed words/*.txt
var lists embed.FS

// words reads the list with a name.
func words(name string) ascii.Words { return ascii.ReadWords(lists, "words/"+name+".txt") }
