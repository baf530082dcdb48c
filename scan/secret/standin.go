package secret

import (
	"bytes"
	"unicode/utf8"
)

// encodedStandIn reports whether a value is base64 of something that stands in for a credential: a placeholder, a
// sentence, a manual's "user:password".
func encodedStandIn(value []byte) bool {
	if len(value) < 8 || len(value) > maxPassword || bytes.IndexByte(value, ' ') >= 0 {
		return false
	}
	decoded := bytes.TrimRight(decodeBase64(value), "\r\n")
	if len(decoded) < minPassword || !utf8.Valid(decoded) || !printable(decoded) {
		return false
	}
	user, password, pair := bytes.Cut(decoded, []byte(":"))
	if !pair {
		return placeholder(decoded) || bytes.IndexByte(decoded, ' ') > 0 && wordy(decoded)
	}
	return len(password) == 0 || placeholder(password) || nounOnly(user) && nounOnly(password)
}

// counted reports whether the letters and the digits of a value each go up one by one, as in abc123def456 and a1b2c3d4:
// so count people who make something up.
func counted(value []byte) bool {
	var last [2]byte
	var steps, all [2]int
	for _, b := range value {
		kind := 0
		switch {
		case is(b, classLower|classUpper):
			b |= 0x20
		case is(b, classDigit):
			kind = 1
		default:
			continue
		}
		if last[kind] != 0 {
			all[kind]++
			next := last[kind] + 1
			if b == next || kind == 0 && next > 'z' && b == 'a' || kind == 1 && next > '9' && (b == '0' || b == '1') {
				steps[kind]++
			}
		}
		last[kind] = b
	}
	return all[0] >= 5 && steps[0]*5 >= all[0]*4 && (all[1] < 3 || steps[1]*3 >= all[1]*2)
}

// periodic reports whether a value repeats itself, whatever the case of its letters, from its third repetition on: ABC123abc123ABC123.
func periodic(value []byte) bool {
	for period := 1; period <= 8 && period*3 <= len(value); period++ {
		same := period
		for same < len(value) && value[same]|0x20 == value[same-period]|0x20 {
			same++
		}
		if same == len(value) {
			return true
		}
	}
	return false
}

// published are keys of manuals that everybody copies: the secret of the Key URI format of authenticator apps, and the
// key of the test vectors of RFC 6238 in base32; then the tokens of RFC 5849, RFC 6749 and RFC 6750, and the public key tokens
// of .NET's own assemblies.
var published = anyOf(
	"jbswy3dpehpk3pxp", "gezdgnbvgy3tqojq",
	"kkk9d7dh3k39sjv7", "nnch734d00sl2jdk", "hh5s93j4hdidpola", "hdhd0244k9j7ao03", "dpf43f3p2l4k3l03", "kd94hf93k423kf44", "9djdj82h48djs9d2",
	"2yotnfzfejr1zcsicmwpaa", "tgzv3jokf0xg5qx2tlkwia", "spldxlobezqqybys6wxsbia", "mf_9.b5f-4.1jqm", "h480djs93hd8", "czzcagrsa3f0mzpnwdfmqmf0m2jw",
	"b77a5c561934e089", "b03f5f7f11d50a3a", "31bf3856ad364e35", "cc7b13ffcd2ddd51",
)
