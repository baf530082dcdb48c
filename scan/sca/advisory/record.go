package advisory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// Record is one OSV record, reduced to the fields that we keep.
type Record struct {
	ID        string
	Withdrawn bool
	Affected  []Affected
}

// Affected is the advisory on one package of a record.
type Affected struct {
	Ecosystem scan.Ecosystem
	// Name is the normalized name of the package.
	Name string
	Advisory
}

// wireRecord is the part of the OSV schema that we read. Unknown fields are ignored: a record must not be lost because
// the schema has grown.
type wireRecord struct {
	ID               string          `json:"id"`
	Modified         string          `json:"modified"`
	Withdrawn        string          `json:"withdrawn"`
	Aliases          []string        `json:"aliases"`
	Summary          string          `json:"summary"`
	Details          string          `json:"details"`
	Severity         []wireSeverity  `json:"severity"`
	References       []wireReference `json:"references"`
	DatabaseSpecific json.RawMessage `json:"database_specific"`
	Affected         []wireAffected  `json:"affected"`
}

type wireSeverity struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

type wireReference struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type wireAffected struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Severity []wireSeverity `json:"severity"`
	Ranges   []struct {
		Type   string  `json:"type"`
		Events []Event `json:"events"`
	} `json:"ranges"`
	Versions          []string        `json:"versions"`
	EcosystemSpecific json.RawMessage `json:"ecosystem_specific"`
	DatabaseSpecific  json.RawMessage `json:"database_specific"`
}

// maxSummary limits the text of an advisory, in characters.
const maxSummary = 300

// ParseRecord parses one OSV record in JSON.
func ParseRecord(data []byte) (*Record, error) {
	var w wireRecord
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, fmt.Errorf("not an OSV record: %w", err)
	}
	if w.ID == "" {
		return nil, errors.New("not an OSV record: it has no id")
	}
	r := &Record{ID: w.ID, Withdrawn: w.Withdrawn != ""}
	base := Advisory{
		ID: w.ID, Aliases: slices.DeleteFunc(slices.Compact(w.Aliases), func(id string) bool { return id == w.ID || id == "" }),
		Summary: summary(&w), Link: link(&w), Modified: parseTime(w.Modified),
	}
	for i := range w.Affected {
		if a, ok := w.Affected[i].affected(base, &w); ok {
			r.Affected = append(r.Affected, a)
		}
	}
	return r, nil
}

// affected returns the advisory on one package; ok is false for an entry without a package, such as one with only
// commits.
func (w *wireAffected) affected(base Advisory, record *wireRecord) (a Affected, ok bool) {
	ecosystem, _, _ := strings.Cut(w.Package.Ecosystem, ":")
	a = Affected{Ecosystem: scan.Ecosystem(ecosystem), Advisory: base}
	if a.Name = a.Ecosystem.Normal(w.Package.Name); a.Name == "" || ecosystem == "" {
		return a, false
	}
	a.Versions = w.Versions
	for _, r := range w.Ranges {
		// Ranges of commits say nothing about versions, at any position among the others.
		if r.Type == "GIT" || len(r.Events) == 0 {
			continue
		}
		a.Ranges = append(a.Ranges, Range{Semver: r.Type == "SEMVER", Events: r.Events})
	}
	severities := w.Severity
	if len(severities) == 0 {
		severities = record.Severity
	}
	a.rate(severities, w.DatabaseSpecific, w.EcosystemSpecific, record.DatabaseSpecific)
	a.Imports = imports(w.EcosystemSpecific)
	return a, true
}

// imports returns the paths of ecosystem_specific.imports (https://go.dev/doc/security/vuln/database#schema).
func imports(specific json.RawMessage) []string {
	if !bytes.Contains(specific, []byte(`"imports"`)) {
		return nil
	}
	var wire struct {
		Imports []struct {
			Path string `json:"path"`
		} `json:"imports"`
	}
	if json.Unmarshal(specific, &wire) != nil {
		return nil
	}
	var paths []string
	for _, i := range wire.Imports {
		if i.Path != "" {
			paths = append(paths, i.Path)
		}
	}
	return paths
}

// summary returns one line: the record's summary, or the beginning of its details.
func summary(w *wireRecord) string {
	text := strings.Join(strings.Fields(w.Summary), " ")
	if text == "" {
		text, _, _ = strings.Cut(strings.TrimSpace(w.Details), "\n\n")
		text = strings.Join(strings.Fields(strings.TrimLeft(text, "# ")), " ")
	}
	if runes := []rune(text); len(runes) > maxSummary {
		text = strings.TrimRight(string(runes[:maxSummary-1]), " ,.;:") + "…"
	}
	return text
}

// link returns the best-known page of the advisory, else the record's page at OSV.
func link(w *wireRecord) string {
	switch {
	case strings.HasPrefix(w.ID, "GHSA-"):
		return "https://github.com/advisories/" + w.ID
	case strings.HasPrefix(w.ID, "GO-"):
		return "https://pkg.go.dev/vuln/" + w.ID
	case strings.HasPrefix(w.ID, "RUSTSEC-"):
		return "https://rustsec.org/advisories/" + w.ID + ".html"
	}
	for _, kind := range []string{"ADVISORY", "WEB"} {
		for _, r := range w.References {
			if r.Type == kind && strings.HasPrefix(r.URL, "https://") {
				return r.URL
			}
		}
	}
	return "https://osv.dev/vulnerability/" + w.ID
}

// parseTime parses RFC 3339 times, and dates without a time, which some databases write; anything else gives the zero
// time.
func parseTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 1 {
			return t.UTC()
		}
	}
	return time.Time{}
}
