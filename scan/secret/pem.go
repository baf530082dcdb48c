package secret

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/coding"
)

// maxPEM bounds a key's block in bytes: RSA with 16384 bits takes 13 kB.
const maxPEM = 64 << 10

// minKeyText is how much base64 even the smallest private key takes (Ed25519 in PKCS #8).
const minKeyText = 60

var (
	pemBegin   = []byte("-----BEGIN ")
	pemEnd     = []byte("-----END ")
	pemDashes  = []byte("-----")
	privateKey = []byte("PRIVATE KEY")
)

// pemLabels maps what stands before "PRIVATE KEY" to the rule.
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

// keys is the matcher of private keys.
type keys struct {
	*page
	found *list
	// buffer holds the base64 of a key.
	buffer []byte
}

// matchPEM reads the block that begins with the hit "-----BEGIN ". The block may be indented, quoted line by line,
// joined with "+", or have its line ends escaped. Encrypted and public keys are no leak.
func (t *keys) matchPEM(start, end int) {
	window := t.data[end:min(len(t.data), end+maxPEM)]
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
		// A block that another one interrupts is at its end.
		body = body[:next]
	}
	stop := bytes.Index(body, pemEnd)
	closed := stop >= 0
	if !closed {
		stop = openEnded(body)
	}
	blockEnd := end + dashes + len(pemDashes) + stop
	if closed {
		rest := t.data[blockEnd+len(pemEnd) : min(len(t.data), blockEnd+len(pemEnd)+64)]
		if at := bytes.Index(rest, pemDashes); at >= 0 {
			blockEnd += len(pemEnd) + at + len(pemDashes)
		}
	}
	v := t.judgeKey(id, body[:stop], closed)
	if id == "PRIVATE_KEY" && bytes.Contains(t.data[max(0, start-1024):start], []byte(`"service_account"`)) {
		id = "GCP_SERVICE_ACCOUNT_KEY"
	}
	t.found.emitID(id, start, blockEnd, t.fixture(v))
}

// fixture lowers the severity of a key among tests: most are made for them.
func (t *keys) fixture(v check.Verdict) check.Verdict {
	if t.kind.test {
		v.Severity = scan.SeverityMedium
	}
	return v
}

// openEnded gives the end of the lines of base64 of a block whose end mark is missing.
func openEnded(body []byte) int {
	for i, b := range body {
		if !ascii.Is(b, ascii.ClassAlnum) && !bytes.ContainsRune([]byte("+/=\r\n\t \\\"',:-"), rune(b)) {
			return i
		}
	}
	return len(body)
}

// judgeKey decides whether the body of a block is a key that can be used by whoever reads it.
func (t *keys) judgeKey(id string, body []byte, closed bool) check.Verdict {
	if bytes.Contains(body, []byte("ENCRYPTED")) || bytes.Contains(body, []byte("...")) {
		return check.Verdict{Drop: true}
	}
	key := t.keyText(body)
	if len(key) < minKeyText || !ascii.Diverse(key, 16) {
		return check.Verdict{Drop: true}
	}
	if id == "PGP_PRIVATE_KEY" {
		return check.Verdict{}
	}
	der := coding.DecodeBase64(key)
	switch kind := keyKind(der); {
	case kind == keyEncrypted:
		return check.Verdict{Drop: true}
	case kind == keyReadable:
		return check.Verdict{Confidence: scan.ConfidenceCertain, Note: "The key can be read without a passphrase."}
	case !closed && len(key) < 3*minKeyText:
		return check.Verdict{Drop: true}
	}
	return check.Verdict{Confidence: scan.ConfidenceMedium, Note: "The key's text is damaged or cut off."}
}

// keyText collects the base64 of a body in the text's buffer, and leaves out headers, quotes, escapes and "+" signs
// that join string literals.
func (t *keys) keyText(body []byte) []byte {
	t.buffer = t.buffer[:0]
	for i := 0; i < len(body); {
		end := i
		for end < len(body) && body[end] != '\n' && body[end] != '\\' && body[end] != '"' && body[end] != '\'' {
			end++
		}
		line := bytes.Trim(body[i:end], " \t\r,*#>|;")
		// A "+" that joins literals stands alone between the quotes.
		if !bytes.ContainsAny(line, ":-") && string(line) != "+" {
			for _, b := range line {
				if ascii.Is(b, ascii.ClassAlnum) || b == '+' || b == '/' || b == '=' {
					t.buffer = append(t.buffer, b)
				}
			}
		}
		i = end + 1
		if end < len(body) && body[end] == '\\' && i < len(body) && (body[i] == 'n' || body[i] == 'r' || body[i] == 't') {
			i++
		}
	}
	return t.buffer
}

type keyState int

const (
	keyBroken keyState = iota
	keyReadable
	keyEncrypted
)

var opensshMagic = []byte("openssh-key-v1\x00")

// keyKind looks into the bytes of a key: OpenSSH's own form (PROTOCOL.key) or DER (RFC 8017, 5915, 5958).
func keyKind(der []byte) keyState {
	if rest, ok := bytes.CutPrefix(der, opensshMagic); ok {
		cipher, ok := sshString(rest)
		switch {
		case !ok:
			return keyBroken
		case string(cipher) == "none":
			return keyReadable
		}
		return keyEncrypted
	}
	if _, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return keyReadable
	}
	var sequence []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 || len(sequence) < 2 {
		return keyBroken
	}
	switch first := sequence[0]; {
	case first.Tag == asn1.TagSequence && len(sequence) == 2:
		// An algorithm and an octet string: EncryptedPrivateKeyInfo.
		return keyEncrypted
	case first.Tag == asn1.TagInteger && len(first.Bytes) == 1 && first.Bytes[0] <= 1:
		// A version, then numbers or the key: RSA, EC, DSA, or PKCS #8 with an algorithm that x509 does not know.
		return keyReadable
	}
	return keyBroken
}

// sshString reads a string of RFC 4251: four bytes of length, then the text.
func sshString(data []byte) ([]byte, bool) {
	if len(data) < 4 {
		return nil, false
	}
	n := binary.BigEndian.Uint32(data)
	if uint64(n) > uint64(len(data)-4) {
		return nil, false
	}
	return data[4 : 4+n], true
}

// matchPuTTY reads a PuTTY key file from its first line on. Only one that is not encrypted leaks.
func (t *keys) matchPuTTY(start, end int) {
	if string(t.data[start:end]) != "PuTTY-User-Key-File-" || end == len(t.data) || !ascii.Is(t.data[end], ascii.ClassDigit) {
		return
	}
	window := t.data[end:min(len(t.data), end+maxPEM)]
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
	t.found.emitID("PUTTY_PRIVATE_KEY", start, end+stop, t.fixture(check.Verdict{
		Confidence: scan.ConfidenceCertain, Note: "The key can be read without a passphrase.",
	}))
}
