package secret

import (
	"github.com/sluice-scan/sluice/scan/secret/guess"
	"github.com/sluice-scan/sluice/scan/secret/key"
	"github.com/sluice-scan/sluice/scan/secret/login"
)

// matcher is Go code that looks at the text around a literal, data[start:end], and emits what it finds. Hits come in
// the order of the text. A matcher must look at a bounded window only.
type matcher func(x *exam, start, end int)

// nothing is for rules that another matcher emits: connection strings come from "assignment", and "file" runs once for
// files that are password files by their name.
func nothing(*exam, int, int) {}

// matchers are the matchers by the name that rules use.
var matchers = map[string]matcher{
	"assignment": func(x *exam, start, end int) { x.names.Match(start, end) },
	"call":       func(x *exam, start, end int) { login.MatchCall(&x.Page, &x.found, start, end) },
	"command":    func(x *exam, start, end int) { x.commands.Match(start, end) },
	"connection": nothing,
	"file":       nothing,
	"header":     func(x *exam, start, end int) { login.MatchHeader(&x.Page, &x.found, start, end) },
	"jwk":        func(x *exam, start, end int) { key.MatchJWK(&x.Page, &x.found, start, end) },
	"jwt":        func(x *exam, start, _ int) { key.MatchJWT(&x.Page, &x.found, start) },
	"netrc":      func(x *exam, start, end int) { login.MatchNetrc(&x.Page, &x.found, start, end) },
	"pem":        func(x *exam, start, end int) { x.keys.MatchPEM(start, end) },
	"phrase":     func(x *exam, start, end int) { guess.MatchPhrase(&x.Page, &x.found, start, end) },
	"putty":      func(x *exam, start, end int) { x.keys.MatchPuTTY(start, end) },
	"url":        func(x *exam, start, end int) { login.MatchURL(&x.Page, &x.found, start, end) },
}

// guesses are the matchers that go by what stands around a value, and so only make sense in a text that a person wrote.
var guesses = map[string]bool{"assignment": true, "phrase": true, "call": true, "command": true}
