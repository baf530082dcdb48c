package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// fingerprintVersion is hashed first, so that a future recipe cannot collide with old fingerprints.
const fingerprintVersion = "sluice/1"

// Fingerprint identifies a problem by its engine, rule family and content: 32 hex digits, independent of the place. The
// content of a secret is the credential (see [Finding.Credential]); that of another finding is its Key.
//
// The hash has no key, because two runs on two machines must agree without a shared secret. Anyone who has a fingerprint
// can test guesses of the secret against it. Treat the fingerprint of a weak password like the password itself, and
// revoke the password in any case.
func Fingerprint(f *Finding) string {
	content := f.Key
	if !f.Secret.Empty() {
		content = normalSecret(f.Credential().Reveal())
	}
	h := sha256.New()
	for _, part := range []string{fingerprintVersion, string(f.Engine), f.RuleFamily(), content} {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// normalSecret removes differences between copies of one multi-line key: line ends, indentation, and the escaped line
// ends of a key in a JSON string.
func normalSecret(text string) string {
	if !strings.Contains(text, "-----BEGIN") {
		return text
	}
	return keySpace.Replace(text)
}

var keySpace = strings.NewReplacer("\r", "", "\n", "", "\t", "", " ", "", `\r`, "", `\n`, "")
