package hook

import "strings"

// The phrases that switch the check of a commit off when they stand in its message. The first is ours, the second the one
// that Soteri's hook knows (docs.soteri.io, "Scanning every push with the security hook").
const (
	BypassPhrase       = "**skip-sluice-check**"
	SoteriBypassPhrase = "**skip-soteri-security-check**"
)

// Bypasses reports whether a commit's message holds a phrase that switches the check of the commit off.
func Bypasses(message string) bool {
	return strings.Contains(message, BypassPhrase) || strings.Contains(message, SoteriBypassPhrase)
}
