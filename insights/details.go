package insights

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// minHelp is the length below which a truncated help text is useless.
const minHelp = 40

// details is the text of the report's card: the verdict first, then what could not be shown or checked, then the
// numbers.
func (b *builder) details(verdict scan.Verdict) string {
	r := b.result
	lines := []string{verdict.String()}
	if b.report.Omitted > 0 {
		lines = append(lines, fmt.Sprintf("%s shown: the %d most severe are annotated, all are in the scan's log and files.",
			scan.Plural(b.report.Omitted, "more finding is not", "more findings are not"), len(b.report.Annotations)))
	}
	if n := len(r.Unread); n > 0 {
		lines = append(lines, fmt.Sprintf("Not read: %s.", failureList(r.Unread)))
	}
	if n := len(r.Failures); n > 0 {
		lines = append(lines, fmt.Sprintf("Only partly checked: %s.", failureList(r.Failures)))
	}
	if advice := r.Advice(); advice != "" {
		lines = append(lines, advice+".")
	}
	for _, note := range r.Notes {
		lines = append(lines, strings.TrimSuffix(display.Words(note.Text), ".")+".")
	}
	for _, engine := range r.Engines {
		words := countWords(r.Count(engine), r.Compared())
		info := engine.Info()
		if info.Packages {
			words = dependencyWords(r, words)
		}
		lines = append(lines, info.Title+": "+words+".")
	}
	if len(r.Engines) == 1 && r.Engines[0].Info().Foreign {
		// Sluice itself scanned nothing.
		if base := baseText(r.Base); base != "" {
			lines = append(lines, "Findings are "+base+".")
		}
		return strings.Join(lines, "\n")
	}
	scanned := "Scanned " + scan.Plural(r.Stats.Files, "file", "files")
	if r.Stats.Archives > 0 {
		scanned += fmt.Sprintf(" (and %s in %s)", scan.Thousands(int64(r.Stats.Archived)), scan.Plural(r.Stats.Archives, "archive", "archives"))
	}
	if r.Stats.Commits > 0 {
		scanned += " and " + scan.Plural(r.Stats.Commits, "commit", "commits")
	}
	if base := baseText(r.Base); base != "" {
		scanned += ", " + base
	}
	return strings.Join(append(lines, scanned+"."), "\n")
}

// countWords lists the severities that occur: "1 critical, 2 high; 1 new".
func countWords(c scan.Counts, compared bool) string {
	var words []string
	for _, s := range scan.Severities {
		if n := c.Of(s); n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, strings.ToLower(s.String())))
		}
	}
	if len(words) == 0 {
		return "nothing found"
	}
	text := strings.Join(words, ", ")
	if compared {
		text += fmt.Sprintf("; %d new", c.New)
	}
	return text
}

// dependencyWords adds the number of packages that were looked up. Zero lookups must not read as "nothing found".
func dependencyWords(r *scan.Result, words string) string {
	checked, not := 0, r.NotChecked()
	for i := range r.Packages {
		if p := &r.Packages[i]; !p.Ecosystem.Matched() || p.Matchable() {
			checked++
		}
	}
	checked -= r.Unchecked
	switch {
	case not > 0 && r.DataDate.IsZero():
		return "not checked (" + scan.Plural(not, "package", "packages") + ")"
	case not > 0:
		return words + fmt.Sprintf(" in %s, %s not checked", scan.Plural(checked, "package", "packages"), scan.Thousands(int64(not)))
	case checked > 0:
		return words + " in " + scan.Plural(checked, "package", "packages")
	}
	return words
}

func baseText(base scan.Base) string {
	switch base.Kind {
	case scan.BaseMerge:
		return "compared with the merge base " + short(base.Commit)
	case scan.BaseDestination:
		return "compared with the destination " + short(base.Commit)
	case scan.BaseCommit:
		if base.Commit == "" {
			return "compared with the tool's own baseline"
		}
		return "compared with " + short(base.Commit)
	}
	return ""
}

// maxNamedFailures limits the number of files that one sentence names.
const maxNamedFailures = 3

func failureList(failures []scan.Failure) string {
	var names []string
	for _, f := range failures[:min(len(failures), maxNamedFailures)] {
		names = append(names, fmt.Sprintf("%s (%v)", cmp.Or(display.Words(f.Path), string(f.Engine)), f.Err))
	}
	text := strings.Join(names, ", ")
	if n := len(failures) - maxNamedFailures; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return display.Words(text)
}

func isAre(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
