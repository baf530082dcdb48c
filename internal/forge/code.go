package forge

import (
	"crypto/rand"
	"strings"
)

// alphabet is Crockford's base 32 (https://www.crockford.com/base32.html): without I, L, O and U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is the length of a pairing code: 40 bits.
const codeLength = 8

// newCode makes a pairing code, as ABCD-EFGH.
func newCode() string {
	var raw [codeLength]byte
	_, _ = rand.Read(raw[:]) // it never fails (crypto/rand)
	for i := range raw {
		raw[i] = alphabet[raw[i]%32]
	}
	return string(raw[:4]) + "-" + string(raw[4:])
}

// ByAdministrator is the reason of an installation that an administrator of this server made INACTIVE.
const ByAdministrator = "an administrator of Sluice deactivated it"

// Key is the last part of the id of an installation, which fits into a path.
func Key(id string) string { return id[strings.LastIndex(id, "/")+1:] }

// ParseCode reads a code as people type it: in any case, with spaces and dashes, O for 0, and I or L for 1. It returns the
// eight characters without a dash; ok is false for anything else.
func ParseCode(text string) (code string, ok bool) {
	if len(text) > 100 {
		return "", false
	}
	code = strings.NewReplacer(" ", "", "-", "", "\t", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(text))
	if len(code) != codeLength || strings.Trim(code, alphabet) != "" {
		return "", false
	}
	return code, true
}
