package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// NameKind says what a name promises its value to be.
type NameKind int

const (
	NameOther NameKind = iota
	NamePassword
	NameSecret
	NameKey
	NameToken
	NameCredential
)

var NameRules = [...]string{
	NamePassword: "GENERIC_PASSWORD", NameSecret: "GENERIC_SECRET", NameKey: "GENERIC_API_KEY",
	NameToken: "GENERIC_TOKEN", NameCredential: "GENERIC_CREDENTIAL",
}

var (
	passwordNouns = ascii.WordSet(" rootpw bindpw userpw requirepass masterauth psk wpakey storepass keypass trustpass keystorepass ldappass wifipass sqlpass authpass sshpass password passwd passwrd pass pwd passphrase passcode passwort kennwort senha contrasena contrasenia pswd psw " +
		"pword passw userpass dbpass ftppass mypass rootpass adminpass dbpwd userpwd mailpass smtppass ")
	secretNouns     = ascii.WordSet(" secret secretkey clientsecret appsecret sharedsecret apisecret consumersecret jwtsecret ")
	TokenNouns      = ascii.WordSet(" token authtoken accesstoken apitoken oauthtoken bottoken jwt bearer refreshtoken sessiontoken usertoken pat ")
	keyNouns        = ascii.WordSet(" apikey accesskey secretaccesskey privatekey authkey masterkey encryptionkey signingkey accountkey sharedkey storagekey licensekey appkey api_key ")
	credentialNouns = ascii.WordSet(" auth authorization credential credentials cred creds ")
	// keyQualifiers stand before "key" when the key is to be kept secret.
	KeyQualifiers = ascii.WordSet(" api access secret private encryption encrypt decryption signing sign signature auth authentication master account shared storage " +
		"service license aes hmac jwt jwe cipher crypto consumer server webhook subscription integration ingest insert app application admin deploy " +
		"session personal write token developer dev maps google aws azure github gitlab heroku stripe facebook fb twitter linkedin mailgun sendgrid mailchimp " +
		"openai datadog dd algolia project rest root user connection primary secondary ssl tls ssh client facturama " +
		"preshared psk wep wpa rsa dsa ec pem salt ")
	// ornaments may follow the noun.
	ornaments = ascii.WordSet(" value val text str string raw plain plaintext cleartext clear default prod production dev development staging stage stg " +
		"qa uat old new base base64 b64 live local current temp tmp primary secondary main backup env var eu us test sandbox v header ")
	// spoilers, anywhere in the name, mean that the value is about a secret and is none.
	Spoilers = ascii.WordSet(" public pub csrf xsrf authenticity hash hashed digest checksum placeholder regex regexp pattern invalid wrong forgot forgotten " +
		"reset change no without missing empty has show hide toggle enable enabled disable require required requires min max " +
		"num number count next page cursor continuation pagination label title message msg error err hint prompt help " +
		"description desc doc docs example sample dummy fake mock strength policy length len size kind input column param " +
		"parameter attribute attr property prop option header_name ids filename ttl expiry expires expiration expire timeout " +
		"lifetime age format prefix suffix index idx position start end begin line sort foreign unique cache primarykey " +
		"partition tokenizer tokens keyboard keydown keyup keypress keys keyword keywords monkey turkey donkey hotkey shortcut " +
		"i18n translation translate lang locale integrity sha sha1 sha256 sha512 md5 fingerprint version algorithm alg method " +
		"mode visible visibility valid validate validation validator verify verified check checked matches match mismatch " +
		"update save reuse remember incorrect expired failed failure fails denied exceeded cannot must should repeat again encrypted encoding status state flag test_id ref selector class style color colour href scope audience " +
		"issuer grant response commit rev revision ref etag tag uuid guid sum symbol punctuation lexer parser syntax separator " +
		"delimiter delim ast node kind rotate rotation ring regkey registry bypass ")
	// places, anywhere in the name, do the same for keys and tokens: a password may well be a host's or a file's.
	Places = ascii.WordSet(" name id url uri path file dir directory folder endpoint host link image icon provider type field ")
)

// notPasswords end in "pass" or "pwd" and are something else.
var notPasswords = ascii.WordSet(" bypass compass trespass overpass underpass surpass encompass mountpass onepass singlepass multipass renderpass " +
	"firstpass proxypass fcgipass lastpass keepass oldpwd bytepass postpass prepass subpass twopass allpass lowpass highpass bandpass ")

// passFunctions stand before "pass" when it is no noun: what passes, and how often.
var passFunctions = ascii.WordSet(" proxy fcgi fastcgi uwsgi scgi grpc memcached all any both first second two multi single did does do will by low high band over under sur test render shader compiler optimizer ")

const MaxNameWords = 12

// names splits a name into words at case changes and signs: dbPassword, DB_PASSWORD and db-password have two. Only the
// last maxNameWords count.
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

// ClassifyName says what kind of value a name promises. The noun decides, which is the last word but for ornaments.
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

// UppercaseKey reports whether a name is a constant's that ends in KEY, whatever stands before: KAGGLE_KEY. What its
// value must then look like is for [text.judgeValue] to say.
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

// publicKeys stand before "key" when it names a thing and opens nothing.
var publicKeys = ascii.WordSet(" gpg pgp site recaptcha idempotency object row map dict entity node group item bucket s3 registry storage preference pref session redis memcache " +
	"queue routing json data dictionary config settings context event feature client publishable translation search lookup host known trusted signed " +
	"verification ")

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

var passwordWords = match.AnyOf("password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "credential", "login", "user")

// AboutPasswords reports whether a text speaks of passwords.
func AboutPasswords(text []byte) bool { return passwordWords().In(text) }
