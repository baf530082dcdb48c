// Command generate writes the table of the built-in rules from their YAML files.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/sluice-scan/sluice/scan/secret/builtin/source"
)

func main() {
	rules := flag.String("rules", "rules", "the folder of the YAML files")
	table := flag.String("table", "table_gen.go", "the Go file to write")
	flag.Parse()
	if err := write(*rules, *table); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// write reads the rules of a folder and writes the table.
func write(folder, name string) error {
	rules, err := source.Load(os.DirFS(folder))
	if err != nil {
		return err
	}
	text, err := source.Table(rules)
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return os.WriteFile(name, text, 0o600)
}
