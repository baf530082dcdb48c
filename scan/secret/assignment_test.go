package secret

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Each case is a form of assignment or an exception. The value is what must be found, or empty.
func TestAssignments(t *testing.T) {
	t.Parallel()
	const value = "Gr3en4Zk" + "R7bQ"
	tests := map[string]struct {
		path, text, want string
	}{
		"shell":                        {"run.sh", "export DB_PASS" + "WORD=" + value + "\n", value},
		"shell with a comment":         {"run.sh", "PASS" + "WORD=" + value + " # the old one\n", value},
		"behind a user":                {"build.gradle", "credentials { username \"ci\"; pass" + "word \"" + value + "\" }", value},
		"behind a user, no sign":       {".fetchmailrc", "poll mail.acme.io user \"ann\" pass" + "word \"" + value + "\" ssl", value},
		"behind another text":          {"a.txt", "the \"old\" pass" + "word \"field\"", ""},
		"short noun":                   {"a.yml", "vars:\n  vault_p" + "w: " + value, value},
		"YAML":                         {"a.yaml", "db:\n  pass" + "word: " + value + "\n", value},
		"JSON":                         {"a.json", "{\"pass" + "word\": \"" + value + "\"}", value},
		"escaped JSON":                 {"a.js", "x = \"{\\\"pass" + "word\\\": \\\"" + value + "\\\"}\"", value},
		"PHP arrow":                    {"a.php", "'pass" + "word' => '" + value + "',", value},
		"PHP define":                   {"a.php", "define('DB_PASS" + "WORD', '" + value + "');", value},
		"Go":                           {"a.go", "pass" + "word := \"" + value + "\"", value},
		"Ruby's percent":               {"a.rb", "PASS" + "WORD = %q(" + value + ")", value},
		"Ruby's default":               {"a.rb", "x = ENV.fetch('DB_PASS" + "WORD') { '" + value + "' }", value},
		"Ruby's block":                 {"a.rb", "x = ENV.fetch('DB_PASS" + "WORD') { raise 'it is missing' }", ""},
		"compared before the name":     {"A.java", "if (\"" + value + "\".equals(pass" + "word)) {}", value},
		"variable before the name":     {"A.java", "if (other.equals(pass" + "word)) {}", ""},
		"typed":                        {"a.ts", "const pass" + "word: string = '" + value + "';", value},
		"setter":                       {"A.java", "ds.setPass" + "word(\"" + value + "\");", value},
		"raw string":                   {"a.py", "pass" + "word = r'" + value + "'", value},
		"fallback":                     {"a.js", "const pass" + "word = process.env.P || '" + value + "'", value},
		"properties":                   {"a.properties", "spring.datasource.pass" + "word=" + value, value},
		"Terraform variable":           {"a.tf", "variable \"db_pass" + "word\" {\n  default = \"" + value + "\"\n}", value},
		"query":                        {"a.txt", "http://acme.io/?pass" + "word=" + value + "&x=1", value},
		"typed text":                   {"a.go", "var pass" + "word = []byte(\"" + value + "\")", value},
		"wrapped text":                 {"a.rs", "let pass" + "word = String::from(\"" + value + "\");", value},
		"converted text":               {"A.java", "char[] pass" + "word = \"" + value + "\".toCharArray();", value},
		"array":                        {"a.c", "char pass" + "word[32] = \"" + value + "\";", value},
		"definition":                   {"a.h", "#define WIFI_PASS" + "WORD \"" + value + "\"", value},
		"copied text":                  {"a.c", "strcpy(wifi.pass" + "word, \"" + value + "\");", value},
		"constant as a name":           {"A.java", "props.put(DB_PASS" + "WORD, \"" + value + "\");", value},
		"Visual Basic":                 {"a.vb", "Dim pass" + "word As String = \"" + value + "\"", value},
		"keyword":                      {"a.clj", "{:db-pass" + "word \"" + value + "\"}", value},
		"default of an option":         {"a.py", "add_argument('--pass" + "word', help='x', default='" + value + "')", value},
		"build field":                  {"build.gradle", "buildConfigField 'String', 'API_SEC" + "RET', '\"4ZkR7bQ2mX9wL3pV8tYh\"'", "4ZkR7bQ2mX9wL3pV8tYh"},
		"element named by attribute":   {"a.xml", "<property name=\"db.pass" + "word\">" + value + "</property>", value},
		"key of a secret's object":     {"a.json", "{\"Jwt\": {\"K" + "ey\": \"4ZkR7bQ2mX9wL3pV8tYh\"}}", "4ZkR7bQ2mX9wL3pV8tYh"},
		"constant key":                 {"a.env", "KAGGLE_K" + "EY=4ZkR7bQ2mX9wL3pV8tYh5cJ6sD1fGa0e", "4ZkR7bQ2mX9wL3pV8tYh5cJ6sD1fGa0e"},
		"shell default":                {"run.sh", "x=${DB_PASS" + "WORD:-" + value + "}", value},
		"host's password":              {"a.py", "EMAIL_HOST_PASS" + "WORD = '" + value + "'", value},
		"two words":                    {"a.py", "pass" + "word = 'open sesame'", "open sesame"},
		"shell requirement":            {"run.sh", "x=${DB_PASS" + "WORD:?required1}", ""},
		"validation rules":             {"a.php", "'pass" + "word' => 'required|min:8|confirmed',", ""},
		"translation":                  {"locales/de.json", "{\"pass" + "word\": \"Kennwort1!\"}", ""},
		"foreign word":                 {"a.json", "{\"pass" + "word\": \"Contraseña\"}", ""},
		"path of a name":               {"a.yaml", "checksum/sec" + "ret: 9f86d081884c7d659a2feaa0c55ad0153b0a4b1c", ""},
		"part of a resource name":      {"a.json", "{\"ARN\": \"arn:aws:x:1:sec" + "ret:MyDatabase1-d4e5f6\"}", ""},
		"path into an answer":          {"a.json", "{\"output_tok" + "en\": \"Jobs[-1].JobId22\"}", ""},
		"comparison of an element":     {"a.js", "if (au" + "th[0] === '4ZkR7bQ2mX9wL3pV8tYh') {", ""},
		"lower-case argument":          {"a.php", "$v->add('pass" + "word', 'length');", ""},
		"site key":                     {"a.env", "SITE_K" + "EY=4ZkR7bQ2mX9wL3pV8tYh5cJ6sD1fGa0e", ""},
		"a fake":                       {"a.js", "tok" + "en: 'fake-4ZkR7bQ2mX9wL3pV',", ""},
		"expression in code":           {"a.go", "pass" + "word := " + value, ""},
		"joined text":                  {"a.js", "x = 'pass" + "word=' + value1234", ""},
		"joined value":                 {"a.js", "pass" + "word = '" + value + "' + suffix", ""},
		"comparison with a variable":   {"a.js", "if (pass" + "word == otherPass1) {", ""},
		"prose":                        {"a.txt", "pass" + "word: " + value + " must be changed by the user", ""},
		"label in a template":          {"a.html", "<label>Pass" + "word: <input name=\"x\">Passw0rd</label>", ""},
		"a sentence":                   {"a.js", "pass" + "word: 'At least 8 characters, please'", ""},
		"second argument of something": {"a.go", "{\"TestPASS\", \"PASS\",\n \"Server-TLS13\"}", ""},
		"the name again":               {"a.yaml", "db_pass" + "word: db_password", ""},
		"a test's trivial one":         {"a_test.go", "pass" + "word := \"secret1\"", ""},
		"a test's keyboard run":        {"a_test.go", "pass" + "word := \"asdf12\"", ""},
		"a test's own":                 {"a_test.go", "pass" + "word := \"kestrel\"", "kestrel"},
		"a test's constant":            {"a_test.go", "pass" + "word := \"ENTER_PASSCODE\"", ""},
		"the user again":               {"a_test.go", "x := \"user=gorm pass" + "word=gorm dbname=gorm\"", ""},
		"text over several lines":      {"a_test.go", "x := `\nusers: [ {user: bob, pass" + "word: kestrel} ]\n`", "kestrel"},
		"code in a text":               {"a.ts", "x = `a ${f({pass" + "word: kestrel7})} b`", ""},
		"code behind a text":           {"a.ts", "x = `a`; y = /`/\nf({user: x, pass" + "word: kestrel7})", ""},
		"flow mapping":                 {"a.conf", "users = [ {user: bob, pass" + "word: kestrel, role: x} ]", "kestrel"},
		"command of a document":        {"a.md", "    docker run -e DB_PASS" + "WORD=kestrel7 \\\n", "kestrel7"},
		"label of a document":          {"a.md", "pass" + "word: optional", ""},
		"password of a cache":          {"a.env", "CACHE_HASH_PASS" + "WORD=" + value, value},
		"message about a password":     {"a.js", "invalid_pass" + "word: 'kestrel7'", ""},
		"repeated password":            {"a.rb", "pass" + "word_confirmation: 'kestrel7',", "kestrel7"},
		"noun first":                   {"a.env", "TOK" + "EN_GITLAB=4ZkR7bQ2mX9wL3pV8tYh", "4ZkR7bQ2mX9wL3pV8tYh"},
		"noun first and a word":        {"a.env", "PASS" + "WORD_ENGINE=kestrel7", ""},
		"Russian":                      {"a.yml", "пароль: " + value, value},
		"Spanish":                      {"a.json", "{\"contraseña\": \"" + value + "\"}", value},
		"French":                       {"a.yml", "mot de passe: " + value, value},
		"services of a name switch":    {"a.conf", "pass" + "wd:         files\n", ""},
		"signature of a token":         {"a.yml", "tok" + "en_signature: \"4ZkR7bQ2mX9wL3pV8tYh\"", ""},
		"code that code writes":        {"a.go", "x := `\n\ttok" + "en = int($$Tok3[i+0])\n`", ""},
		"label in French":              {"a.json", "{\"pass" + "word\": \"Wachtwoord\"}", ""},
		"in a lock file":               {"yarn.lock", "auth_tok" + "en: \"4ZkR7bQ2mX9wL3pV8tYh\"", ""},
		"in generated code":            {"a.go", "// Code generated by x. DO NOT EDIT.\nvar authTok" + "en = \"4ZkR7bQ2mX9wL3pV8tYh\"", ""},
		"on a minified line":           {"a.js", strings.Repeat("a=b;", 600) + "authTok" + "en='4ZkR7bQ2mX9wL3pV8tYh'", "4ZkR7bQ2mX9wL3pV8tYh"},
		"name on a minified line":      {"a.js", strings.Repeat("a=b;", 600) + "pass" + "word='kestrel7'", ""},
		"on a long line of data":       {"a.json", "{" + strings.Repeat("\"a\":\"b\",", 600) + "\"pass" + "word\":\"kestrel7\"}", "kestrel7"},
	}
	d := newTestDetector(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := find(t, d, test.path, test.text)
			if test.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Equal(t, test.want, found[0].Secret.Reveal())
			require.Equal(t, test.want, test.text[found[0].Start:found[0].End])
		})
	}
}

func TestURLCredentials(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"plain":               {"https://ann:Gr3enHouse¦@git.acme.io/x", "Gr3enHouse"},
		"database":            {"postgres://app:Gr3enHouse¦@db.acme.io:5432/shop?x=1", "Gr3enHouse"},
		"signs in the text":   {"https://ann:Gr3en!#@Hou¦@git.acme.io", "Gr3en!#@Hou"},
		"user is an address":  {"https://ann@acme.io:Gr3enHouse¦@git.acme.io", "Gr3enHouse"},
		"redis without user":  {"redis://:Gr3enHouse¦@cache.acme.io:6379", "Gr3enHouse"},
		"several hosts":       {"mongodb://app:Gr3enHouse¦@a.acme.io:27017,b.acme.io:27017/x", "Gr3enHouse"},
		"trivial and far":     {"mysql://app:secret¦@db.acme.io/x", "secret"},
		"same and local":      {"postgres://postgres:postgres¦@localhost/x", ""},
		"manual":              {"https://user:password¦@example.com", ""},
		"variable":            {"https://$USER:$PASS¦@acme.io", ""},
		"port and version":    {"https://acme.io:8080/pkg@v1.2.3", ""},
		"address in a query":  {"https://acme.io/?mail=ann:x@acme.io", ""},
		"stars":               {"https://ann:*****¦@acme.io", ""},
		"no password":         {"https://ann:¦@acme.io", ""},
		"two links on a line": {"https://acme.io:80 mail@acme.io", ""},
	}
	d := newTestDetector(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.ReplaceAll(test.text, rule.SampleBreak, "")
			found := find(t, d, "deploy/settings", text)
			if test.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Equal(t, test.want, found[0].Secret.Reveal())
		})
	}
}
