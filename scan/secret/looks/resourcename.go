package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// hashSchemes stand before the hash of a password in a directory (RFC 2307, 5.3) and in Spring Security. {noop},
// {clear} and {plain} stand before the password itself.
var hashSchemes = [...]string{"{ssha", "{sha", "{md5", "{smd5", "{crypt", "{pbkdf2", "{bcrypt", "{scrypt", "{argon2"}

// Hashed reports whether a value is marked as the hash of a password.
func Hashed(text []byte) bool {
	for _, scheme := range hashSchemes {
		if len(text) > len(scheme) && ascii.EqualFold(text[:len(scheme)], []byte(scheme)) && bytes.IndexByte(text, '}') > 0 {
			return true
		}
	}
	return false
}

// kubernetesSecrets are the words before "secret" in the names of fields that hold the name of a Secret.
var kubernetesSecrets = wordlist.Set("secret-field-words")

// SecretName reports whether a text is the name of a Kubernetes Secret: a DNS label with dashes (RFC 1123), in a field
// for such a name.
func SecretName(name, text []byte) bool {
	var words [MaxNameWords][]byte
	n := NameWords(name, &words)
	return n > 1 && ascii.EqualFold(words[n-1], []byte("secret")) && ascii.OneOf(kubernetesSecrets, words[n-2]) &&
		bytes.Count(text, []byte("-")) > 1 && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassDigit, "-.")
}

// NameLike reports whether a text is the name of a header, a constant or a scope: words, with at most a number behind
// them. The text must not be empty.
func NameLike(text []byte) bool {
	switch {
	case len(text) < 24 && Identifier(text), text[0] == '@' && bytes.IndexByte(text, ':') > 0:
		return true
	case text[0] == '_' && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassDigit, "_"):
		return true
	}
	// The name of a thing within modules (a.b.c:D), and that of a numbered step (0001_add_users).
	return bytes.IndexByte(text, '.') > 0 && bytes.IndexByte(text, ':') > 0 && namedSteps(text, ascii.ClassLower|ascii.ClassUpper|ascii.ClassDigit) ||
		bytes.Count(text, []byte("_"))+bytes.Count(text, []byte("-")) > 1 && namedSteps(text, ascii.ClassLower|ascii.ClassDigit)
}

// AccountSecret reports whether a text is the name that Kubernetes or OpenShift gives to the Secret of a service
// account or of a bootstrap token: default-token-b2pdc, builder-dockercfg-x7k2m, bootstrap-token-1b1585.
func AccountSecret(text []byte) bool {
	at := bytes.LastIndexByte(text, '-')
	suffix := len(text) - at - 1
	return at > 0 && (suffix == 5 || suffix == 6) && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassDigit, "-.") &&
		(bytes.HasSuffix(text[:at], []byte("-token")) || bytes.HasSuffix(text[:at], []byte("-dockercfg")))
}

// TypeName reports whether a text is the name of a type: V1SecretVolumeSource. Its words have four letters on average;
// those of random text have two. The text must not be empty.
func TypeName(text []byte) bool {
	if !ascii.Is(text[0], ascii.ClassUpper) || !ascii.OnlyOf(text, ascii.ClassAlnum, "") {
		return false
	}
	var words [MaxNameWords][]byte
	n, digits := NameWords(text, &words), 0
	for _, b := range text {
		if ascii.Is(b, ascii.ClassDigit) {
			digits++
		}
	}
	return n > 2 && n < MaxNameWords && len(text) >= n*4 && digits < 3 && !ascii.Is(text[len(text)-1], ascii.ClassDigit)
}

// namedSteps reports whether every part of a text between dots, colons, dashes and underscores is a word or a number,
// and one is a word of more than three letters. The parts of a token mix both.
func namedSteps(text []byte, class uint8) bool {
	if !ascii.OnlyOf(text, class, "._:-") {
		return false
	}
	word := false
	for _, step := range bytes.FieldsFunc(text, func(r rune) bool { return r == '.' || r == ':' || r == '_' || r == '-' }) {
		letters := bytes.TrimRight(step, ascii.Decimals)
		if len(letters) > 0 && (!ascii.OnlyOf(letters, ascii.ClassLower|ascii.ClassUpper, "") || len(step)-len(letters) > 2) {
			return false
		}
		word = word || len(letters) > 3
	}
	return word
}
