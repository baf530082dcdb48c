package secret

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
