package secret

import "github.com/sluice-scan/sluice/scan"

// maxCall bounds the arguments of a call in bytes.
const maxCall = 300

// matchCall reads the arguments of a call that takes a user and a password, from the hit on: the last of two or three
// texts is the password.
func matchCall(t *text, _, end int) {
	data := t.data
	stop := min(len(data), end+maxCall)
	var last value
	texts := 0
	for at := end; at < stop; {
		for at < stop && (is(data[at], classSpace) || data[at] == '@') {
			at++
		}
		if at >= stop || !isQuote(data[at]) {
			return
		}
		v, ok := quotedValue(data, at+1, data[at], false)
		if !ok || v.end >= stop {
			return
		}
		last = v
		texts++
		at = v.end + 1
		for at < stop && is(data[at], classSpace) {
			at++
		}
		if at >= stop || data[at] != ',' {
			if texts < 2 || at >= stop || data[at] != ')' {
				return
			}
			break
		}
		if next := skipSpace(data, at+1); texts == 2 && next < stop && !isQuote(data[next]) {
			// A callback or an option follows.
			break
		}
		at++
	}
	password := data[last.start:last.end]
	if texts < 2 || texts > 3 || len(password) < minPassword || placeholder(password) || reference(password) || nounOnly(password) ||
		location(password) || sentence(password) || !printable(password) {
		return
	}
	v := verdict{}
	switch {
	case t.path.test && !strongPassword(password):
		return
	case !strongPassword(password):
		v = verdict{severity: scan.SeverityLow, confidence: scan.ConfidenceLow}
	}
	t.emit(t.detector.byID["LOGIN_CALL_PASSWORD"], last.start, last.end, t.guess(v))
}
