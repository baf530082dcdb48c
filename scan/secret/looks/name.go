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
	// subjects are spoilers that say only whose password it is, when they stand before one: CACHE_PASSWORD.
	subjects = wordlist.Set("name-subjects")
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

// ClassifyName returns the kind of value that a name promises without doubt.
func ClassifyName(name []byte) NameKind {
	kind, doubtful := Promise(name)
	if doubtful {
		return NameOther
	}
	return kind
}

// Promise returns the kind of value that a name promises. The noun decides: the last word, apart from ornaments. doubtful is
// true when the words around the noun make something else of it as often as not: a label, a hash, a setting about
// passwords. Only a value that is random beyond doubt counts there.
func Promise(name []byte) (kind NameKind, doubtful bool) {
	if foreignPassword(name) {
		return NamePassword, false
	}
	if string(name) == "-setcookie" {
		// The option of erl for the cookie of its nodes.
		return NameSecret, false
	}
	var words [MaxNameWords][]byte
	all := NameWords(name, &words)
	n := all
	if n == 0 {
		return NameOther, false
	}
	for n > 1 && Ornament(words[n-1]) {
		n--
	}
	kind = headKind(words[:n])
	mild, spoilt, labelled := false, false, false
	for _, w := range words[:all] {
		mild = mild || ascii.OneOf(Places, w)
		if ascii.OneOf(Spoilers, w) {
			spoilt = true
			labelled = labelled || !ascii.OneOf(subjects, w)
		}
	}
	switch {
	case kind == NamePassword:
		return kind, labelled
	case kind == NameOther && !spoilt && !mild:
		return modified(words[:n])
	case spoilt, mild && kind != NameSecret:
		return NameOther, false
	}
	return kind, false
}

// modified returns the kind of a name whose noun comes first: TOKEN_GITHUB, passwordAdmin. Whether such a name promises a
// secret is always in doubt.
func modified(words [][]byte) (kind NameKind, doubtful bool) {
	if ascii.OneOf(publicHeads, words[len(words)-1]) {
		return NameOther, false
	}
	for at := len(words) - 1; at > 0; at-- {
		switch kind := headKind(words[:at]); kind {
		case NameOther, NameCredential:
		default:
			return kind, true
		}
	}
	return NameOther, false
}

// publicHeads are last words that say that a random value is for everybody to see.
var publicHeads = ascii.WordSet(" challenge signature thumbprint verifier ")

// Ornament reports whether a word may follow the noun of a name: a count, or a word such as "value".
func Ornament(word []byte) bool {
	return ascii.OneOf(ornaments, word) || len(bytes.Trim(word, ascii.Decimals)) == 0
}

// PublicWords are words by which a key or a token is for everybody to see.
var PublicWords = wordlist.Set("public-key-words")

// Salt reports whether a name ends in a word for a salt. It keeps the hashes of a whole table apart, and it opens nothing by
// itself.
func Salt(name []byte) bool {
	name = bytes.TrimRight(name, ascii.Decimals+"_-.")
	return len(name) >= 4 && ascii.EqualFold(name[len(name)-4:], []byte("salt"))
}

// headKind returns the kind of the last of some words, which are not empty.
func headKind(words [][]byte) NameKind {
	n := len(words)
	last := bytes.TrimRight(words[n-1], ascii.Decimals)
	if ascii.EqualFold(last, []byte("key")) {
		switch {
		case n < 2 || !ascii.OneOf(KeyQualifiers, words[n-2]) && !ascii.OneOf(TokenNouns, words[n-2]):
			return NameOther
		case ascii.EqualFold(words[n-2], []byte("secret")):
			return NameSecret
		}
		return NameKey
	}
	if n > 1 && ascii.EqualFold(last, []byte("cookie")) && ascii.EqualFold(words[n-2], []byte("erlang")) {
		return NameSecret
	}
	if n > 1 && ascii.EqualFold(last, []byte("phrase")) && ascii.OneOf(phraseOwners, words[n-2]) {
		return NameKey
	}
	if n > 1 && ascii.OneOf(passFunctions, words[n-2]) && (ascii.EqualFold(last, []byte("pass")) || ascii.EqualFold(last, []byte("passes"))) {
		return NameOther
	}
	return nounKind(last, n == 1)
}

// phraseOwners are the words before "phrase" that make it the words of a wallet.
var phraseOwners = ascii.WordSet(" backup mnemonic recovery secret seed wallet ")

// foreignPasswords are the words for a password in languages whose letters are not all in ASCII, and those of several words.
var foreignPasswords = wordlist.Set("foreign-passwords")

// foreignPassword reports whether a name is such a word.
func foreignPassword(name []byte) bool {
	return Foreign(name) && foreignPasswords.Has(bytes.ToLower(name))
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
