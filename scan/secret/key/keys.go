package key

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// minKeyText is how many base64 digits the smallest private key has (Ed25519 in PKCS #8).
const minKeyText = 60

// Keys is the matcher of private keys. It is not safe for concurrent use.
type Keys struct {
	*page.Page
	found *found.List
	// buffer holds the base64 of a key.
	buffer []byte
}

// NewKeys makes the matcher of a page.
func NewKeys(p *page.Page, list *found.List) Keys { return Keys{Page: p, found: list} }

// fixture lowers the severity of a key in tests. Most are made for them.
func (t *Keys) fixture(v check.Verdict) check.Verdict {
	if t.Kind.Test {
		v.Severity = scan.SeverityMedium
	}
	return v
}

// openEnded returns the end of the base64 lines of a block without an end mark.
func openEnded(body []byte) int {
	for i, b := range body {
		if !ascii.Is(b, ascii.ClassAlnum) && !bytes.ContainsRune([]byte("+/=\r\n\t \\\"',:-"), rune(b)) {
			return i
		}
	}
	return len(body)
}

// judgeKey decides whether everybody who reads the body of a block can use the key.
func (t *Keys) judgeKey(id string, body []byte, closed bool) check.Verdict {
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

// keyText collects the base64 of a body in the buffer. It leaves out headers, quotes, escapes and the "+" signs that
// join string literals.
func (t *Keys) keyText(body []byte) []byte {
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
