package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// maxHeader bounds a header's value in bytes.
const maxHeader = 2048

// matchHeader reads what follows the hits "basic " and "bearer " (RFC 7617, RFC 6750) and Okta's "ssws ".
func matchHeader(t *text, start, end int) {
	data := t.data
	if start > 0 && (ascii.Is(data[start-1], ascii.ClassAlnum) || data[start-1] == '_' || data[start-1] == '.') {
		return
	}
	stop := end
	for stop < len(data) && stop-end < maxHeader && (ascii.Is(data[stop], ascii.ClassAlnum) || bytes.IndexByte([]byte("-._~+/="), data[stop]) >= 0) {
		stop++
	}
	value := data[end:stop]
	if len(value) >= 8 {
		t.consider(end, stop)
	}
	// "Bearer abc..." and "Bearer: " are prose, and so is a word.
	if len(value) < 8 || stop < len(data) && bytes.IndexByte([]byte("${<%("), data[stop]) >= 0 {
		return
	}
	if data[start] == 'b' || data[start] == 'B' {
		if ascii.EqualFold(data[start:end], []byte("basic ")) {
			t.emit(t.detector.byID["BASIC_AUTHORIZATION"], end, stop, t.guess(checkBasic(data, end, stop)))
			return
		}
	}
	value = bytes.TrimRight(value, ".")
	if v := judgeBearer(value); !v.drop {
		t.emit(t.detector.byID["BEARER_AUTHORIZATION"], end, end+len(value), t.guess(v))
	}
}

func checkBasic(data []byte, start, end int) verdict {
	if end-start < 8 || (end-start)%4 == 1 {
		return verdict{drop: true}
	}
	if looks.Published().In(data[start:end]) {
		return verdict{severity: scan.SeverityLow, confidence: scan.ConfidenceLow, note: "It is the example of an RFC."}
	}
	return checkBase64Pair(data, start, end)
}

func judgeBearer(value []byte) verdict {
	switch {
	case bytes.HasPrefix(value, []byte("eyJ")) && bytes.IndexByte(value, '.') > 0:
		// A JSON Web Token has its own rule, which also knows when it is none.
		return verdict{drop: true}
	case looks.Placeholder(value) || looks.Blank(value) || looks.Reference(value) || encodedStandIn(value):
		return verdict{drop: true}
	case looks.Published().In(value):
		return verdict{severity: scan.SeverityLow, confidence: scan.ConfidenceLow, note: "It is the example of an RFC."}
	case looks.ExampleLike(value):
		return verdict{severity: scan.SeverityLow, confidence: scan.ConfidenceLow, drop: len(value) < 32}
	case len(value) >= 12 && ascii.HasDigit(value) && ascii.HasLetter(value) && ascii.Diverse(value, 8) && !looks.Wordy(value):
		if len(value) < 20 {
			return verdict{confidence: scan.ConfidenceLow, severity: scan.SeverityMedium}
		}
		return verdict{}
	}
	return verdict{drop: true}
}
