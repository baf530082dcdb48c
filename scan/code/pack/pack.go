// Package pack holds the built-in rules for insecure code. They are written from the documents of CWE, OWASP and the
// frameworks; each rule links to the document that says what is dangerous. samples holds a vulnerable and a safe file for
// each, which a test runs.
package pack

import (
	"embed"
	"io/fs"
	"sync"

	"github.com/sluice-scan/sluice/scan/code"
)

//go:embed rules/*.yaml
var rules embed.FS

// Files gives the files of rules, ordered by name. Callers must not change them.
func Files() []code.RuleFile { return files() }

var files = sync.OnceValue(func() []code.RuleFile {
	var list []code.RuleFile
	// The embedded files are always there.
	_ = fs.WalkDir(rules, "rules", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			data, err := rules.ReadFile(name)
			if err != nil {
				return err
			}
			list = append(list, code.RuleFile{Name: "built-in " + name, Data: data})
		}
		return err
	})
	return list
})
