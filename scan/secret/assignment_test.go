package secret

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClassifyName(t *testing.T) {
	t.Parallel()
	kinds := map[nameKind][]string{
		namePassword: {
			"password", "DB_PASSWORD", "dbPassword", "db-password", "passwd", "userpass", "MYSQL_PWD", "spring.datasource.password",
			"passphrase", "password2", "adminpassword", "PasswordProd", "root_password_default", "sshPassphrase",
		},
		nameSecret:     {"secret", "client_secret", "clientSecret", "SECRET_KEY", "secret_key_base", "jwtSecret", "mysecret", "CLIENT_SECRET_PROD"},
		nameKey:        {"api_key", "apiKey", "API-KEY", "awsAccessKey", "encryption_key", "privateKey", "googleMapsKey", "x-api-key", "storageKey"},
		nameToken:      {"token", "access_token", "authToken", "GITHUB_TOKEN", "oauthtoken", "bot.token"},
		nameCredential: {"_auth", "credentials", "cred"},
		nameOther: {
			"", "pass_count", "passwordLength", "password_field", "publicKey", "public_key", "key", "key_id", "keyboard", "monkey",
			"tokenizer", "max_tokens", "token_url", "csrf_token", "next_page_token", "secret_name", "secretId", "passwordHash", "PWD", "OLDPWD",
			"bypass", "compass", "author", "passwordLabel", "reset_password", "password_hint", "invalidPassword", "hotkey", "tokenType",
			"password_policy", "has_password", "api_key_header_name", "cacheKey", "secretPath", "token_count", "sha256_token",
		},
	}
	for kind, names := range kinds {
		for _, name := range names {
			require.Equal(t, kind, classifyName([]byte(name)), name)
		}
	}
}

func TestNameWords(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"dbPassword": "db Password", "DB_PASSWORD": "DB PASSWORD", "HTTPServerKey": "HTTP Server Key", "api-key.v2": "api key v2",
		"a1B2": "a1 B2", "__x__": "x", "userIDs": "user IDs",
	}
	for name, want := range tests {
		var words [maxNameWords][]byte
		n := nameWords([]byte(name), &words)
		var got []string
		for _, w := range words[:n] {
			got = append(got, string(w))
		}
		require.Equal(t, want, strings.Join(got, " "), name)
	}
}

func TestValueModel(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		judge func([]byte) bool
		yes   []string
		no    []string
	}{
		"random": {
			random,
			[]string{
				"4ZkR7bQ2mX9wL3pV8tYh", "9f86d081884c7d65" + "9a2feaa0c55ad015", "Zm9v-YmFy_MTIz-NDU2x9Q", "aK3!xQ9#mZ",
				"qWmkZtRpXbNvLcJhGfDsYuIoTzKa", "a8Xk29Qm",
			},
			[]string{
				"", "short1", "databaseConnectionName", "user-account-identifier", "2024-01-15", "12345678901234567890", "v1.22.333-beta",
				"hello world 12345678", "aaaaaaaaaaaaaaaaaaaa", "deadbeef", "AuthenticationTokenProvider",
			},
		},
		"placeholder": {
			placeholder,
			[]string{
				"changeme", "CHANGEME", "xxxxxxxx", "********", "<password>", "your-api-key", "YOUR_TOKEN_HERE", "password", "example-secret", "null",
				"todo", "aaaaaa", "....", "insert-token-here", "REDACTED",
			},
			[]string{"hunter22", "Tr0ub4dor&3", "4ZkR7bQ2mX9w"},
		},
		"reference": {
			reference,
			[]string{
				"", "${X}", "$PASSWORD", "$(cat x)", "{{ x }}", "%X%", "process.env.X", "os.environ['X']", "vault:kv/x#y", "arn:aws:x", "<%= x %>",
				"#{x}", "%s", "getPassword()", "@{x}", "[x]", "{x}", "ENC(abc)", "op://vault/item", "__PASSWORD__", "config.password", "!Ref",
			},
			[]string{"pa$$w0rd", "$2y$12$abc", "50%off!x", "hunter22", "a{b"},
		},
		"location": {
			location,
			[]string{"/etc/passwd", "./key.pem", "../x", "~/.ssh/id", "C:\\keys\\x", "https://acme.io/x", "server.key", "config/secrets.yml", "ann@acme.io"},
			[]string{"hunter22", "4Zk/R7bQ+2mX9w==", "p@ss.w0rd1"},
		},
		"wordy": {
			wordy,
			[]string{"authentication", "DatabaseConnection", "my-secret-token-name", "thisismypassword"},
			[]string{"4ZkR7bQ2mX9w", "xqzvkjwpfh", "a8f3k2m9"},
		},
		"identifier": {
			identifier,
			[]string{"user_password", "a.b.c", "new-password", "key_v2"},
			[]string{"password", "4Zk_R7b_Q2m", "-x", "a!b"},
		},
		"uuid": {
			uuid,
			[]string{"00000000-0000-4000-8000-000000000000"},
			[]string{"00000000-0000-4000-8000-00000000000", "00000000000040008000000000000000abcd", "g0000000-0000-4000-8000-000000000000"},
		},
		"strong": {
			strongPassword,
			[]string{"Gr3enHouse", "aK3!xQ9#", "p1a2s3s4"},
			[]string{"Ab1!", "password", "password1", "12345678"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range test.yes {
				require.True(t, test.judge([]byte(text)), text)
			}
			for _, text := range test.no {
				require.False(t, test.judge([]byte(text)), text)
			}
		})
	}
}

// Each line is an exclusion or a form of assignment; the value is what must be found, or nothing.
func TestAssignments(t *testing.T) {
	t.Parallel()
	const value = "Gr3en4Zk" + "R7bQ"
	tests := map[string]struct {
		path, text, want string
	}{
		"shell":                        {"run.sh", "export DB_PASS" + "WORD=" + value + "\n", value},
		"shell with a comment":         {"run.sh", "PASS" + "WORD=" + value + " # the old one\n", value},
		"YAML":                         {"a.yaml", "db:\n  pass" + "word: " + value + "\n", value},
		"JSON":                         {"a.json", "{\"pass" + "word\": \"" + value + "\"}", value},
		"escaped JSON":                 {"a.js", "x = \"{\\\"pass" + "word\\\": \\\"" + value + "\\\"}\"", value},
		"PHP arrow":                    {"a.php", "'pass" + "word' => '" + value + "',", value},
		"PHP define":                   {"a.php", "define('DB_PASS" + "WORD', '" + value + "');", value},
		"Go":                           {"a.go", "pass" + "word := \"" + value + "\"", value},
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
		"a test's weak one":            {"a_test.go", "pass" + "word := \"hunter22\"", ""},
		"in a lock file":               {"yarn.lock", "auth_tok" + "en: \"4ZkR7bQ2mX9wL3pV8tYh\"", ""},
		"in generated code":            {"a.go", "// Code generated by x. DO NOT EDIT.\nvar authTok" + "en = \"4ZkR7bQ2mX9wL3pV8tYh\"", ""},
		"on a minified line":           {"a.js", strings.Repeat("a=b;", 600) + "authTok" + "en='4ZkR7bQ2mX9wL3pV8tYh'", ""},
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
			text := strings.ReplaceAll(test.text, sampleBreak, "")
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

func TestClassifyPath(t *testing.T) {
	t.Parallel()
	require.Equal(t, syntaxCode, classify("a/b/Main.GO").syntax)
	require.Equal(t, syntaxConfig, classify(".env.production").syntax)
	require.Equal(t, syntaxConfig, classify("Dockerfile.dev").syntax)
	require.Equal(t, syntaxUnknown, classify("README").syntax)
	require.True(t, classify("web/package-lock.json").lock)
	require.True(t, classify("a/testdata/x.json").test)
	require.True(t, classify("a/Test/x.json").test)
	require.True(t, classify("a/x_test.go").test)
	require.False(t, classify("a/contest/latest.go").test)
	require.True(t, classify("a.min.js").generated)
	require.True(t, generatedMarker([]byte("// Code generated by x. DO NOT EDIT.")))
	require.True(t, classify("home/.NETRC").passwords)
	require.Equal(t, pathKind{}, classify(""))
}

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[^\W\d]\w*`, `%[a-f0-9]{2}`, `^(?:x|y)$`, `input[type=text]`, `[!#$%&'*+.^_|~0-9A-Za-z]{1,}`} {
		require.True(t, pattern([]byte(text)), text)
	}
	for _, text := range []string{"Gr3en.House", `h]6EszR}vJ*m`, "a[3]x-9", "4Zk/R7bQ+2mX9w=="} {
		require.False(t, pattern([]byte(text)), text)
	}
}

func TestStandIns(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"abc123def456ghi789", "a1b2c3d4e5f6g7h8i9j0k1l2", "AbCdEfGh12345678"} {
		require.True(t, counted([]byte(text)), text)
	}
	for _, text := range []string{"4ZkR7bQ2mX9w", "abc", "hunter22", "", "deadbeef01"} {
		require.False(t, counted([]byte(text)), text)
	}
	for text, want := range map[string]bool{
		"not my real password": true, "user:password": true, "changeme\n": true, "ann:Gr3enHouse": false, "Gr3enHouse4Zk": false,
	} {
		require.Equal(t, want, encodedStandIn([]byte(base64.StdEncoding.EncodeToString([]byte(text)))), text)
	}
}

func TestPathsAndPorts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a/b/server.d", "464/tcp", "s/protect/protected/", "backend:5000", "token.acme:8080"} {
		require.True(t, location([]byte(text)), text)
	}
	for _, text := range []string{"4Zk/R7bQ", "x9/k2", "abc:12x", "ann:1", "Backend:5000"} {
		require.False(t, location([]byte(text)), text)
	}
}

// What people type for a secret counts in a configuration only: in a program such a text is as often a name.
func TestTypedSecret(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	const text = "SESSION_SEC" + "RET=thecatsat" + "onthemat\n"
	for path, want := range map[string]int{"a/.env": 1, "a/x.go": 0, "a/x.yaml": 1, "a/testdata/.env": 0} {
		found, err := d.file(t.Context(), path, []byte(text))
		require.NoError(t, err)
		require.Len(t, found, want, path)
	}
	found, err := d.file(t.Context(), "a/x.yaml", []byte("sec"+"ret: thecatsat"+"onthemat\n"))
	require.NoError(t, err)
	require.Empty(t, found)
}

func TestNameLike(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"X-Api-Key", "@app:token_v1", "_sf2_meta", "buildbot.www.oauth2:GitHubAuth", "0005_auto_20160727_2333"} {
		require.True(t, nameLike([]byte(text)), text)
	}
	for _, text := range []string{"acme_live_8f7d6a5c4b3e", "4ZkR7bQ2mX9w", "a8f3.k2m9:x7", "tok_9f8e7d6c_abcd"} {
		require.False(t, nameLike([]byte(text)), text)
	}
}
