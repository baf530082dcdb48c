package check

import (
	"embed"

	"github.com/sluice-scan/sluice/scan/secret/match"
)

// lists holds lists of words, one word a line.
//
//go:embed words/*.txt
var lists embed.FS

// texts compiles the list with a name when it is first needed.
func texts(name string) func() *match.Automaton { return match.AnyOfFile(lists, "words/"+name+".txt") }
