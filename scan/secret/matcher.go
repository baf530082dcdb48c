package secret

import (
	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// matcher is Go code that looks at the text around a literal, data[start:end], and emits what it finds. Hits come in
// the order of the text. A matcher must look at a bounded window only.
type matcher func(t *text, start, end int)

// nothing is for rules that another matcher emits: connection strings come from "assignment", and "file" runs once for
// files that are password files by their name.
func nothing(*text, int, int) {}

// matchers are the matchers by the name that rules use.
var matchers = map[string]matcher{
	"assignment": matchAssignment,
	"call":       matchCall,
	"command":    matchCommand,
	"connection": nothing,
	"file":       nothing,
	"header":     matchHeader,
	"jwk":        matchJWK,
	"jwt":        matchJWT,
	"netrc":      matchNetrc,
	"pem":        matchPEM,
	"phrase":     matchPhrase,
	"putty":      matchPuTTY,
	"url":        matchURL,
}

// guesses are the matchers that go by what stands around a value, and so only make sense in a text that a person wrote.
var guesses = map[string]bool{"assignment": true, "phrase": true, "call": true, "command": true}

// lineStart gives the beginning of the line that holds offset at, or at-limit when that is nearer.
func lineStart(data []byte, at, limit int) int {
	start := at
	for start > 0 && at-start < limit && data[start-1] != '\n' {
		start--
	}
	return start
}

// lineEnd gives the end of the line that holds offset at, or at+limit when that is nearer.
func lineEnd(data []byte, at, limit int) int {
	end := at
	for end < len(data) && end-at < limit && data[end] != '\n' {
		end++
	}
	return end
}

// skipSpace gives the first offset from at on that holds no space or tab.
func skipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t') {
		at++
	}
	return at
}

// word gives the end of the run of bytes from at on that are neither space nor quote, at most limit of them.
func word(data []byte, at, limit int) int {
	end := at
	for end < len(data) && end-at < limit && !ascii.Is(data[end], ascii.ClassSpace) && !isQuote(data[end]) {
		end++
	}
	return end
}

func isQuote(b byte) bool { return b == '"' || b == '\'' || b == '`' }
