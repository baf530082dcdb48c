package notation

import (
	"embed"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// lists holds lists of words, one word a line.
//
//go:embed words/*.txt
var lists embed.FS

// words reads the list with a name.
func words(name string) ascii.Words { return ascii.ReadWords(lists, "words/"+name+".txt") }

// texts compiles the list with a name when it is first needed.
func texts(name string) func() *match.Automaton { return match.AnyOfFile(lists, "words/"+name+".txt") }
