// Package wordlist holds the lists of words that names and values are compared with. Each list is a file of this folder, in
// lower case, sorted, one word a line.
package wordlist

import (
	"embed"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

//go:embed *.txt
var files embed.FS

// Set returns the words of a list, to look up whole words. It panics when there is no such list, because the lists are part
// of the program.
func Set(name string) ascii.Words { return ascii.WordSet(read(name)) }

// Finder returns an automaton that finds the texts of a list inside other texts. It is compiled at the first call. It
// panics when there is no such list.
func Finder(name string) func() *match.Automaton {
	return sync.OnceValue(func() *match.Automaton {
		m, err := match.NewAutomaton(strings.Split(strings.TrimSuffix(read(name), "\n"), "\n"))
		if err != nil {
			panic(err)
		}
		return m
	})
}

// read returns the text of a list.
func read(name string) string {
	text, err := files.ReadFile(name + ".txt")
	if err != nil {
		panic(err)
	}
	return string(text)
}
