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

// minKeyText is how much base64 even the smallest private key takes (Ed25519 in PKCS #8).
const minKeyText = 60

// fixture lowers the severity of a key among tests: most are made for them.
func (t *Keys) fixture(v check.Verdict) check.Verdict {
	if t.Kind.Test {
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

// keyText collects the base64 of a body in the text's buffer, and leaves out headers, quotes, escapes and "+" signs
// that join string literals.
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

// Keys is the matcher of private keys.
type Keys struct {
	*page.Page
	found *found.List
	// buffer holds the base64 of a key.
	buffer []byte
}

// NewKeys makes the matcher of a page.
func NewKeys(p *page.Page, list *found.List) Keys { return Keys{Page: p, found: list} }
