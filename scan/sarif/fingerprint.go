package sarif

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan"
)

var ownFingerprint = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{32}$`) })

// fingerprint identifies the problem independently of its line: 32 hex digits. A log of this program keeps its
// fingerprints.
func fingerprint(tool string, f *scan.Finding, r *result) string {
	if own := string(r.PartialFingerprints[fingerprintKey]); tool == toolName && ownFingerprint().MatchString(own) {
		return own
	}
	parts := given(r.Fingerprints)
	if len(parts) == 0 {
		parts = given(r.PartialFingerprints)
	}
	if len(parts) == 0 {
		parts = []string{"place", f.Path, normalise(f.Message)}
	}
	sum := sha256.Sum256([]byte(strings.Join(append([]string{"import", tool, f.RuleID}, parts...), "\x00")))
	return hex.EncodeToString(sum[:16])
}

// preferred is the only partial fingerprint that counts if it exists: CodeQL's, which code-scanning services compute
// too. The other one of CodeQL changes with the column.
const preferred = "primaryLocationLineHash"

// notContent are keys under which secret scanners store facts about the commit: they are the same for all findings of
// one commit.
var notContent = map[string]bool{
	"commitsha": true, "commitmessage": true, "commit": true, "author": true, "email": true, "date": true, "column": true,
	"line": true, "startline": true,
}

// given lists the usable fingerprints with their keys, sorted by key. A value with a space is not a fingerprint but a
// message, for example that the user must log in to get one.
func given(fingerprints map[string]text) []string {
	if value := string(fingerprints[preferred]); value != "" {
		return []string{preferred, value}
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(fingerprints)) {
		value := string(fingerprints[key])
		if value == "" || strings.ContainsAny(value, " \t\r\n") || notContent[strings.ToLower(key)] {
			continue
		}
		out = append(out, key, value)
	}
	return out
}

var lineNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:lines?|columns?|col\.?|rows?|offset)(?:\s+(?:number\s+)?|:\s*|=)\d+(?:\s*(?:-|–|to|and|,)\s*\d+)*|:\d+(?::\d+)?(?:-\d+)?\b|\(\d+,\s*\d+\)|#L\d+(?:-L?\d+)?`)
})

// normalise removes line numbers, case and spacing from a message.
func normalise(message string) string {
	return strings.ToLower(strings.Join(strings.Fields(lineNumber().ReplaceAllString(message, " ")), " "))
}

// number counts the findings with the same fingerprint and path, in the order of their lines.
func number(findings []scan.Finding) {
	order := make([]int, len(findings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &findings[a], &findings[b]
		if x.StartLine != y.StartLine {
			return x.StartLine - y.StartLine
		}
		return x.StartColumn - y.StartColumn
	})
	type key struct{ fingerprint, path string }
	seen := make(map[key]int, len(findings))
	for _, i := range order {
		f := &findings[i]
		k := key{f.Fingerprint, f.Path}
		seen[k]++
		f.Occurrence = seen[k]
	}
}

// rootPath converts the option's root to the form of filePath's absolute paths; "" if it is not an absolute path.
func rootPath(root string) string {
	if p, kind := filePath(strings.ReplaceAll(root, "%", "%25")); kind == absoluteFile {
		return p
	}
	return ""
}
