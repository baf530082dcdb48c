package secret

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// check looks at a match, data[start:end], and at its surroundings when it needs them. Checks are pure.
type check func(data []byte, start, end int) verdict

// checks are the offline checks by the name that rules use.
var checks = map[string]check{
	"aws_key_id":      checkAWSKeyID,
	"aws_secret":      checkAWSSecret,
	"azure_marker":    checkAzureMarker,
	"base64_json":     checkBase64JSON,
	"base64_pair":     checkBase64Pair,
	"bech32":          checkBech32,
	"cisco_type7":     checkCiscoType7,
	"crypt_hash":      checkCryptHash,
	"discord":         checkDiscord,
	"github":          checkGitHub,
	"gitlab_routable": checkGitLabRoutable,
	"hex_crc":         checkHexCRC,
	"jira_token":      checkJiraToken,
	"macaroon":        checkMacaroon,
	"mixed":           checkMixed,
	"mixed_case":      checkMixedCase,
	"base62":          checkBase62,
	"sas":             checkSAS,
	"storage_key":     checkStorageKey,
	"bedrock":         checkBedrock,
}

// checkBase64JSON wants a JSON object behind the first "eyJ".
func checkBase64JSON(data []byte, start, end int) verdict {
	token := data[start:end]
	at := bytes.Index(token, []byte("eyJ"))
	if at < 0 {
		return verdict{drop: true}
	}
	payload, _, _ := bytes.Cut(token[at:], []byte("_"))
	var object map[string]any
	if decoded := coding.DecodeBase64(payload); decoded != nil && json.Unmarshal(decoded, &object) == nil {
		return verdict{confidence: scan.ConfidenceCertain, note: "Its payload can be read."}
	}
	return verdict{confidence: scan.ConfidenceMedium}
}

// checkBase64Pair wants base64 of "user:password" in printable text.
func checkBase64Pair(data []byte, start, end int) verdict {
	decoded := coding.DecodeBase64(data[start:end])
	at := bytes.IndexByte(decoded, ':')
	if at < 0 || at == len(decoded)-1 || !ascii.Printable(decoded) || !utf8.Valid(decoded) && !nearlyASCII(decoded) {
		return verdict{drop: true}
	}
	if looks.Placeholder(bytes.TrimRight(decoded[at+1:], "\n")) {
		return verdict{drop: true}
	}
	if ascii.EqualFold(decoded[:at], []byte("aladdin")) {
		return verdict{severity: scan.SeverityLow, confidence: scan.ConfidenceLow, note: "It is the example of RFC 7617."}
	}
	return verdict{
		confidence: scan.ConfidenceHigh, note: "It decodes to a user name and a password.", decoded: string(decoded[at+1:]),
	}
}

// nearlyASCII reports whether a text of one byte a letter has few that are none of ASCII: names and passwords do.
func nearlyASCII(text []byte) bool {
	others := 0
	for _, b := range text {
		if b >= 0x80 {
			others++
		}
	}
	return others*10 < len(text)
}

// checkDiscord wants a numeric id (a snowflake) in the first part.
func checkDiscord(data []byte, start, end int) verdict {
	first, _, _ := bytes.Cut(data[start:end], []byte("."))
	id := coding.DecodeBase64(first)
	if len(id) < 15 || len(id) > 20 || strings.Trim(string(id), ascii.Decimals) != "" {
		return verdict{drop: true}
	}
	return verdict{confidence: scan.ConfidenceCertain, note: "Its first part is a user id."}
}

// checkJiraToken wants base64 of "<digits>:<random>", as the personal access tokens of the Data Center products are.
func checkJiraToken(data []byte, start, end int) verdict {
	token := bytes.TrimPrefix(data[start:end], []byte("BBDC-"))
	id, random, ok := bytes.Cut(coding.DecodeBase64(token), []byte(":"))
	if !ok || len(id) < 6 || len(id) > 13 || strings.Trim(string(id), ascii.Decimals) != "" || len(random) < 16 {
		return verdict{drop: true}
	}
	return verdict{confidence: scan.ConfidenceCertain, note: "It decodes to an id and random bytes."}
}

// checkMacaroon wants base64url of a version 2 macaroon: byte 2, then the field of the location (libmacaroons).
func checkMacaroon(data []byte, start, end int) verdict {
	token := bytes.TrimPrefix(data[start:end], []byte("pypi-"))
	if extra := len(token) % 4; extra == 1 {
		token = token[:len(token)-1]
	}
	decoded := coding.DecodeBase64(token)
	if len(decoded) < 40 || decoded[0] != 2 || decoded[1] != 1 || int(decoded[2])+3 >= len(decoded) {
		return verdict{confidence: scan.ConfidenceMedium}
	}
	return verdict{confidence: scan.ConfidenceCertain, note: "It is a macaroon for " + string(clean(decoded[3:3+int(decoded[2])])) + "."}
}

// clean keeps what may stand in a host's name.
func clean(host []byte) []byte {
	var kept []byte
	for _, b := range host {
		if ascii.Is(b, ascii.ClassAlnum) || b == '.' || b == '-' {
			kept = append(kept, b)
		}
	}
	return kept
}

// checkAzureMarker raises keys that carry the fixed text of Azure's identifiable keys (Microsoft's security-utilities).
func checkAzureMarker(data []byte, start, end int) verdict {
	if !ascii.Diverse(data[start:end], 16) {
		return verdict{drop: true}
	}
	if bytes.Contains(data[start:end], []byte("JQQJ9")) {
		return verdict{confidence: scan.ConfidenceCertain, note: "It carries Azure's fixed marker."}
	}
	return verdict{}
}

var azureSignatures = [][]byte{[]byte("+ASt"), []byte("+ASb"), []byte("+AEh"), []byte("+ARm"), []byte("ACDb"), []byte("AIoT")}

// checkStorageKey wants a key that decodes to 32 or 64 bytes; newer ones carry the service's signature. The emulator's
// well-known key is public.
func checkStorageKey(data []byte, start, end int) verdict {
	key := data[start:end]
	if bytes.HasPrefix(key, []byte("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuF")) {
		return verdict{refused: true}
	}
	if !ascii.Diverse(key, 12) {
		return verdict{drop: true}
	}
	for _, signature := range azureSignatures {
		if bytes.Contains(key, signature) {
			return verdict{confidence: scan.ConfidenceCertain, note: "It carries Azure's fixed marker."}
		}
	}
	if n := len(coding.DecodeBase64(key)); n != 32 && n != 64 {
		return verdict{confidence: scan.ConfidenceMedium}
	}
	return verdict{}
}

// checkSAS wants the other parameters of a shared access signature before "sig=" in the same URL.
func checkSAS(data []byte, start, end int) verdict {
	before := data[ascii.LineStart(data, start, 300):start]
	if !bytes.Contains(before, []byte("sv=")) && !bytes.Contains(before, []byte("se=")) || !ascii.Diverse(data[start:end], 16) {
		return verdict{drop: true}
	}
	return verdict{}
}

// checkBedrock wants base64 of "BedrockAPIKey-...".
func checkBedrock(data []byte, start, end int) verdict {
	token := data[start+4 : end]
	token = token[:len(token)/4*4]
	if decoded := coding.DecodeBase64(token); bytes.Contains(decoded, []byte("BedrockAPIKey-")) {
		return verdict{confidence: scan.ConfidenceCertain, note: "It decodes to a Bedrock key."}
	}
	return verdict{confidence: scan.ConfidenceMedium}
}

// checkMixedCase wants letters of both cases on top, for shapes that a long run of hex digits could have.
func checkMixedCase(data []byte, start, end int) verdict {
	if value := data[start:end]; !ascii.HasClass(value, ascii.ClassLower) || !ascii.HasClass(value, ascii.ClassUpper) {
		return verdict{drop: true}
	}
	return checkMixed(data, start, end)
}

// checkMixed wants random-looking text: letters and digits, of many kinds. It is for shapes that words could have.
func checkMixed(data []byte, start, end int) verdict {
	value := data[start:end]
	if !ascii.Diverse(value, min(8, len(value)/3)) || !ascii.HasDigit(value) || !ascii.HasLetter(value) || looks.Wordy(value) {
		return verdict{drop: true}
	}
	return verdict{}
}

// checkAWSSecret wants random base64 that is no SHA-1 and not the manual's example.
func checkAWSSecret(data []byte, start, end int) verdict {
	key := data[start:end]
	switch {
	case bytes.Contains(key, []byte("EXAMPLE")):
		return verdict{refused: true}
	case ascii.OnlyOf(key, ascii.ClassHex, ""), looks.Entropy(key) < 3.8, !ascii.HasDigit(key), looks.Wordy(key):
		return verdict{drop: true}
	}
	return verdict{}
}

var cryptHash = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\$apr1\$[^$]{1,8}\$[./0-9A-Za-z]{22}|\$1\$[^$]{1,8}\$[./0-9A-Za-z]{22}|` +
		`\$2[abxy]\$\d\d\$[./0-9A-Za-z]{53}|\$5\$(?:rounds=\d+\$)?[^$]{1,16}\$[./0-9A-Za-z]{43}|` +
		`\$6\$(?:rounds=\d+\$)?[^$]{1,16}\$[./0-9A-Za-z]{86}|\$y\$[./0-9A-Za-z]+\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{43}|` +
		`\$[89]\$[./0-9A-Za-z]{14}\$[./0-9A-Za-z]{43})$`)
})

// checkCryptHash wants the exact shape of a crypt(3) hash, and salt and sum that are not made up of one character.
func checkCryptHash(data []byte, start, end int) verdict {
	hash := data[start:end]
	if !cryptHash().Match(hash) || !ascii.Diverse(hash[len(hash)-22:], 8) {
		return verdict{drop: true}
	}
	return verdict{}
}

// plausible is the check that every token of a known shape passes: a token whose characters are all the same stands in
// a manual, and one that counts up is an example, which is reported as such.
func plausible(token []byte) verdict {
	body := token
	if at := bytes.LastIndexAny(token[:max(0, len(token)-16)], "_-."); at >= 0 {
		body = token[at+1:]
	}
	switch {
	case looks.Blank(body) || looks.Filled(token) || standInWords().In(token):
		return verdict{drop: true}
	case !ascii.Diverse(body, 4) || looks.ExampleLike(token) || looks.Periodic(body) || looks.LongRun(token):
		return verdict{severity: scan.SeverityLow, confidence: scan.ConfidenceLow, note: "It looks like an example."}
	}
	return verdict{}
}

// standInWords are what people write into the place of a token, between the signs of its alphabet.
var standInWords = match.AnyOf("your_", "your-", "_your", "-your", "_here", "-here", "placeholder", "changeme", "redacted", "replace_", "replace-", "insert_", "insert-")
