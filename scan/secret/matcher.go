package secret

// matcher names Go code that looks at the text around a literal. [exam.run] calls it. Hits come in the order of the text,
// and a matcher looks at a bounded window only.
type matcher uint8

const (
	// matcherNone: the target is the expression of a rule.
	matcherNone matcher = iota
	matcherAssignment
	matcherCall
	matcherCommand
	matcherDER
	matcherHeader
	matcherJWK
	matcherJWT
	matcherNetrc
	matcherPEM
	matcherPhrase
	matcherPuTTY
	matcherURL
	// matcherElsewhere: another matcher reports the rule's credentials. Connection strings come from the assignments, and
	// password files are read once the whole file is known.
	matcherElsewhere
	matcherPercent
	matcherEscape
	matcherQuotedPrintable
	matcherManifest
)

// matchers holds the matchers by the names that rules use.
var matchers = map[string]matcher{
	"assignment": matcherAssignment,
	"call":       matcherCall,
	"command":    matcherCommand,
	"connection": matcherElsewhere,
	"der":        matcherDER,
	"file":       matcherElsewhere,
	"header":     matcherHeader,
	"jwk":        matcherJWK,
	"jwt":        matcherJWT,
	"netrc":      matcherNetrc,
	"pem":        matcherPEM,
	"phrase":     matcherPhrase,
	"putty":      matcherPuTTY,
	"url":        matcherURL,
}

// guesses reports whether a matcher goes by what stands around a value. That only makes sense in a text that a person wrote.
func (m matcher) guesses() bool {
	return m == matcherAssignment || m == matcherPhrase || m == matcherCall || m == matcherCommand
}
