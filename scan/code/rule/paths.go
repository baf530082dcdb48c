package rule

import (
	"errors"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Paths limits a rule to some files. The zero value means all files.
type Paths struct{ include, exclude []glob }

// glob is a pattern as it is written and as it is tried.
type glob struct{ written, file, below string }

// newGlob reads a pattern. Each stands for a file or folder at any depth and for all that is below it: "app/*.py" matches
// "app/a.py" and "src/app/a.py". A pattern that begins with a slash or "./" is meant so too, as in semgrep.
// Source: https://semgrep.dev/docs/writing-rules/rule-syntax#paths
func newGlob(text string) (glob, error) {
	clean := strings.Trim(strings.TrimPrefix(strings.TrimSpace(text), "./"), "/")
	if clean == "" || !doublestar.ValidatePattern(clean) {
		return glob{}, errors.New("it is not a path pattern: write one like \"src/**/*.py\"")
	}
	return glob{written: text, file: "**/" + clean, below: "**/" + clean + "/**"}, nil
}

func (g glob) match(path string) bool {
	file, _ := doublestar.Match(g.file, path)
	if file {
		return true
	}
	below, _ := doublestar.Match(g.below, path)
	return below
}

// Match reports whether the rule looks at a file, by its path from the root, with slashes. What is excluded is excluded,
// whatever is included.
func (p Paths) Match(path string) bool {
	for _, g := range p.exclude {
		if g.match(path) {
			return false
		}
	}
	for _, g := range p.include {
		if g.match(path) {
			return true
		}
	}
	return len(p.include) == 0
}

// Include gives the patterns of files to look at, as written; empty means all files.
func (p Paths) Include() []string { return written(p.include) }

// Exclude gives the patterns of files to leave out, as written.
func (p Paths) Exclude() []string { return written(p.exclude) }

func written(globs []glob) []string {
	texts := make([]string, len(globs))
	for i, g := range globs {
		texts[i] = g.written
	}
	return texts
}
