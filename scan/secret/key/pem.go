package key

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
)

// maxPEM bounds the block of a key in bytes. RSA with 16384 bits needs 13 kB.
const maxPEM = 64 << 10

var (
	pemBegin   = []byte("-----BEGIN ")
	pemEnd     = []byte("-----END ")
	pemDashes  = []byte("-----")
	privateKey = []byte("PRIVATE KEY")
)

// pemLabels maps the text before "PRIVATE KEY" to the id of the rule; empty for keys that are encrypted.
var pemLabels = map[string]string{
	"":              "PRIVATE_KEY",
	"RSA ":          "RSA_PRIVATE_KEY",
	"EC ":           "EC_PRIVATE_KEY",
	"DSA ":          "DSA_PRIVATE_KEY",
	"OPENSSH ":      "OPENSSH_PRIVATE_KEY",
	"SSH2 ":         "OPENSSH_PRIVATE_KEY",
	"PGP ":          "PGP_PRIVATE_KEY",
	"ED25519 ":      "PRIVATE_KEY",
	"ANY ":          "PRIVATE_KEY",
	"SSH ENCRYPTED": "",
	"ENCRYPTED ":    "",
}

// MatchPEM reads the block that begins with the hit "-----BEGIN ". The block may be indented, quoted line by line,
// joined with "+", or have escaped line ends. Encrypted keys and public keys are not leaks.
func (t *Keys) MatchPEM(start, end int) {
	window := t.Data[end:min(len(t.Data), end+maxPEM)]
	dashes := bytes.Index(window[:min(len(window), 64)], pemDashes)
	if dashes < 0 {
		return
	}
	label, tail, ok := bytes.Cut(window[:dashes], privateKey)
	if !ok || len(tail) > 0 && string(tail) != " BLOCK" {
		return
	}
	id, known := pemLabels[string(label)]
	if !known || id == "" {
		return
	}
	body := window[dashes+len(pemDashes):]
	if next := bytes.Index(body, pemBegin); next >= 0 {
		// A block ends where another one begins.
		body = body[:next]
	}
	stop := bytes.Index(body, pemEnd)
	closed := stop >= 0
	if !closed {
		stop = openEnded(body)
	}
	blockEnd := end + dashes + len(pemDashes) + stop
	if closed {
		rest := t.Data[blockEnd+len(pemEnd) : min(len(t.Data), blockEnd+len(pemEnd)+64)]
		if at := bytes.Index(rest, pemDashes); at >= 0 {
			blockEnd += len(pemEnd) + at + len(pemDashes)
		}
	}
	v := t.judgeKey(id, body[:stop], closed)
	if id == "PRIVATE_KEY" && bytes.Contains(t.Data[max(0, start-1024):start], []byte(`"service_account"`)) {
		id = "GCP_SERVICE_ACCOUNT_KEY"
	}
	t.found.EmitID(id, start, blockEnd, t.fixture(v))
}

// MatchPuTTY reads a PuTTY key file from its first line on. Only a key that is not encrypted is a leak.
func (t *Keys) MatchPuTTY(start, end int) {
	if string(t.Data[start:end]) != "PuTTY-User-Key-File-" || end == len(t.Data) || !ascii.Is(t.Data[end], ascii.ClassDigit) {
		return
	}
	window := t.Data[end:min(len(t.Data), end+maxPEM)]
	mac := bytes.Index(window, []byte("Private-MAC:"))
	lines := bytes.Index(window, []byte("Private-Lines:"))
	if lines < 0 || !bytes.Contains(window[:lines], []byte("Encryption: none")) {
		return
	}
	stop := len(window)
	if mac > lines {
		stop = mac
	}
	if key := t.keyText(window[lines:stop]); len(key) < 40 || !ascii.Diverse(key, 16) {
		return
	}
	t.found.EmitID("PUTTY_PRIVATE_KEY", start, end+stop, t.fixture(check.Verdict{
		Confidence: scan.ConfidenceCertain, Note: "The key can be read without a passphrase.",
	}))
}
