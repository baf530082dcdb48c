package scan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
)

// place is a line of a file. Findings without a line have no place.
type place struct {
	path string
	line int
}

// gitleaksFinding has the fields that we use of an entry in gitleaks' JSON report (its report/finding.go, version 8).
type gitleaksFinding struct {
	RuleID, File  string
	StartLine     int
	Secret, Match string
	Fingerprint   string
}

// isGitleaksReport reports whether a file is a JSON array. Our own baseline is an object.
func isGitleaksReport(data []byte) bool {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	return len(data) > 0 && data[0] == '['
}

// readGitleaksReport reads a gitleaks report as a baseline. An entry with its secret in plain text matches by content,
// in any file and line; we keep only its fingerprint. A redacted entry matches by path and line.
func readGitleaksReport(source string, data []byte) (*Baseline, error) {
	var list []gitleaksFinding
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &list); err != nil {
		// The message of a type error quotes the value, which may be a secret.
		var wrong *json.UnmarshalTypeError
		var syntax *json.SyntaxError
		switch {
		case errors.As(err, &wrong):
			return nil, fmt.Errorf("read baseline %s: the field %s at byte %d does not have the type of a gitleaks report; write a new one with --write-baseline",
				source, wrong.Field, wrong.Offset)
		case errors.As(err, &syntax):
			return nil, fmt.Errorf("read baseline %s: it is not JSON (at byte %d); write a new one with --write-baseline", source, syntax.Offset)
		}
		return nil, fmt.Errorf("read baseline %s: it is not JSON; write a new one with --write-baseline", source)
	}
	b := &Baseline{Source: source, fingerprints: make(map[string]bool), places: make(map[place]bool)}
	redacted := 0
	for i, f := range list {
		if f.RuleID == "" || f.File == "" {
			return nil, fmt.Errorf("read baseline %s: finding %d has no RuleID or no File, so it is not a gitleaks report; write a new one with --write-baseline",
				source, i+1)
		}
		if f.plain() {
			for _, text := range []string{f.Secret, f.Match} {
				if text != "" {
					b.fingerprints[secretFingerprint(text)] = true
				}
			}
			continue
		}
		redacted++
		if f.StartLine > 0 {
			b.places[place{path.Clean(strings.ReplaceAll(f.File, "\\", "/")), f.StartLine}] = true
		}
	}
	text := fmt.Sprintf("%s is a gitleaks report, read as a baseline: %s", source, Plural(len(list), "entry", "entries"))
	if redacted > 0 {
		text += fmt.Sprintf(", of which %d have no secret in plain text and match by path and line, so that they hide the next secret there too", redacted)
	}
	b.Warnings = append(b.Warnings, text+"; write one of our own with --write-baseline and remove the secrets from the repository")
	return b, nil
}

// plain reports whether the entry contains the text of the secret. gitleaks --redact writes REDACTED, or part of the
// secret and "...".
func (f *gitleaksFinding) plain() bool {
	return f.Secret != "" && !strings.Contains(f.Secret, "REDACTED") && !strings.HasSuffix(f.Secret, "...")
}

// secretFingerprint is the fingerprint of a secret with that text. It is the same for every rule.
func secretFingerprint(text string) string {
	return Fingerprint(&Finding{Engine: EngineOfSecrets(), Family: "secret", Secret: NewSecret(text)})
}
