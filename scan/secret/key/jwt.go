package key

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// maxJWT bounds a token in bytes. HTTP servers refuse longer headers.
const maxJWT = 16 << 10

// exampleSubject is the subject of the token in most manuals.
const exampleSubject = "1234567890"

// jwtHeader is the part of the header (RFC 7515) that tells whether a token can be used.
type jwtHeader struct {
	Algorithm string `json:"alg"`
	// Encryption is set for an encrypted token (RFC 7516), whose payload only the receiver can read.
	Encryption string `json:"enc"`
}

// jwtClaims is the part of the payload (RFC 7519) that tells whether a token can be used.
type jwtClaims struct {
	Subject any         `json:"sub"`
	Role    any         `json:"role"`
	Expires json.Number `json:"exp"`
	Name    any         `json:"name"`
}

// now is the clock for the expiry of tokens. It has the resolution of a day, so that a scan judges all files alike.
var now = func() time.Time { return time.Now().UTC().Truncate(24 * time.Hour) }

// MatchJWT reads a token from the hit "eyj" on. Base64 of `{"` begins like this.
func MatchJWT(p *page.Page, list *found.List, start int) {
	data := p.Data
	if data[start] != 'e' || data[start+1] != 'y' || data[start+2] != 'J' || !rule.BoundaryOpen.Fits(data, start, start) {
		return
	}
	if start > 0 && (data[start-1] == '.' || data[start-1] == '_' || data[start-1] == '-') {
		return
	}
	var dots [2]int
	parts, end := 0, start
	for end < len(data) && end-start < maxJWT && (ascii.Is(data[end], ascii.ClassAlnum) || data[end] == '-' || data[end] == '_' || data[end] == '.') {
		if data[end] == '.' {
			if parts == len(dots) {
				break
			}
			dots[parts] = end
			parts++
		}
		end++
	}
	if parts < len(dots) || end-dots[1] < 2 || dots[1]-dots[0] < 2 {
		return
	}
	if v := judgeJWT(data[start:dots[0]], data[dots[0]+1:dots[1]], data[dots[1]+1:end]); !v.Drop {
		list.EmitID("JSON_WEB_TOKEN", start, end, p.Guess(v))
	}
}

// judgeJWT judges the three parts of a token.
func judgeJWT(header, payload, signature []byte) check.Verdict {
	if len(signature) < 20 || !ascii.Diverse(signature, 8) || looks.Published().In(payload) {
		return check.Verdict{Drop: true}
	}
	var head jwtHeader
	if json.Unmarshal(coding.DecodeBase64(header), &head) != nil {
		// The token is damaged in one place, but its three parts have the right shape.
		if bytes.HasPrefix(payload, []byte("eyJ")) && len(payload) > 16 {
			return check.Verdict{Confidence: scan.ConfidenceMedium}
		}
		return check.Verdict{Drop: true}
	}
	if head.Algorithm == "" || strings.EqualFold(head.Algorithm, "none") || head.Encryption != "" {
		return check.Verdict{Drop: true}
	}
	var claims jwtClaims
	if json.Unmarshal(coding.DecodeBase64(payload), &claims) != nil {
		return check.Verdict{Confidence: scan.ConfidenceMedium}
	}
	if claims.Subject == exampleSubject || claims.Name == "John Doe" {
		return check.Verdict{Drop: true}
	}
	if claims.Role == "anon" {
		return check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceMedium, Note: "Its role is anonymous."}
	}
	if expires, err := claims.Expires.Float64(); err == nil && expires > 0 {
		if time.Unix(int64(expires), 0).Before(now()) {
			return check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceHigh, Note: "It has expired."}
		}
		return check.Verdict{Confidence: scan.ConfidenceCertain, Note: "It is signed, and has not expired."}
	}
	return check.Verdict{Confidence: scan.ConfidenceCertain, Note: "It is signed, and does not expire."}
}
