package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// patternParts are parts of regular expressions, selectors and globs. A credential hardly contains them.
var patternParts = match.AnyOf(
	"(?:", "(?=", "(?!", "(?<", "(?p", "[a-z", "[0-9", "a-z]", "0-9]", "a-za-z", "[type=", "[name=", "[id=", "[class=", "[data-",
)

// patternSigns are further parts, which count in a text that does not look generated.
var patternSigns = match.AnyOf(`\w`, `\d`, `\s`, `\S`, "[^", ".*", ".+")

// Pattern reports whether a value is a regular expression or a selector. It describes a secret and is not one. The
// value must not be empty.
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

// repeatedClass reports whether a value has a class in brackets with a quantifier behind it: [a-f0-9]{2}.
func repeatedClass(value []byte) bool {
	open := bytes.IndexByte(value, '[')
	if open < 0 {
		return false
	}
	end := bytes.LastIndexByte(value[open:], ']') + open
	return end > open+2 && end+1 < len(value) && bytes.IndexByte([]byte("+*{?"), value[end+1]) >= 0 && bytes.IndexByte(value[open:end], '-') > 0
}
