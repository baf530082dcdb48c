package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// fingerprintVersion is hashed in front, so that a change of the recipe can never collide with an old fingerprint.
const fingerprintVersion = "sluice/1"

// Fingerprint names a problem by its engine, rule family and content: 32 hex digits, the same wherever the problem
// stands. The content of a secret is the credential (see [Finding.Credential]), of another finding its Key.
//
// The hash is not keyed, because two runs on two machines must agree without sharing anything. Whoever holds a
// fingerprint can therefore test a guess of the secret against it: treat fingerprints of weak passwords as the
// passwords themselves would be treated, and revoke them all the same.
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

// normalSecret drops what differs between two copies of one multi-line key: line ends, indentation, and the escaped
// line ends of a key inside a JSON string.
func normalSecret(text string) string {
	if !strings.Contains(text, "-----BEGIN") {
		return text
	}
	return keySpace.Replace(text)
}

var keySpace = strings.NewReplacer("\r", "", "\n", "", "\t", "", " ", "", `\r`, "", `\n`, "")
