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
	if len(c.absent) > 0 {
		add("code-language", "code: no rule looked at files in languages without a front end: %s", counted(c.absent, "file", "files"))
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
	if len(p.partly) > 0 {
		var badly []string
		for _, path := range sortedKeys(p.partly) {
			if p.partly[path] {
				badly = append(badly, path)
			}
		}
		text := scan.Plural(len(p.partly), "file was parsed in part; the rules looked at the rest of it", "files were parsed in part; the rules looked at the rest of them")
		if len(badly) > 0 {
			text += "; more than a tenth is missing in " + listed(badly)
		}
		add("code-parsed-in-part", "code: %s", text)
	}
	if len(p.cut) > 0 {
		var places []string
		for _, path := range sortedKeys(p.cut) {
			places = append(places, fmt.Sprintf("%s (%s)", path, strings.Join(p.cut[path][:min(len(p.cut[path]), scan.MaxNamed)], ", ")))
		}
		add("code-steps", "code: rules ran out of steps, so that findings may be missing: %s", listed(places))
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
