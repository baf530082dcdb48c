package key

import "bytes"

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
