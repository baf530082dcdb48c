// Command train learns how people write names and words, and writes the table of package odds. It counts in dictionaries, one
// word a line, and in the identifiers of source code. It needs no labelled secrets: random texts are drawn by the alphabets of
// generators. The same inputs give the same bytes.
//
//	go run ./scan/secret/odds/train -words FILE,FILE -code FOLDER,FOLDER -table table_gen.go
//
// With -check it only reports whether a table is there, because the inputs are not part of the repository.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	words := flag.String("words", "", "dictionaries, separated by commas")
	code := flag.String("code", "", "folders of source code in Go and Python, separated by commas")
	table := flag.String("table", "", "the Go file to write")
	check := flag.String("check", "", "only check that this file is there")
	flag.Parse()
	if err := run(*words, *code, *table, *check); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

// run checks a table, or learns one and writes it.
func run(words, code, table, check string) error {
	if check != "" {
		_, err := os.Stat(check)
		return err
	}
	if words == "" || code == "" || table == "" {
		return fmt.Errorf("name the inputs with -words and -code, and the file to write with -table")
	}
	texts, err := read(strings.Split(words, ","), strings.Split(code, ","))
	if err != nil {
		return err
	}
	learned := learn(texts)
	return os.WriteFile(table, learned.file(texts), 0o600)
}
