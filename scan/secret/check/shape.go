package check

import (
	"bytes"
	"regexp"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// mixedCase is mixed, and expects letters of both cases. It is for shapes that a long run of hexadecimal digits could
// have.
func mixedCase(data []byte, start, end int) Verdict {
	if value := data[start:end]; !ascii.HasClass(value, ascii.ClassLower) || !ascii.HasClass(value, ascii.ClassUpper) {
		return Verdict{Drop: true}
	}
	return mixed(data, start, end)
}

// mixed expects text that looks random: letters and digits, many of them different. It is for shapes that words could
// have.
func mixed(data []byte, start, end int) Verdict {
	value := data[start:end]
	if !ascii.Diverse(value, min(8, len(value)/3)) || !ascii.HasDigit(value) || !ascii.HasLetter(value) || looks.Wordy(value) {
		return Verdict{Drop: true}
	}
	return Verdict{}
}

// goCardless is mixed, and expects no word before the mark: pk_live_ begins keys of other services.
func goCardless(data []byte, start, end int) Verdict {
	if start > 0 && data[start-1] == '_' {
		return Verdict{Drop: true}
	}
	return mixed(data, start, end)
}

// cryptHashForm matches the hashes of crypt(3), each with the exact length of its salt and sum.
var cryptHashForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\$apr1\$[^$]{1,8}\$[./0-9A-Za-z]{22}|\$1\$[^$]{1,8}\$[./0-9A-Za-z]{22}|` +
		`\$2[abxy]\$\d\d\$[./0-9A-Za-z]{53}|\$5\$(?:rounds=\d+\$)?[^$]{1,16}\$[./0-9A-Za-z]{43}|` +
		`\$6\$(?:rounds=\d+\$)?[^$]{1,16}\$[./0-9A-Za-z]{86}|\$y\$[./0-9A-Za-z]+\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{43}|` +
		`\$[89]\$[./0-9A-Za-z]{14}\$[./0-9A-Za-z]{43})$`)
})

// cryptHash expects the exact shape of a crypt(3) hash, with a sum of several characters.
func cryptHash(data []byte, start, end int) Verdict {
	hash := data[start:end]
	if !cryptHashForm().Match(hash) || !ascii.Diverse(hash[len(hash)-22:], 8) {
		return Verdict{Drop: true}
	}
	return Verdict{}
}

// Plausible is the check for every token of a known shape. It drops a token that repeats one character, as manuals do.
// A token that counts up is an example, and is reported as one.
func Plausible(token []byte) Verdict {
	body := token
	if at := bytes.LastIndexAny(token[:max(0, len(token)-16)], "_-."); at >= 0 {
		body = token[at+1:]
	}
	switch {
	case looks.Blank(body) || looks.Filled(token) || standInWords().In(token):
		return Verdict{Drop: true}
	case !ascii.Diverse(body, 4) || looks.ExampleLike(token) || looks.Periodic(body) || looks.LongRun(token):
		return Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Note: "It looks like an example."}
	}
	return Verdict{}
}

// standInWords are texts that people write in place of a token, joined by the signs of its alphabet.
var standInWords = wordlist.Finder("token-placeholders")
