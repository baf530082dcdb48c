package format

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
	Out      string      `xml:"system-out,omitempty"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
	Skipped *junitProblem `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes one suite per engine and one case per finding: failed if the gate blocks it, skipped if it is
// suppressed, else passed with its text as output. Whatever makes the scan incomplete is an error. An engine without
// findings has one passed case, so that it shows as run. The notes are the output of the first suite. Characters that XML 1.0 does not have are escaped.
func writeJUnit(w *bufio.Writer, r *scan.Result, options Options) error {
	suites := junitSuites{Name: "sluice"}
	for _, engine := range enginesOf(r) {
		suites.Suites = append(suites.Suites, junitSuiteOf(r, engine, options.Gate))
	}
	if !r.Complete() {
		suite := junitSuite{Name: "unread"}
		suite.addFaults(r.Unread, "read", "unread", "could not be read")
		suite.addFaults(r.Failures, "read in full", "failure", "was scanned only in part")
		suites.Suites = append(suites.Suites, suite)
	}
	if len(suites.Suites) > 0 {
		suites.Suites[0].Out = junitNotes(r.Notes)
	}
	for i := range suites.Suites {
		s := &suites.Suites[i]
		suites.Tests += s.Tests
		suites.Failures += s.Failures
		suites.Errors += s.Errors
		suites.Skipped += s.Skipped
	}
	_, _ = w.WriteString(xml.Header)
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(suites); err != nil {
		return err
	}
	return w.WriteByte('\n')
}

// junitNotes gives the notes, one a line.
func junitNotes(notes []scan.Note) string {
	lines := make([]string, len(notes))
	for i, n := range notes {
		lines[i] = display.Escape(cmp.Or(n.Text, n.Code))
	}
	return strings.Join(lines, "\n")
}

func junitSuiteOf(r *scan.Result, engine scan.Engine, gate scan.Gate) junitSuite {
	suite := junitSuite{Name: string(engine)}
	seen := map[[2]string]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Engine != engine {
			continue
		}
		c := junitCaseOf(f, gate)
		// Readers treat two cases with the same name as one case that ran twice.
		key := [2]string{c.Class, c.Name}
		if seen[key]++; seen[key] > 1 {
			c.Name += " #" + strconv.Itoa(seen[key])
		}
		suite.add(c)
	}
	if len(suite.Cases) == 0 {
		suite.add(junitCase{Class: string(engine), Name: "no findings"})
	}
	return suite
}

// addFaults adds an error for each failure.
func (s *junitSuite) addFaults(faults []scan.Failure, name, kind, message string) {
	for _, f := range faults {
		words := faultText(f)
		if f.Engine != "" {
			words = string(f.Engine) + ": " + words
		}
		s.add(junitCase{Class: display.Escape(cmp.Or(f.Path, "scan")), Name: name, Error: &junitProblem{Type: kind, Message: message, Text: display.Escape(words)}})
	}
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func junitCaseOf(f *scan.Finding, gate scan.Gate) junitCase {
	c := junitCase{Class: display.Escape(cmp.Or(f.Path, "repository")), Name: display.Escape(f.RuleID)}
	if f.StartLine > 0 {
		c.Name += ":" + strconv.Itoa(f.StartLine)
	}
	if f.Commit != "" {
		c.Name += " in commit " + shortHash(f.Commit)
	}
	headline := f.Severity.String() + ": " + display.Escape(f.Title)
	switch {
	case f.Suppression != nil:
		c.Skipped = &junitProblem{Message: strings.Join(suppressionWords(f.Suppression), ", ")}
	case gate.Blocks(f):
		c.Failure = &junitProblem{Type: f.Severity.String(), Message: headline, Text: junitText(f)}
	default:
		c.Out = headline + "\n" + junitText(f)
	}
	return c
}

func junitText(f *scan.Finding) string {
	var lines []string
	lines = append(lines, place(f))
	if f.Excerpt != "" {
		lines = append(lines, visibleCode(f.Excerpt))
	}
	lines = append(lines, visibleLines(f.Message)...)
	lines = append(lines, visibleLines(f.Remediation)...)
	if link := weblink.Safe(f.Link); link != "" {
		lines = append(lines, display.Escape(link))
	}
	return strings.Join(append(lines, "fingerprint "+display.Escape(f.Fingerprint)), "\n")
}

// place returns "path:line:column", as far as it is known, as visible text.
func place(f *scan.Finding) string {
	p := display.Escape(cmp.Or(f.Path, "(no file)"))
	if f.StartLine > 0 {
		p += ":" + strconv.Itoa(f.StartLine)
		if f.StartColumn > 0 {
			p += ":" + strconv.Itoa(f.StartColumn)
		}
	}
	return p
}

// suppressionWords says how, where and why a finding was suppressed, as visible text.
func suppressionWords(s *scan.Suppression) []string {
	how := "suppressed by " + map[string]string{
		scan.SuppressedInline:      "a comment",
		scan.SuppressedPath:        "its path",
		scan.SuppressedFingerprint: "its fingerprint",
		scan.SuppressedBaseline:    "the baseline",
		scan.SuppressedExternal:    "another tool",
		scan.SuppressedDecision:    "a decision",
	}[s.Kind]
	words := []string{strings.TrimSuffix(how, " by ")}
	if s.Source != "" {
		words = append(words, display.Escape(s.Source))
	}
	if s.Reason != "" {
		words = append(words, fmt.Sprintf("“%s”", display.Escape(s.Reason)))
	}
	return words
}

func shortHash(hash string) string { return display.Escape(hash[:min(len(hash), 7)]) }
