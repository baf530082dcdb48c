package sbom

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// namespaceURL is the namespace of UUIDs made from addresses (RFC 9562, 6.6).
var namespaceURL = [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

// uuid5 returns the UUID of a name (RFC 9562, 5.5).
func uuid5(name string) string {
	sum := sha1.Sum(append(namespaceURL[:len(namespaceURL):len(namespaceURL)], name...))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// documentUUID identifies the SBOM of a commit in one format. Writing it again for the same commit gives the same identity,
// so it replaces the earlier one. content is used if there is no commit.
func documentUUID(format string, r *scan.Result, content string) string {
	at := r.Commit
	if at == "" {
		at = content
	}
	return uuid5("urn:sluice:sbom:" + format + ":" + url.QueryEscape(r.Repository) + ":" + url.QueryEscape(at))
}

// digest returns a digest of the SBOM's content.
func (b *document) digest() string {
	var text []byte
	for _, c := range b.components {
		text = fmt.Appendf(text, "%q\n", c.ref)
		for _, p := range c.places {
			text = fmt.Appendf(text, "\t%q %d\n", p.Path, p.Line)
		}
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// The ids that every SPDX document has.
const (
	spdxDocument = "SPDXRef-DOCUMENT"
	spdxRoot     = "SPDXRef-Root"
)

// spdxID makes the id of a component: readable, and unique through the digest at its end. Only letters, digits, "." and
// "-" are allowed (https://spdx.github.io/spdx-spec/v2.3/package-information/#72-package-spdx-identifier-field).
func spdxID(c *component) string {
	sum := sha256.Sum256([]byte(c.ref))
	return "SPDXRef-Package-" + slug(string(c.ecosystem)+"-"+c.name+"-"+c.version) + "-" + hex.EncodeToString(sum[:8])
}

// maxSlug limits the readable part of an id, in bytes.
const maxSlug = 80

// slug keeps letters, digits and dots, and replaces everything between them by one "-".
func slug(text string) string {
	var b strings.Builder
	gap := false
	for i := 0; i < len(text) && b.Len() < maxSlug; i++ {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteByte(c)
		default:
			gap = true
		}
	}
	if b.Len() == 0 {
		return "x"
	}
	return b.String()
}
