package check

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// base64JSON expects a JSON object behind the first "eyJ".
func base64JSON(data []byte, start, end int) Verdict {
	token := data[start:end]
	at := bytes.Index(token, []byte("eyJ"))
	if at < 0 {
		return Verdict{Drop: true}
	}
	payload, _, _ := bytes.Cut(token[at:], []byte("_"))
	var object map[string]any
	if decoded := coding.DecodeBase64(payload); decoded != nil && json.Unmarshal(decoded, &object) == nil {
		return Verdict{Confidence: scan.ConfidenceCertain, Note: "Its payload can be read."}
	}
	return Verdict{Confidence: scan.ConfidenceMedium}
}

// grafanaKey is base64JSON, and expects the members that Grafana writes: a key, a name and an id. Links to reports of Power BI
// begin with the same letters, and are for everybody.
func grafanaKey(data []byte, start, end int) Verdict {
	decoded := coding.DecodeBase64(data[start:end])
	if decoded != nil && !(bytes.Contains(decoded, []byte(`"n":`)) && bytes.Contains(decoded, []byte(`"id":`))) {
		return Verdict{Drop: true}
	}
	return base64JSON(data, start, end)
}

// Base64Pair expects base64 of "user:password" in printable text.
func Base64Pair(data []byte, start, end int) Verdict {
	decoded := coding.DecodeBase64(data[start:end])
	at := bytes.IndexByte(decoded, ':')
	if at < 0 || at == len(decoded)-1 || !ascii.Printable(decoded) || !utf8.Valid(decoded) && !nearlyASCII(decoded) {
		return Verdict{Drop: true}
	}
	if looks.Placeholder(bytes.TrimRight(decoded[at+1:], "\n")) {
		return Verdict{Drop: true}
	}
	if ascii.EqualFold(decoded[:at], []byte("aladdin")) {
		return Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Note: "It is the example of RFC 7617."}
	}
	return Verdict{
		Confidence: scan.ConfidenceHigh, Note: "It decodes to a user name and a password.", Decoded: string(decoded[at+1:]),
	}
}

// nearlyASCII reports whether less than a tenth of a text lies beyond ASCII. Names and passwords in a one-byte encoding
// look like this.
func nearlyASCII(text []byte) bool {
	others := 0
	for _, b := range text {
		if b >= 0x80 {
			others++
		}
	}
	return others*10 < len(text)
}

// discord expects a numeric id (a snowflake) in the first part.
func discord(data []byte, start, end int) Verdict {
	first, _, _ := bytes.Cut(data[start:end], []byte("."))
	id := coding.DecodeBase64(first)
	if len(id) < 15 || len(id) > 20 || strings.Trim(string(id), ascii.Decimals) != "" {
		return Verdict{Drop: true}
	}
	return Verdict{Confidence: scan.ConfidenceCertain, Note: "Its first part is a user id."}
}

// jiraToken expects base64 of "<digits>:<random>". The personal access tokens of the Data Center products have this
// form.
func jiraToken(data []byte, start, end int) Verdict {
	token := bytes.TrimPrefix(data[start:end], []byte("BBDC-"))
	id, random, ok := bytes.Cut(coding.DecodeBase64(token), []byte(":"))
	if !ok || len(id) < 6 || len(id) > 13 || strings.Trim(string(id), ascii.Decimals) != "" || len(random) < 16 {
		return Verdict{Drop: true}
	}
	return Verdict{Confidence: scan.ConfidenceCertain, Note: "It decodes to an id and random bytes."}
}

// macaroon expects base64url of a version 2 macaroon: byte 2, then the field of the location
// (https://github.com/rescrv/libmacaroons).
func macaroon(data []byte, start, end int) Verdict {
	token := bytes.TrimPrefix(data[start:end], []byte("pypi-"))
	if extra := len(token) % 4; extra == 1 {
		token = token[:len(token)-1]
	}
	decoded := coding.DecodeBase64(token)
	if len(decoded) < 40 || decoded[0] != 2 || decoded[1] != 1 || int(decoded[2])+3 >= len(decoded) {
		return Verdict{Confidence: scan.ConfidenceMedium}
	}
	return Verdict{Confidence: scan.ConfidenceCertain, Note: "It is a macaroon for " + string(hostOnly(decoded[3:3+int(decoded[2])])) + "."}
}

// hostOnly keeps the bytes that can stand in the name of a host.
func hostOnly(host []byte) []byte {
	var kept []byte
	for _, b := range host {
		if ascii.Is(b, ascii.ClassAlnum) || b == '.' || b == '-' {
			kept = append(kept, b)
		}
	}
	return kept
}

// bedrock expects base64 of "BedrockAPIKey-...".
func bedrock(data []byte, start, end int) Verdict {
	token := data[start+4 : end]
	token = token[:len(token)/4*4]
	if decoded := coding.DecodeBase64(token); bytes.Contains(decoded, []byte("BedrockAPIKey-")) {
		return Verdict{Confidence: scan.ConfidenceCertain, Note: "It decodes to a Bedrock key."}
	}
	return Verdict{Confidence: scan.ConfidenceMedium}
}

// ciscoKey is added to a Cisco type 7 password byte by byte, from the place that the first two digits name. Every
// device has the same key (https://passlib.readthedocs.io/en/stable/lib/passlib.hash.cisco_type7.html).
const ciscoKey = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"

// ciscoType7 decodes the password and expects printable text.
func ciscoType7(data []byte, start, end int) Verdict {
	text := data[start:end]
	salt, err := strconv.Atoi(string(text[:2]))
	if err != nil || salt >= len(ciscoKey) {
		return Verdict{Drop: true}
	}
	password, err := hex.DecodeString(string(text[2:]))
	if err != nil {
		return Verdict{Drop: true}
	}
	for i := range password {
		password[i] ^= ciscoKey[(salt+i)%len(ciscoKey)]
		if password[i] < ' ' || password[i] > '~' {
			return Verdict{Drop: true}
		}
	}
	return Verdict{Confidence: scan.ConfidenceCertain, Note: "The password can be read back.", Decoded: string(password)}
}
