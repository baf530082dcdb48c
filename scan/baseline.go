package scan

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/sluice-scan/sluice/scan/jsonstream"
)

// Baseline is a set of findings that are known and accepted for now.
type Baseline struct {
	// Source is the file name, for messages.
	Source       string
	fingerprints map[string]bool
	// places lists the path and line of each entry whose text is not known.
	places map[place]bool
	// Warnings say which parts of another tool's report were ignored.
	Warnings []string
}

// baselineVersion is the version of the file format.
const baselineVersion = 1

type baselineFile struct {
	Version  int             `json:"version"`
	Findings []baselineEntry `json:"findings"`
}

// baselineEntry contains the rule and the path for people who read the file. Only the fingerprint is compared.
type baselineEntry struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Path        string `json:"path"`
}

// maxBaselineBytes limits a baseline file. It is enough for about half a million findings.
const maxBaselineBytes = 128 << 20

// ReadBaseline reads a file of [WriteBaseline], or a JSON report of gitleaks.
func ReadBaseline(source string, r io.Reader) (*Baseline, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBaselineBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read baseline %s: %w", source, err)
	}
	if len(data) > maxBaselineBytes {
		return nil, fmt.Errorf("read baseline %s: it has more than %d MB; write a new one with --write-baseline", source, maxBaselineBytes>>20)
	}
	if isGitleaksReport(data) {
		return readGitleaksReport(source, data)
	}
	var file baselineFile
	if err := json.Unmarshal(data, &file); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("read baseline %s: it is not JSON (%s at byte %d); write a new one with --write-baseline", source, syntax.Error(), syntax.Offset)
		}
		return nil, fmt.Errorf("read baseline %s: %w; write a new one with --write-baseline", source, err)
	}
	if file.Version != baselineVersion {
		return nil, fmt.Errorf("read baseline %s: version %d is not %d; write a new one with --write-baseline", source, file.Version, baselineVersion)
	}
	b := &Baseline{Source: source, fingerprints: make(map[string]bool, len(file.Findings))}
	for i, entry := range file.Findings {
		if entry.Fingerprint == "" {
			return nil, fmt.Errorf("read baseline %s: finding %d has no fingerprint; write a new one with --write-baseline", source, i+1)
		}
		b.fingerprints[entry.Fingerprint] = true
	}
	return b, nil
}

// WriteBaseline writes every finding of the result that is live or came from a baseline. There is one entry for each
// fingerprint and path. Entries are sorted, so that a small change of the code changes few lines of the file.
func WriteBaseline(w io.Writer, result *Result) error {
	file := baselineFile{Version: baselineVersion, Findings: []baselineEntry{}}
	seen := map[baselineEntry]bool{}
	for i := range result.Findings {
		f := &result.Findings[i]
		entry := baselineEntry{Fingerprint: f.Fingerprint, Rule: f.RuleID, Path: f.Path}
		if seen[entry] || !f.Live() && f.Suppression.Kind != SuppressedBaseline {
			continue
		}
		seen[entry] = true
		file.Findings = append(file.Findings, entry)
	}
	sort.Slice(file.Findings, func(i, j int) bool {
		a, b := file.Findings[i], file.Findings[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		if a.Rule != b.Rule {
			return a.Rule < b.Rule
		}
		return a.Fingerprint < b.Fingerprint
	})
	text, err := jsonstream.Indented(file)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// Len is the number of fingerprints. A nil baseline has length 0.
func (b *Baseline) Len() int {
	if b == nil {
		return 0
	}
	return len(b.fingerprints) + len(b.places)
}

func (b *Baseline) apply(findings []Finding) {
	if b == nil {
		return
	}
	for i := range findings {
		f := &findings[i]
		if !b.fingerprints[f.Fingerprint] && !b.places[place{f.Path, f.StartLine}] {
			continue
		}
		f.New = false
		if f.Suppression == nil {
			f.Suppression = &Suppression{Kind: SuppressedBaseline, Reason: "it is in the baseline", Source: b.Source}
		}
	}
}
