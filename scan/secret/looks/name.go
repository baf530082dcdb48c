package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// NameKind is the kind of value that a name promises.
type NameKind int

// The kinds of names.
const (
	NameOther NameKind = iota
	NamePassword
	NameSecret
	NameKey
	NameToken
	NameCredential
)

// NameRules holds the id of the built-in rule for each kind of name.
var NameRules = [...]string{
	NamePassword: "GENERIC_PASSWORD", NameSecret: "GENERIC_SECRET", NameKey: "GENERIC_API_KEY",
	NameToken: "GENERIC_TOKEN", NameCredential: "GENERIC_CREDENTIAL",
}

// The words of names. The nouns decide the kind, alone or as the last word.
var (
	passwordNouns   = wordlist.Set("password-nouns")
	secretNouns     = wordlist.Set("secret-nouns")
	TokenNouns      = wordlist.Set("token-nouns")
	keyNouns        = wordlist.Set("key-nouns")
	credentialNouns = wordlist.Set("credential-nouns")
	// KeyQualifiers are the words before "key" that make it a secret.
	KeyQualifiers = wordlist.Set("key-qualifiers")
	// ornaments are words that may follow the noun.
	ornaments = wordlist.Set("name-ornaments")
	// Spoilers, anywhere in the name, mean that the value is about a secret and is not one.
	Spoilers = wordlist.Set("name-spoilers")
	// Places, anywhere in the name, do the same for keys and tokens. A password may well belong to a host or a file.
	Places = wordlist.Set("place-words")
)

// notPasswords are words that end in "pass" or "pwd" and mean something else.
var notPasswords = wordlist.Set("pass-words")

// passFunctions are words before "pass" that make a verb or a step of it: proxy_pass, first_pass.
var passFunctions = wordlist.Set("pass-verbs")

// MaxNameWords is how many words of a name count.
const MaxNameWords = 12

// NameWords splits a name into words at changes of case and at signs: dbPassword, DB_PASSWORD and db-password have two.
// It returns how many there are; of a longer name only the last MaxNameWords count.
func NameWords(name []byte, words *[MaxNameWords][]byte) int {
	n := 0
	add := func(word []byte) {
		if n == MaxNameWords {
			copy(words[:], words[1:])
			n--
		}
		words[n] = word
		n++
	}
	start := -1
	for i, b := range name {
		switch {
		case !ascii.Is(b, ascii.ClassAlnum):
			if start >= 0 {
				add(name[start:i])
			}
			start = -1
			continue
		case start < 0:
			start = i
			continue
		}
		previous := name[i-1]
		camel := ascii.Is(b, ascii.ClassUpper) && (ascii.Is(previous, ascii.ClassLower|ascii.ClassDigit)) ||
			ascii.Is(previous, ascii.ClassUpper) && ascii.Is(b, ascii.ClassUpper) && i+1 < len(name) && ascii.Is(name[i+1], ascii.ClassLower) && !(i+2 == len(name) && name[i+1] == 's')
		if camel {
			add(name[start:i])
			start = i
		}
	}
	if start >= 0 {
		add(name[start:])
	}
	return n
}

// ClassifyName returns the kind of value that a name promises. The noun decides: the last word, apart from ornaments.
func ClassifyName(name []byte) NameKind {
	var words [MaxNameWords][]byte
	n := NameWords(name, &words)
	if n == 0 {
		return NameOther
	}
	spoilt, mild := false, false
	for _, w := range words[:n] {
		spoilt = spoilt || ascii.OneOf(Spoilers, w)
		mild = mild || ascii.OneOf(Places, w)
	}
	if spoilt {
		return NameOther
	}
	for n > 1 && (ascii.OneOf(ornaments, words[n-1]) || len(bytes.Trim(words[n-1], ascii.Decimals)) == 0) {
		n--
	}
	last := bytes.TrimRight(words[n-1], ascii.Decimals)
	if ascii.EqualFold(last, []byte("key")) {
		if n > 1 && (ascii.OneOf(KeyQualifiers, words[n-2]) || ascii.OneOf(TokenNouns, words[n-2])) {
			if ascii.EqualFold(words[n-2], []byte("secret")) {
				return NameSecret
			}
			if mild {
				return NameOther
			}
			return NameKey
		}
		return NameOther
	}
	if n > 1 && ascii.OneOf(passFunctions, words[n-2]) && (ascii.EqualFold(last, []byte("pass")) || ascii.EqualFold(last, []byte("passes"))) {
		return NameOther
	}
	kind := nounKind(last, n == 1)
	if mild && kind != NamePassword && kind != NameSecret {
		return NameOther
	}
	return kind
}

// UppercaseKey reports whether a name is a constant that ends in KEY, with any words before it: KAGGLE_KEY. Such a name
// alone says little; its value must look random, too.
func UppercaseKey(name []byte) bool {
	if !bytes.HasSuffix(name, []byte("_KEY")) || !ascii.OnlyOf(name, ascii.ClassUpper|ascii.ClassDigit, "_") {
		return false
	}
	var words [MaxNameWords][]byte
	for _, w := range words[:NameWords(name, &words)] {
		if ascii.OneOf(Spoilers, w) || ascii.OneOf(Places, w) || ascii.OneOf(publicKeys, w) {
			return false
		}
	}
	return true
}

// publicKeys are words before "key" that make it the name of a thing, which opens nothing.
var publicKeys = wordlist.Set("public-key-words")

// nounKind returns the kind of a noun; alone is true when the name has no other word.
func nounKind(noun []byte, alone bool) NameKind {
	switch {
	case string(noun) == "PWD" && alone, ascii.OneOf(notPasswords, noun):
		return NameOther
	case ascii.OneOf(passwordNouns, noun):
		return NamePassword
	case ascii.OneOf(secretNouns, noun):
		return NameSecret
	case ascii.OneOf(keyNouns, noun):
		return NameKey
	case ascii.OneOf(TokenNouns, noun):
		return NameToken
	case ascii.OneOf(credentialNouns, noun):
		return NameCredential
	}
	// Words run together, as in dbpassword and mysecret.
	for _, end := range [...]struct {
		text string
		kind NameKind
	}{
		{"password", NamePassword}, {"passwd", NamePassword}, {"passphrase", NamePassword}, {"pwd", NamePassword},
		{"secretkey", NameSecret}, {"secret", NameSecret}, {"apikey", NameKey}, {"accesskey", NameKey}, {"privatekey", NameKey},
		{"authkey", NameKey}, {"authtoken", NameToken}, {"accesstoken", NameToken}, {"apitoken", NameToken},
	} {
		if len(noun) > len(end.text) && len(noun) <= 24 && ascii.EqualFold(noun[len(noun)-len(end.text):], []byte(end.text)) {
			return end.kind
		}
	}
	return NameOther
}

// passwordWords are the words by which a text is about passwords.
var passwordWords = wordlist.Finder("password-words")

// AboutPasswords reports whether a text is about passwords.
func AboutPasswords(text []byte) bool { return passwordWords().In(text) }
