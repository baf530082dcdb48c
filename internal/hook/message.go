package hook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

const (
	// maxShown limits the findings in a message, and maxListed the commits or files in one of its lists.
	maxShown  = 20
	maxListed = 5
	// shortHash is the number of digits of a commit hash that a message shows; Bitbucket shows as many.
	shortHash = 12
)

// columns is the width of every line of a message: git puts "remote: " before it.
const columns = 100

// Message writes a report for the user who pushes: plain text, no line wider than 100 columns, no secret. It is empty if
// there is nothing to say.
func Message(r *Report) string {
	m := &message{report: r}
	m.headline()
	m.findings()
	m.unread()
	m.advice()
	m.bypassed()
	for i, note := range r.Notes {
		if i == maxListed {
			m.line("", "", fmt.Sprintf("note: and %s", scan.Plural(len(r.Notes)-i, "more note", "more notes")))
			break
		}
		m.line("note: ", "      ", note)
	}
	return m.text.String()
}

type message struct {
	report *Report
	text   strings.Builder
}

// safe makes text from the push safe to show.
func (m *message) safe(text string) string { return display.Line(m.report.mask(text)) }

// raw writes one line that already fits.
func (m *message) raw(text string) {
	m.text.WriteString(strings.TrimRight(display.CutEnd(text, columns), " "))
	m.text.WriteByte('\n')
}

// line wraps text. The first line begins with first, the others with rest.
func (m *message) line(first, rest, text string) {
	for i, part := range display.Wrap(m.safe(text), columns-max(len(first), len(rest))) {
		if i > 0 {
			first = rest
		}
		m.raw(first + part)
	}
}

func (m *message) headline() {
	r := m.report
	n := len(r.Findings)
	if n == 0 && len(r.Unread) == 0 {
		return
	}
	number := scan.Plural(n, "secret", "secrets")
	if r.Cut {
		number = "at least " + number
	}
	found := fmt.Sprintf("%s in %d of its %s", number, len(r.WithFindings), scan.Plural(r.Commits, "commit", "commits"))
	if warnings := n - r.Blocking(); r.Refused() && warnings > 0 && n > warnings {
		found += fmt.Sprintf(", %d of them only a warning", warnings)
	}
	switch {
	case r.Refused() && n == 0:
		m.raw("Sluice refused this push: some of it could not be read in full, and so could not be checked.")
	case r.Refused():
		m.raw("Sluice refused this push: " + found + ".")
	case n == 0:
		m.raw("WARNING: Sluice accepted this push, but could not read all of it.")
	default:
		m.raw("WARNING: Sluice accepted this push, but found " + found + ".")
	}
	m.raw("")
}

// findings shows the blocking findings first.
func (m *message) findings() {
	ordered := slices.Clone(m.report.Findings)
	slices.SortStableFunc(ordered, func(a, b Finding) int {
		switch {
		case a.Blocks == b.Blocks:
			return 0
		case a.Blocks:
			return -1
		}
		return 1
	})
	for i, f := range ordered {
		if i == maxShown {
			m.raw(fmt.Sprintf("... and %s.", scan.Plural(len(m.report.Findings)-i, "more secret", "more secrets")))
			m.raw("")
			return
		}
		commit := m.report.WithFindings[f.Commit]
		title := fmt.Sprintf("%s (%s)", f.Title, f.Severity)
		if m.report.Mode == ModeBlock && !f.Blocks {
			title += ", only a warning"
		}
		m.raw(fmt.Sprintf("%2d. %s", i+1, m.safe(title)))
		m.raw("    commit " + m.named(commit))
		place := m.safe(f.Path)
		if f.StartLine > 0 {
			place += fmt.Sprintf(":%d", f.StartLine)
		}
		m.raw("    file   " + display.CutStart(place, columns-len("    file   ")))
		if f.Excerpt != "" {
			m.raw("    line   " + m.excerpt(&f.Finding))
		}
		if f.Revoke != "" {
			m.line("    revoke ", "           ", f.Revoke)
		}
		m.raw("")
	}
}

// named returns a commit's short hash and subject.
func (m *message) named(c Commit) string {
	return strings.TrimSpace(c.Hash[:shortHash] + "  " + m.safe(c.Subject))
}

// excerpt returns the line of a finding, cut around the secret's mask.
func (m *message) excerpt(f *scan.Finding) string {
	room := columns - len("    line   ")
	text := m.safe(f.Excerpt)
	if display.Width(text) <= room {
		return text
	}
	start := min(max(f.MarkStart, 0), len(f.Excerpt))
	before, behind := m.safe(f.Excerpt[:start]), m.safe(f.Excerpt[start:])
	return display.CutEnd(display.CutStart(before, room/3)+behind, room)
}

func (m *message) unread() {
	if len(m.report.Unread) == 0 {
		return
	}
	m.raw("Not read, or only in part:")
	for i, failure := range m.report.Unread {
		if i == maxListed {
			m.raw(fmt.Sprintf("  ... and %d more", len(m.report.Unread)-i))
			break
		}
		m.line("  ", "    ", fmt.Sprintf("%s: %v", failure.Path, failure.Err))
	}
	m.raw("Push again; if the error remains, tell the administrator of this server.")
	m.raw("")
}

func (m *message) advice() {
	r := m.report
	if len(r.Findings) == 0 {
		return
	}
	m.raw("What to do:")
	m.raw("  1. Revoke each secret first, where it was issued: others may have seen it already.")
	if r.Refused() {
		m.raw("  2. Remove it from the commit that adds it; a new commit on top does not help:")
		m.rewrite()
		m.raw("  3. Push again.")
	} else {
		m.raw("  2. It is in the history of this repository now. Revoking is what helps; then remove it,")
		m.raw("     and ask the administrator when the history has to be cleaned too.")
	}
	m.raw("No secret? Put the comment \"sluice:allow\" on its line, in the commit that adds it.")
	if r.Refused() && r.Bypass {
		m.raw("To push a commit as it is, put " + BypassPhrase + " into its message; this is recorded.")
	}
	m.raw("")
}

// rewrite shows the commands for the oldest commit that must change.
func (m *message) rewrite() {
	r := m.report
	// Findings that only warn need no rewrite.
	var guilty []Commit
	for i := range r.WithFindings {
		if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Commit == i && f.Blocks }) {
			guilty = append(guilty, r.WithFindings[i])
		}
	}
	if len(guilty) == 0 {
		guilty = r.WithFindings
	}
	first := guilty[0]
	merges := ""
	if r.Merges {
		merges = " --rebase-merges"
	}
	switch {
	case first.Author == "":
		m.raw("       delete the tag, and make it again without the secret")
	case len(guilty) == 1 && first.Tip && !first.Merge:
		m.raw("       edit the file, then:  git commit -a --amend")
	case first.Root:
		m.raw("       git rebase -i" + merges + " --root")
		m.edit()
	default:
		m.raw("       git rebase -i" + merges + " " + first.Hash[:shortHash] + "^")
		m.edit()
	}
}

func (m *message) edit() {
	m.raw("       write \"edit\" before each commit named above; git stops there; edit the file, then:")
	m.raw("       git commit -a --amend && git rebase --continue")
}

func (m *message) bypassed() {
	r := m.report
	for _, list := range []struct {
		commits []Commit
		words   string
	}{
		{r.Bypassed, "WARNING: not checked, because the commit's message says so (recorded): "},
		{r.BypassDenied, "note: the message asks for no check, which is not allowed here: "},
	} {
		for i, commit := range list.commits {
			if i == maxListed {
				m.raw(fmt.Sprintf("... and %s like this one.", scan.Plural(len(list.commits)-i, "more commit", "more commits")))
				break
			}
			m.raw(list.words + m.named(commit))
		}
	}
}

// Notice formats a message about the hook itself for the user who pushes, prominently.
func Notice(text string) string {
	m := &message{report: &Report{mask: func(text string) string { return text }}}
	const first = "WARNING: "
	m.line(first, strings.Repeat(" ", len(first)), text)
	return m.text.String()
}

// FailureMessage says that a push could not be checked, what the mode makes of that, and what to do.
func FailureMessage(mode Mode, err error) string {
	m := &message{report: &Report{mask: func(text string) string { return text }}}
	if mode == ModeWarn {
		m.raw("WARNING: Sluice accepted this push UNCHECKED, because the check failed:")
	} else {
		m.raw("Sluice refused this push, because it could not be checked:")
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		m.line("  ", "    ", line)
	}
	m.raw("This says nothing about your commits. Push again; if the error remains, tell the administrator of")
	m.raw("this server.")
	return m.text.String()
}
