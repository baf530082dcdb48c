package hook

import "strings"

// The phrases in a commit message that switch off the check of that commit. The first is ours, the second is the phrase
// of Soteri's hook (docs.soteri.io, "Scanning every push with the security hook").
const (
	BypassPhrase       = "**skip-sluice-check**"
	SoteriBypassPhrase = "**skip-soteri-security-check**"
)

// Bypasses reports whether a commit message contains a phrase that switches off the check of the commit.
func Bypasses(message string) bool {
	return strings.Contains(message, BypassPhrase) || strings.Contains(message, SoteriBypassPhrase)
}
