package ruleset

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret"
)

// The names of configuration files at the root of a repository.
const (
	GitleaksFile         = ".gitleaks.toml"
	GitleaksIgnoreFile   = ".gitleaksignore"
	GitleaksBaselineFile = ".gitleaks-baseline.json"
	SoteriFile           = "soteri-security.yml"
)

// maxFile limits a configuration in bytes.
const maxFile = 16 << 20

// Note is something in a configuration that the reader must know: a part that has no effect, and what to do about it.
type Note struct {
	File string
	// Line counts from 1; 0 means the file as a whole.
	Line int
	Text string
}

// String returns "file:line: text".
func (n Note) String() string {
	if n.Line == 0 {
		return n.File + ": " + n.Text
	}
	return fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Text)
}

// Set combines the configurations of one repository. The zero value is empty.
type Set struct {
	// Rules are users' own, in the order in which they were read.
	Rules []secret.Rule
	// WithoutBuiltin switches off the built-in rules that Builtin does not list.
	WithoutBuiltin bool
	Builtin        []string
	// Disable lists the ids of built-in rules that never fire.
	Disable []string
	Allow   []secret.Allow
	Notes   []Note

	// Open returns the bytes of a file that a configuration names, by its path from the root of the repository; nil if
	// files cannot be read.
	Open func(name string) ([]byte, error)
	// ids maps the rule ids of a gitleaks file to ours.
	ids map[string]string
	// withoutGlobal leaves out the rules of AddGlobal.
	withoutGlobal bool
	// slow counts the rules whose slowness has a note; more is the index of the note that counts the others.
	slow, more int
}

// Options returns the set as options of the detector.
func (s *Set) Options() secret.Options {
	return secret.Options{
		Rules: s.Rules, WithoutBuiltin: s.WithoutBuiltin, Builtin: s.Builtin, Disable: slices.Clone(s.Disable), Allow: s.Allow,
	}
}

func (s *Set) note(file string, line int, format string, args ...any) {
	s.Notes = append(s.Notes, Note{file, line, fmt.Sprintf(format, args...)})
}

// Read adds a file. Its name determines the format: .toml is gitleaks', soteri-security.yml is Soteri's, .gitleaksignore
// is gitleaks' list of ignored findings, and all others are files of our own rules. On an error nothing of the file is
// used.
func (s *Set) Read(source string, data []byte) error {
	if len(data) > maxFile {
		return fmt.Errorf("%s: %d bytes are more than the %d MB that a configuration may have", source, len(data), maxFile>>20)
	}
	switch base := path.Base(source); {
	case strings.HasSuffix(base, ".toml"):
		return s.readGitleaks(source, data)
	case base == GitleaksIgnoreFile:
		s.readIgnore(source, data)
		return nil
	case base == SoteriFile:
		return s.readSoteri(source, data)
	}
	rules, err := secret.ParseRules(source, data)
	if err != nil {
		return err
	}
	return s.add(rules)
}

// add adds rules of our own format, whose ids must be new.
func (s *Set) add(rules []secret.Rule) error {
	var problems []error
	for _, r := range rules {
		if i := slices.IndexFunc(s.Rules, func(other secret.Rule) bool { return other.ID == r.ID }); i >= 0 {
			problems = append(problems, fmt.Errorf("%s: rule %s occurs twice, first in %s", r.Custom.Origin, r.ID, s.Rules[i].Custom.Origin))
		}
	}
	s.Rules = append(s.Rules, rules...)
	for i := range rules {
		s.aboutSpeed(&rules[i])
	}
	return errors.Join(problems...)
}

// Add adds rules that were decoded elsewhere.
func (s *Set) Add(rules []secret.Rule) error { return s.add(rules) }

// maxSlow is the number of slow rules with their own notes.
const maxSlow = 10

// aboutSpeed notes what makes a rule slow.
func (s *Set) aboutSpeed(r *secret.Rule) {
	if !r.Slow() && !r.Everywhere() {
		return
	}
	if s.slow++; s.slow > maxSlow {
		if s.slow == maxSlow+1 {
			s.more = len(s.Notes)
			s.Notes = append(s.Notes, Note{})
		}
		s.Notes[s.more] = Note{r.Custom.Origin, 0, fmt.Sprintf("%d more rules are slow; `sluice rules list --engine` shows how each is run", s.slow-maxSlow)}
		return
	}
	switch {
	case r.Slow():
		s.note(r.Custom.Origin, 0, "rule %s runs on the slower engine, at most 250 ms a line, because its expression is not RE2; "+
			"write it without look-around and back-references to make it fast", r.ID)
	case r.Everywhere():
		s.note(r.Custom.Origin, 0, "rule %s runs over every file, because its expression has no 3 characters that must occur; "+
			"give it keywords to make it fast", r.ID)
	}
}

// foreign adds a rule of another scanner's configuration. An invalid rule is left out with a note.
func (s *Set) foreign(file string, line int, r secret.Rule) bool {
	if err := r.Complete(); err != nil {
		_, reason, _ := strings.Cut(err.Error(), r.ID+": ")
		s.note(file, line, "rule %s is left out: %s", r.ID, reason)
		return false
	}
	if i := slices.IndexFunc(s.Rules, func(other secret.Rule) bool { return other.ID == r.ID }); i >= 0 {
		s.note(file, line, "rule %s is left out: another rule with that name is in %s", r.ID, s.Rules[i].Custom.Origin)
		return false
	}
	s.Rules = append(s.Rules, r)
	s.aboutSpeed(&r)
	return true
}

// ruleID makes an id of ours from another scanner's name; prefix goes before an id that a built-in rule has.
func ruleID(name, prefix string) string {
	var b strings.Builder
	for _, c := range strings.ToUpper(name) {
		if c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			b.WriteRune(c)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
			b.WriteByte('_')
		}
	}
	id := strings.TrimSuffix(b.String(), "_")
	if id != "" && builtin()[id] {
		id = prefix + "_" + id
	}
	return id
}
