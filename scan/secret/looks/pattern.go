package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// patternParts stand in regular expressions, in selectors and in globs, and hardly ever in a credential.
var patternParts = match.AnyOf(
	"(?:", "(?=", "(?!", "(?<", "(?p", "[a-z", "[0-9", "a-z]", "0-9]", "a-za-z", "[type=", "[name=", "[id=", "[class=", "[data-",
)

// patternSigns do the same in a text that was not drawn by chance.
var patternSigns = match.AnyOf(`\w`, `\d`, `\s`, `\S`, "[^", ".*", ".+")

// Pattern reports whether a value is a regular expression or a selector: what it describes is a secret, and it is none.
func Pattern(value []byte) bool {
	if value[0] == '#' && (Identifier(value[1:]) && !ascii.HasDigit(value) || (len(value) == 7 || len(value) == 9) && ascii.OnlyOf(value[1:], ascii.ClassHex, "")) {
		// A selector's id, a colour.
		return true
	}
	if value[0] == '^' && value[len(value)-1] == '$' && len(value) > 2 {
		return true
	}
	if bytes.IndexByte(value, '[') < 0 && bytes.IndexByte(value, '\\') < 0 && bytes.IndexByte(value, '(') < 0 && bytes.IndexByte(value, '.') < 0 {
		return false
	}
	return patternParts().In(value) || !Drawn(value) && (patternSigns().In(value) || repeatedClass(value))
}

// repeatedClass reports whether a value holds a class in brackets with a quantifier behind it: [a-f0-9]{2}.
func repeatedClass(value []byte) bool {
	open := bytes.IndexByte(value, '[')
	if open < 0 {
		return false
	}
	end := bytes.LastIndexByte(value[open:], ']') + open
	return end > open+2 && end+1 < len(value) && bytes.IndexByte([]byte("+*{?"), value[end+1]) >= 0 && bytes.IndexByte(value[open:end], '-') > 0
}
