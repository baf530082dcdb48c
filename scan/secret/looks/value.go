package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Placeholders are values that people write where a secret goes later, in whole.
var Placeholders = ascii.WordSet(" changeme change_me change-me changeit example sample dummy placeholder insert replace enter todo tbd fixme " +
	"redacted hidden masked removed none null nil undefined true false yes no on off default unknown empty " +
	"n/a na test testing foo bar baz foobar xyz abc string str text bytes int integer number bool boolean object array any void char " +
	"required optional value secret password passwd pwd pass token apikey api_key api-key key username user credential credentials auth " +
	"bearer basic your_password yourpassword mysecret my_secret my-secret supersecret secret_key secretkey access_key secret-key " +
	"client_secret client-secret private_key public encrypted plain plaintext prompt ask input hide confirm show reset forgot login logout " +
	"signin signup register email phone oauth jwt cookie session header query body form json self this env file vault " +
	"notasecret not-a-secret fake mock stub invalid random function enable disable enabled disabled always never define undef compat passphrase binary argon2 argon2i argon2id bcrypt scrypt on_create none:none wrong incorrect bad valid good correct new old current next previous ")

// placeholderParts are texts that only a stand-in holds, anywhere in it and in any case.
var placeholderParts = match.AnyOf(
	"your", "example", "changeme", "change_me", "change-me", "placeholder", "replace", "redacted", "dummy", "xxxx", "-xxx", "_xxx", ".xxx",
	"****", "insert", "todo", "password-for", "password_for", "passwordfor", "-here", "_here", "sanitized", "not-real", "notreal", "fixme", "…", "######", "fake", "invalid", "foobar", "not-a-", "notasecret", "hmac", "sha256", "sha512", "pbkdf2",
)

// Placeholder reports whether a value stands in for a secret.
func Placeholder(value []byte) bool {
	if ascii.OneOf(Placeholders, value) || Blank(value) || !ascii.Diverse(value, 2) {
		return true
	}
	if bytes.HasSuffix(value, []byte("***")) || bytes.HasSuffix(value, []byte("...")) || placeholderParts().In(value) || bytes.Contains(value, []byte("...")) && !Drawn(value) || ascii.OnlyOf(value, ascii.ClassUpper, "_-") && AboutPasswords(value) {
		return true
	}
	return len(value) > 2 && value[0] == '<' && value[len(value)-1] == '>'
}

// Typed reports whether a text is what people type for a secret that nobody has to remember: letters, run together or
// in two or three words.
func Typed(text []byte) bool {
	return len(text) >= 10 && ascii.OnlyOf(text, ascii.ClassLower, " ") && bytes.Count(text, []byte(" ")) < 3 && ascii.Diverse(text, 6) && !AboutPasswords(text)
}

// Sentence reports whether a text is natural language: several words, or one with a sign of punctuation at its end.
func Sentence(text []byte) bool {
	if Foreign(text) && !ascii.HasDigit(text) {
		return true
	}
	spaces := bytes.Count(text, []byte(" "))
	last := text[len(text)-1]
	switch {
	case spaces >= 2:
		return true
	case spaces == 1:
		return AboutPasswords(text) || ascii.Is(text[0], ascii.ClassUpper) || ascii.HasDigit(text) || last == ':' || last == '.' || last == ','
	}
	return (last == ':' || last == '?' || last == '.') && !ascii.HasDigit(text)
}

// MostlyForeign reports whether more than half of a text is beyond ASCII: a sentence in another script.
func MostlyForeign(text []byte) bool {
	n := 0
	for _, b := range text {
		if b >= 0x80 {
			n++
		}
	}
	return n*2 > len(text)
}

// HexNumber reports whether a text is a number of a program: 0x and at most eight digits.
func HexNumber(text []byte) bool {
	return len(text) <= 10 && bytes.HasPrefix(text, []byte("0x")) && ascii.OnlyOf(text[2:], ascii.ClassHex, "")
}

// Foreign reports whether a text holds letters beyond ASCII: labels of a translation do, and few passwords.
func Foreign(text []byte) bool {
	for _, b := range text {
		if b >= 0x80 {
			return true
		}
	}
	return false
}
