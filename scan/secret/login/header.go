package login

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// maxHeader bounds the value of a header in bytes.
const maxHeader = 2048

// MatchHeader reads the credential behind the hits "basic " and "bearer " (RFC 7617, RFC 6750) and Okta's "ssws ".
func MatchHeader(p *page.Page, list *found.List, start, end int) {
	data := p.Data
	if start > 0 && (ascii.Is(data[start-1], ascii.ClassAlnum) || data[start-1] == '_' || data[start-1] == '.') {
		return
	}
	if basicWords(p, list, start, end) {
		return
	}
	stop := end
	for stop < len(data) && stop-end < maxHeader && (ascii.Is(data[stop], ascii.ClassAlnum) || bytes.IndexByte([]byte("-._~+/="), data[stop]) >= 0) {
		stop++
	}
	value := data[end:stop]
	if len(value) >= 8 {
		list.Consider(end, stop)
	}
	// "Bearer abc..." and "Bearer: " are prose, and so is a word.
	if len(value) < 8 || stop < len(data) && bytes.IndexByte([]byte("${<%("), data[stop]) >= 0 {
		return
	}
	if data[start] == 'b' || data[start] == 'B' {
		if ascii.EqualFold(data[start:end], []byte("basic ")) {
			list.EmitID("BASIC_AUTHORIZATION", end, stop, p.Guess(checkBasic(data, end, stop)))
			return
		}
	}
	value = bytes.TrimRight(value, ".")
	if v := judgeBearer(value); !v.Drop {
		list.EmitID("BEARER_AUTHORIZATION", end, end+len(value), p.Guess(v))
	}
}

// basicWords reads a user and a password as two words behind "Authorization: Basic", as the HTTP client of JetBrains takes them
// (https://www.jetbrains.com/help/idea/http-client-in-product-code-editor.html). It reports whether both are there.
func basicWords(p *page.Page, list *found.List, start, end int) bool {
	data := p.Data
	if !ascii.EqualFold(data[start:end], []byte("basic ")) || !bytes.HasSuffix(bytes.ToLower(data[max(0, start-len("authorization: ")):start]), []byte("authorization: ")) {
		return false
	}
	line := bytes.TrimRight(data[end:ascii.LineEnd(data, end, maxHeader)], " \t\r")
	user, password, ok := bytes.Cut(line, []byte(" "))
	if !ok || len(user) == 0 || len(password) < looks.MinPassword || len(password) > looks.MaxPassword || bytes.ContainsAny(password, " \"'`") {
		return false
	}
	if looks.Reference(password) || looks.Placeholder(password) || looks.NounOnly(password) || looks.Trivial(password) || !ascii.HasDigit(password) && looks.Symbols(password) == 0 {
		return false
	}
	at := end + len(line) - len(password)
	list.EmitID("BASIC_AUTHORIZATION", at, at+len(password), p.Guess(check.Verdict{Confidence: scan.ConfidenceMedium}))
	return true
}

// checkBasic judges the credential of basic authentication.
func checkBasic(data []byte, start, end int) check.Verdict {
	if end-start < 8 || (end-start)%4 == 1 {
		return check.Verdict{Drop: true}
	}
	if looks.Published().In(data[start:end]) {
		return check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Note: "It is the example of an RFC."}
	}
	return check.Base64Pair(data, start, end)
}

// judgeBearer judges a bearer token.
func judgeBearer(value []byte) check.Verdict {
	switch {
	case bytes.HasPrefix(value, []byte("eyJ")) && bytes.IndexByte(value, '.') > 0:
		// A JSON Web Token has its own rule.
		return check.Verdict{Drop: true}
	case looks.Placeholder(value) || looks.Blank(value) || looks.Reference(value) || looks.EncodedPlaceholder(value):
		return check.Verdict{Drop: true}
	case looks.Published().In(value):
		return check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Note: "It is the example of an RFC."}
	case looks.ExampleLike(value):
		return check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Drop: len(value) < 32}
	case len(value) >= 12 && ascii.HasDigit(value) && ascii.HasLetter(value) && ascii.Diverse(value, 8) && !looks.Wordy(value):
		if len(value) < 20 {
			return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
		}
		return check.Verdict{}
	}
	return check.Verdict{Drop: true}
}
