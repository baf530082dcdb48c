package engine

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// History says how far back a scan looks for secrets.
type History string

// The values of History.
const (
	HistoryAuto History = "auto"
	HistoryOff  History = "off"
	HistoryFull History = "full"
)

// UnmarshalText reads a history's name in any case. false means off, and true means full.
func (h *History) UnmarshalText(text []byte) error {
	switch word := strings.ToLower(strings.TrimSpace(string(text))); word {
	case "auto", "off", "full":
		*h = History(word)
	case "false", "no":
		*h = HistoryOff
	case "true", "yes":
		*h = HistoryFull
	default:
		return fmt.Errorf("%q is not a history: use auto, off or full", text)
	}
	return nil
}

// past is the older commits that are scanned for what the tree no longer contains; nil for none.
type past struct{ commits *git.History }

// autoCommits is how many commits HISTORY=auto looks at without a base: as many as a pipeline's clone has by default.
const autoCommits = 50

// history chooses the commits; unset is the mode when the configuration names none.
func (c *Checkout) history(config *Config, unset History) *past {
	mode := config.Scan.History
	if mode == "" {
		mode = unset
	}
	if c.head == nil || mode == HistoryOff || mode == "" {
		return nil
	}
	var options git.HistoryOptions
	if mode == HistoryAuto {
		if c.Base.Commit != "" {
			options.Since = []string{c.Base.Commit}
		} else {
			options.MaxCommits = autoCommits
		}
	}
	return &past{c.repo.History(c.Commit, options)}
}

// describe adds facts about the scanned and the missing history to a result.
func (h *past) describe(config *Config, c *Checkout, r *scan.Result) {
	if h == nil {
		return
	}
	stats := h.commits.Stats()
	r.Stats.Commits = stats.Commits
	if n, ok := h.unseen(config, c, stats); ok {
		r.Notes = append(r.Notes, n)
	}
	r.Unread = append(r.Unread, h.commits.Skipped()...)
}

// maxBorders is how many commits a note names.
const maxBorders = 3

// unseen returns a note about the part of the history that the clone lacks, if the scan should have covered the whole
// history, or all of it since the base. Without a base, HISTORY=auto covers only the commits that the clone has.
func (h *past) unseen(config *Config, c *Checkout, stats git.HistoryStats) (scan.Note, bool) {
	borders := h.commits.Borders()
	if len(borders) == 0 || config.Scan.History != HistoryFull && c.Base.Commit == "" {
		return scan.Note{}, false
	}
	names := make([]string, 0, maxBorders)
	for _, hash := range borders[:min(len(borders), maxBorders)] {
		names = append(names, short(hash))
	}
	more := ""
	if n := len(borders) - len(names); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return note("history-shallow",
		"the history was scanned only as far as the clone has it, %s: the clone is shallow and ends at %s%s, and older commits were not scanned; clone with depth: full to scan all of it",
		scan.Plural(stats.Commits, "commit", "commits"), strings.Join(names, ", "), more), true
}
