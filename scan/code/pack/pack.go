// Package pack holds the built-in rules for insecure code. They are written from the documents of CWE, OWASP and the
// frameworks; each rule links to the document that says what is dangerous. testdata holds vulnerable and safe samples of
// each, which a test runs.
package pack

import (
	"bytes"
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan/code"
)

//go:embed rules
var rules embed.FS

// shared is the file of a folder whose parts the other files of the folder name by aliases.
const shared = "shared.yaml"

// strictly begins the names of folders whose rules are often right and seldom a danger. They are for those who look at
// every finding.
const strictly = "strict-"

// Files gives the files of rules that are for everybody, ordered by name. The files of a folder are one file: the shared
// parts, then the rules of each. Callers must not change them.
func Files() []code.RuleFile { return files()[0] }

// Strict gives Files and those of the strict rules. Callers must not change them.
func Strict() []code.RuleFile { return slices.Concat(files()...) }

var files = sync.OnceValue(func() (lists [][]code.RuleFile) {
	return [][]code.RuleFile{read(false), read(true)}
})

func read(strict bool) (list []code.RuleFile) {
	// The embedded files are always there.
	entries, _ := fs.ReadDir(rules, "rules")
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), strictly) != strict {
			continue
		}
		name := path.Join("rules", entry.Name())
		if !entry.IsDir() {
			data, _ := rules.ReadFile(name)
			list = append(list, code.RuleFile{Name: "built-in " + name, Data: data, Pack: true})
			continue
		}
		list = append(list, code.RuleFile{Name: "built-in " + name + ".yaml", Data: folder(name), Pack: true})
	}
	return list
}

// folder joins the files of a folder. Aliases go no further than a file, so that the rules of a language have to be one.
func folder(name string) []byte {
	const head = "rules:\n"
	data, _ := rules.ReadFile(path.Join(name, shared))
	data = append(bytes.Clone(data), head...)
	entries, _ := fs.ReadDir(rules, name)
	for _, entry := range entries {
		if entry.Name() != shared {
			part, _ := rules.ReadFile(path.Join(name, entry.Name()))
			data = append(data, bytes.TrimPrefix(part, []byte(head))...)
		}
	}
	return data
}
