package access

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// TokenPrefix is the prefix of every API token, so that scanners recognize it.
const TokenPrefix = "slu_"

// PlaintextScope lets a token see secrets unmasked where its account may: in results, reports and reviewed findings.
const PlaintextScope = "plaintext"

// TokenScopes are the scopes that a token may have.
var TokenScopes = []string{"read", "scan", "triage", "export", "settings", PlaintextScope}

const (
	// maxTokenDays limits how long a token is valid.
	maxTokenDays = 3650
	// maxTokenName limits the name of a token, in bytes.
	maxTokenName = 200
)

// NewToken makes an API token for an account, and its text, which is not stored. The token never expires if days is 0.
// bad says what is wrong in the fields "expiryDays", "name" and "scopes".
func NewToken(account int64, name string, scopes []string, days int, now time.Time) (t *accounts.Token, text string, bad Problems) {
	if days < 0 || days > maxTokenDays {
		bad.addf("expiryDays", "it must be from 1 to %d, or absent for a token that never expires", maxTokenDays)
	}
	if name == "" || len(name) > maxTokenName || !utf8.ValidString(name) {
		bad.addf("name", "it must have from 1 to %d bytes", maxTokenName)
	}
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(TokenScopes, s) }) {
		bad.addf("scopes", "it must list some of %s", strings.Join(TokenScopes, ", "))
	}
	t = &accounts.Token{AccountID: account, Name: name, Scopes: slices.Compact(slices.Sorted(slices.Values(scopes))), Created: now}
	if days > 0 {
		t.Expires = now.Add(time.Duration(days) * 24 * time.Hour)
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // it never fails (crypto/rand)
	return t, TokenPrefix + base64.RawURLEncoding.EncodeToString(random[:]), bad
}
