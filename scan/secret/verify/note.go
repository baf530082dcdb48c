package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// The codes of the notes.
const (
	noteSent    = "verified"
	noteUnclear = "verify-unclear"
	noteLeft    = "not-verified"
)

// maxReasons is how many reasons a note names.
const maxReasons = 6

// notes says how many secrets were sent, why some answers told nothing, and how many were left out.
func notes(questions []question, options Options) []scan.Note {
	var counts [scan.VerifyUnknown + 1]int
	unclear := make(map[string]int)
	for i := range questions {
		q := &questions[i]
		counts[q.state]++
		if q.state == scan.VerifyUnknown {
			unclear[fmt.Sprintf("%s (%s)", q.rule.Host(), q.reason)]++
		}
	}
	var list []scan.Note
	if sent := len(questions) - counts[scan.VerifyNone]; sent > 0 {
		list = append(list, scan.Note{Code: noteSent, Text: fmt.Sprintf("%s sent to the providers (VERIFY): %d active, %d revoked, %d unclear",
			scan.Plural(sent, "secret was", "secrets were"), counts[scan.VerifyActive], counts[scan.VerifyRevoked], counts[scan.VerifyUnknown])})
	}
	if n := counts[scan.VerifyUnknown]; n > 0 {
		list = append(list, scan.Note{Code: noteUnclear, Text: fmt.Sprintf("%s nothing, and the severities stay: %s",
			scan.Plural(n, "answer of a provider says", "answers of providers say"), reasons(unclear))})
	}
	if n := counts[scan.VerifyNone]; n > 0 {
		list = append(list, scan.Note{Code: noteLeft, Text: fmt.Sprintf(
			"%s not verified: one scan sends at most %d secrets within %s, and leaves a provider alone that does not answer or asks for a pause",
			scan.Plural(n, "secret was", "secrets were"), options.MaxSecrets, options.Budget)})
	}
	return list
}

// reasons lists hosts with their answers and how often each came, sorted.
func reasons(unclear map[string]int) string {
	words := make([]string, 0, len(unclear))
	for reason, n := range unclear {
		if n > 1 {
			reason = fmt.Sprintf("%s %d times", reason, n)
		}
		words = append(words, reason)
	}
	slices.Sort(words)
	if more := len(words) - maxReasons; more > 0 {
		words = append(words[:maxReasons], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, ", ")
}
