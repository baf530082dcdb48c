package ruleset

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
)

// maxIgnored limits the entries of a .gitleaksignore.
const maxIgnored = 200_000

// readIgnore adds a .gitleaksignore: a line is file:rule:line or commit:file:rule:line, and "#" begins a comment
// (gitleaks' README, "gitleaksignore"). An entry applies to findings at that path and line, whatever text is there now.
func (s *Set) readIgnore(source string, data []byte) {
	first, n := 0, 0
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if n == maxIgnored {
			s.note(source, number, "only the first %d entries are read", maxIgnored)
			break
		}
		allow, problem := s.ignored(line)
		if problem != "" {
			s.note(source, number, "the entry is left out: %s", problem)
			continue
		}
		allow.Source = fmt.Sprintf("%s:%d", source, number)
		s.Allow = append(s.Allow, allow)
		if n++; first == 0 {
			first = number
		}
	}
	if n > 0 {
		s.note(source, first, "%s by path and line: the next secret on such a line would be hidden too, and an entry is lost when lines "+
			"move; write their fingerprints into %s instead, as the notes of this scan show", scan.Plural(n, "entry ignores", "entries ignore"), scan.PolicyFile)
	}
}

// ignored parses one entry. The file name may contain colons.
func (s *Set) ignored(line string) (allow secret.Allow, problem string) {
	rest, text, _ := cutLast(line)
	at, err := strconv.Atoi(text)
	if err != nil || at < 1 || at > 1<<31 {
		return allow, "it does not end in a line number; write it as file:rule:line"
	}
	rest, rule, ok := cutLast(rest)
	if !ok || rule == "" {
		return allow, "it names no rule; write it as file:rule:line"
	}
	if commit, file, ok := strings.Cut(rest, ":"); ok && len(commit) == 40 && strings.Trim(strings.ToLower(commit), "0123456789abcdef") == "" {
		rest = file
	}
	name := path.Clean(strings.ReplaceAll(rest, `\`, "/"))
	if rest == "" || name == "." || path.IsAbs(name) || strings.HasPrefix(name, "../") {
		return allow, "its path is not in the repository; write it relative to the root"
	}
	allow = secret.Allow{
		Kind: scan.SuppressedFingerprint, Reason: "on gitleaks' ignore list, by its path and line", Path: name, Line: at,
	}
	// A finding of gitleaks' generic rule may belong to a more exact rule of ours. So for this rule only the place counts,
	// as for rules without a counterpart here.
	if rule != "generic-api-key" {
		allow.Rules = ourRules(gitleaksNames, rule)
		if id := s.ids[rule]; id != "" {
			allow.Rules = append(allow.Rules, id)
		}
	}
	return allow, ""
}

// cutLast cuts around the last colon.
func cutLast(text string) (before, after string, ok bool) {
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+1:], true
}

// maxAdvised is the number of entries in the advice, because a report has little room.
const maxAdvised = 10

// Advise compares the findings of a scan with the entries of a .gitleaksignore. It returns notes: the lines for the
// configuration file that replace the entries, and the entries that match nothing.
func (s *Set) Advise(result *scan.Result) []scan.Note {
	entries := make(map[string]*secret.Allow)
	for i := range s.Allow {
		if a := &s.Allow[i]; a.Line > 0 {
			entries[a.Source] = a
		}
	}
	if len(entries) == 0 {
		return nil
	}
	type entry struct {
		fingerprint, place, source string
	}
	var advice []entry
	used := make(map[string]bool)
	for i := range result.Findings {
		f := &result.Findings[i]
		if f.Suppression == nil || entries[f.Suppression.Source] == nil {
			continue
		}
		used[f.Suppression.Source] = true
		if !slices.ContainsFunc(advice, func(e entry) bool { return e.fingerprint == f.Fingerprint }) {
			advice = append(advice, entry{f.Fingerprint, fmt.Sprintf("%s at %s:%d", f.RuleID, f.Path, f.StartLine), f.Suppression.Source})
		}
	}
	var notes []scan.Note
	for i, e := range advice {
		if i == maxAdvised {
			notes = append(notes, scan.Note{Code: "gitleaks-ignore", Text: fmt.Sprintf("%d more entries of the ignore list match; "+
				"write these into %s, and scan again", len(advice)-i, scan.PolicyFile)})
			break
		}
		notes = append(notes, scan.Note{Code: "gitleaks-ignore", Text: fmt.Sprintf(
			"%s: write this into %s under suppress in its place: - {fingerprint: %s, reason: %s}", e.source, scan.PolicyFile, e.fingerprint,
			strconv.Quote("ignored before: "+e.place))})
	}
	var unused []string
	for i := range s.Allow {
		if a := &s.Allow[i]; a.Line > 0 && !used[a.Source] {
			unused = append(unused, a.Source)
		}
	}
	if len(unused) > 0 {
		more := ""
		if n := len(unused) - maxAdvised; n > 0 {
			unused, more = unused[:maxAdvised], fmt.Sprintf(" and %d more", n)
		}
		notes = append(notes, scan.Note{Code: "suppression-unused", Text: "matches nothing in this scan: " + strings.Join(unused, ", ") + more})
	}
	return notes
}
