package code

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// notes says what was not examined, and why.
func (p *pass) notes(c *census) []scan.Note {
	var notes []scan.Note
	add := func(code, format string, args ...any) {
		notes = append(notes, scan.Note{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	if len(p.rules) == 0 {
		add("code-no-rules", "code: no rule runs, so that nothing was looked at (CODE_PACK, CODE_RULES)")
		return notes
	}
	if len(c.unruled) > 0 {
		add("code-language", "code: no rule looked at files in these languages: %s", counted(c.unruled, "file", "files"))
	}
	if c.ignored > 0 {
		add("code-left-out", "code: .semgrepignore leaves %s out", scan.Plural(c.ignored, "file", "files"))
	}
	if !p.options.IncludeGenerated {
		if len(c.folders) > 0 {
			add("code-left-out", "code: files in folders of others' code were left out (CODE_INCLUDE_GENERATED): %s", counted(c.folders, "file", "files"))
		}
		if left := slices.Concat(c.minified, p.written); len(left) > 0 {
			slices.Sort(left)
			add("code-left-out", "code: generated or minified files were left out (CODE_INCLUDE_GENERATED): %s", listed(left))
		}
	}
	if len(p.large) > 0 {
		slices.Sort(p.large)
		add("code-large", "code: files above %d MB were left out: %s", maxFile>>20, listed(p.large))
	}
	if p.data > 0 {
		add("code-data", "code: files of data were left out: %s above %d MB or written by package managers", scan.Plural(p.data, "file", "files"), maxConfiguration>>20)
	}
	partly, broken, shallow := 0, []string(nil), []string(nil)
	for _, path := range sortedKeys(p.gaps) {
		g := p.gaps[path]
		switch {
		case g.bytes > 0 && g.configuration:
			broken = append(broken, path)
		case g.bytes > 0 && g.bytes*10 <= g.size:
			partly++
		}
		if len(g.shallow) > 0 {
			shallow = append(shallow, path)
		}
	}
	if len(shallow) > 0 {
		add("code-shallow", "code: in %s, data was not followed through all calls, because there are too many; what goes through several functions may be missed there: %s",
			scan.Plural(len(shallow), "file", "files"), listed(shallow))
	}
	if len(broken) > 0 {
		add("code-parsed-in-part", "code: %s: %s", scan.Plural(len(broken), "file of configuration has a part that was not understood; the rules looked at the rest",
			"files of configuration have parts that were not understood; the rules looked at the rest"), listed(broken))
	}
	if partly > 0 {
		add("code-parsed-in-part", "code: %s", scan.Plural(partly, "file has a part that was not understood, less than a tenth of it; the rules looked at the rest",
			"files have parts that were not understood, less than a tenth of each; the rules looked at the rest"))
	}
	return notes
}

// counted lists names with their numbers: "C (3 files), Ruby (1 file)".
func counted(numbers map[string]int, one, many string) string {
	var parts []string
	for _, name := range sortedKeys(numbers) {
		parts = append(parts, fmt.Sprintf("%s (%s)", name, scan.Plural(numbers[name], one, many)))
	}
	return strings.Join(parts, ", ")
}

// listed names the first few of a sorted list, and the number of the others.
func listed(names []string) string {
	text := display.Line(strings.Join(names[:min(len(names), scan.MaxNamed)], ", "))
	if more := len(names) - scan.MaxNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
