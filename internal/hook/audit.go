package hook

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/jsonstream"
)

// Decision is the outcome for a commit.
type Decision string

// The decisions.
const (
	DecisionBlock  Decision = "block"
	DecisionWarn   Decision = "warn"
	DecisionBypass Decision = "bypass"
	// DecisionError is for a whole push that could not be checked, or only in part.
	DecisionError Decision = "error"
)

// Entry is one line of the audit log.
type Entry struct {
	Time       time.Time `json:"time"`
	Event      string    `json:"event"`
	Decision   Decision  `json:"decision"`
	Repository string    `json:"repository"`
	// Refused is true if the hook refused the push. Other hooks of the server may still refuse it.
	Refused   bool   `json:"refused"`
	Ref       string `json:"ref,omitempty"`
	Commit    string `json:"commit,omitempty"`
	Author    string `json:"author,omitempty"`
	Committer string `json:"committer,omitempty"`
	Pusher    string `json:"pusher,omitempty"`
	// Findings counts the findings of the commit. Rules lists the ids of their rules, sorted. Places lists the first places
	// as "path:line". There are no fingerprints, because the fingerprint of a weak password can be brute-forced.
	Findings int      `json:"findings,omitempty"`
	Rules    []string `json:"rules,omitempty"`
	Places   []string `json:"places,omitempty"`
	Error    string   `json:"error,omitempty"`
	// Unreported says why a server that should also have this entry does not have it.
	Unreported string `json:"unreported,omitempty"`
}

// maxPlaces limits Places.
const maxPlaces = 20

// event is the value of Event in every entry.
const event = "pre-receive"

// Caller is what the audit log records of a push besides its commits.
type Caller struct {
	Repository, Pusher string
	Time               time.Time
}

func (c Caller) entry(d Decision, refused bool) Entry {
	return Entry{Time: c.Time.UTC(), Event: event, Decision: d, Repository: display.Line(c.Repository), Refused: refused, Pusher: display.Line(c.Pusher)}
}

// Entries returns an entry for each commit with findings and for each bypass, and one if something could not be read. A
// clean push gives no entry.
func Entries(r *Report, c Caller) []Entry {
	var entries []Entry
	refused := r.Refused()
	of := func(commit Commit, d Decision) Entry {
		e := c.entry(d, refused)
		e.Ref, e.Commit = display.Line(r.mask(commit.Ref)), commit.Hash
		e.Author, e.Committer = display.Line(r.mask(commit.Author)), display.Line(r.mask(commit.Committer))
		return e
	}
	at := 0
	for i, commit := range r.WithFindings {
		e := of(commit, DecisionWarn)
		for ; at < len(r.Findings) && r.Findings[at].Commit == i; at++ {
			f := &r.Findings[at]
			e.Findings++
			e.Rules = append(e.Rules, f.RuleID)
			if place := display.Line(r.mask(f.Path)); len(e.Places) < maxPlaces {
				if f.StartLine > 0 {
					place = fmt.Sprintf("%s:%d", place, f.StartLine)
				}
				e.Places = append(e.Places, place)
			}
			if f.Blocks && r.Mode == ModeBlock {
				e.Decision = DecisionBlock
			}
		}
		slices.Sort(e.Rules)
		e.Rules = slices.Compact(e.Rules)
		entries = append(entries, e)
	}
	for _, commit := range r.Bypassed {
		entries = append(entries, of(commit, DecisionBypass))
	}
	if len(r.Unread) > 0 {
		e := c.entry(DecisionError, refused)
		e.Error = scan.Plural(len(r.Unread), "file", "files") + " could not be read"
		entries = append(entries, e)
	}
	return entries
}

// FailureEntry is the entry for a push that could not be checked.
func FailureEntry(mode Mode, err error, c Caller) Entry {
	e := c.entry(DecisionError, mode != ModeWarn)
	e.Error = display.Line(err.Error())
	return e
}

// AppendAudit appends entries to a file, one JSON object per line. It creates a missing file, readable only by its
// owner. It writes all entries in one call, so that the lines of concurrent pushes do not mix.
func AppendAudit(name string, entries []Entry) (err error) {
	if name == "" || len(entries) == 0 {
		return nil
	}
	var lines []byte
	for _, e := range entries {
		line, err := jsonstream.Line(e)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		lines = append(lines, line...)
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if _, err = file.Write(lines); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}
