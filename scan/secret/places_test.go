package secret

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A password is found in every place where the format allows it.
func TestSecretsAreFoundWhereFormatsHoldThem(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	const hidden = "Tq71vKxz4n"
	for name, c := range map[string]struct{ path, text string }{
		"properties, continued":          {"a.properties", "db.pass¦word=\\\n    secret\n"},
		"properties, default of Spring":  {"a.properties", "db.pass¦word=${DB_PW:secret}\n"},
		"compose, default":               {"docker-compose.yml", "environment:\n  - DB_PASS¦WORD=${DB_PASS¦WORD:-secret}\n"},
		"shell, assigned default":        {"a.sh", ": \"${DB_PASS¦WORD:=secret}\"\n"},
		"shell, default of a parameter":  {"a.sh", "PASS¦WORD=\"${1:-secret}\"\n"},
		"Spring's Value":                 {"A.java", "@Value(\"${mail.pass¦word:secret}\") String p;\n"},
		"default of an annotation":       {"A.java", "@ConfigProperty(name = \"mail.pass¦word\", defaultValue = \"secret\")\n"},
		"compared by a method":           {"A.java", "if (pass¦word.equals(\"secret\")) {}\n"},
		"folded scalar":                  {"a.yml", "db_pass¦word: >-\n  secret\n"},
		"scalar on the next line":        {"a.yml", "db_pass¦word:\n  secret\n"},
		"anchor":                         {"a.yml", "A_PASS¦WORD: &pw secret\nB_PASS¦WORD: *pw\n"},
		"tag of a string":                {"a.yml", "A_PASS¦WORD: !!str secret\n"},
		"default of a template":          {"stack.yaml", "Parameters:\n  DbPass¦word:\n    Type: String\n    Default: secret\n"},
		"default in a flow mapping":      {"stack.yaml", "  DbPass¦word: {Type: String, Default: \"secret\"}\n"},
		"list of arguments":              {"a.yml", "command: [\"redis-server\", \"--requirepass\", \"secret\"]\n"},
		"environment of a container":     {"task.json", "[{\"name\": \"DB_PASS¦WORD\", \"value\": \"secret\"}]\n"},
		"header of Postman":              {"a.postman_collection.json", "{\"key\":\"pass¦word\",\"value\":\"secret\"}\n"},
		"block of Terraform":             {"a.tf", "set {\n  name  = \"auth.pass¦word\"\n  value = \"secret\"\n}\n"},
		"attributes on lines":            {"web.config", "<add\n  key=\"DbPass¦word\"\n  value=\"secret\" />\n"},
		"text of an element on its line": {"settings.xml", "<pass¦word>\n  secret\n</pass¦word>\n"},
		"element within a property":      {"beans.xml", "<property name=\"pass¦word\"><value>secret</value></property>\n"},
		"section of characters":          {"a.xml", "<pass¦word><![CDATA[secret]]></pass¦word>\n"},
		"comment behind the value":       {"a.ini", "[db]\npass¦word = secret ; rotate in spring\n"},
		"option of a driver":             {"odbc.ini", "[x]\nPW¦D=\"secret\"\n"},
		"pairs within lines of a text":   {"A.cs", "var c = \"\"\"\n    Host=db;Username=ann;Pass¦word=secret;Database=x\n    \"\"\";\n"},
		"three quotes":                   {"a.py", "PASS¦WORD = \"\"\"secret\"\"\"\n"},
		"joined texts":                   {"a.py", "pass¦word = \"Tq71\" + \"vKxz4n\"\n"},
		"in brackets below":              {"a.py", "PASS¦WORD = (\n  'secret'\n)\n"},
		"assigned where it is nil":       {"a.rb", "ENV['PASS¦WORD'] ||= 'secret'\n"},
		"option in a statement":          {"a.sql", "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', pass¦word 'secret');\n"},
		"cluster of short options":       {"a.sh", "curl -sSu'ann:secret' https://acme.io/\n"},
		"argument on the next line":      {"a.sh", "curl \\\n  --user \\\n  ann:secret \\\n  https://acme.io/\n"},
		"zip":                            {"a.sh", "zip -P secret a.zip a\n"},
		"7-Zip":                          {"a.sh", "7z a -psecret a.7z a\n"},
		"table":                          {"a.csv", "url,user,pass¦word\nhttps://acme.io,ann,secret\n"},
		"table with semicolons":          {"a.csv", "url;pass¦word;note\nacme.io;secret;x\n"},
		"spoken":                         {"notes.txt", "For the relay the pass¦word is secret#9 since May.\n"},
		"groups":                         {".env", "MAIL_PASS¦WORD='Tq71 vKxz 4n9L'\n"},
		"passphrase":                     {".env", "MAIL_PASS¦WORD=gravel-otter-lantern-mosaic\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.ReplaceAll(strings.ReplaceAll(c.text, "¦", ""), "secret", hidden)
			found := find(t, d, c.path, text)
			require.NotEmpty(t, found)
			require.False(t, strings.Contains(c.text, "secret") && !strings.Contains(text[found[0].Start:found[0].End]+found[0].Decoded.Reveal(), hidden))
		})
	}
}

// A reference to a value is not a secret, and neither is a name.
func TestReferencesAreNoSecrets(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	for name, c := range map[string]struct{ path, text string }{
		"variable":                   {"a.sh", "export DB_PASS¦WORD=$OTHER_PASS¦WORD\n"},
		"expansion":                  {"a.sh", "pass¦word=\"${AUTH_1#user/}\"\n"},
		"output of a command":        {"a.sh", "PASS¦WORD=$(cat /run/secrets/pw)\n"},
		"message of a missing value": {"a.yml", "- PASS¦WORD=${PASS¦WORD:?set it}\n"},
		"property of a build":        {"pom.xml", "<pass¦word>${env.NEXUS_PASS¦WORD}</pass¦word>\n"},
		"template":                   {"a.yml", "pass¦word: \"{{ .Values.db.pass¦word }}\"\n"},
		"alias":                      {"a.yml", "a: &secretpw x\npass¦word: *secretpw\n"},
		"function of a template":     {"stack.yaml", "MasterUserPass¦word: !Ref DBPass¦word\n"},
		"call":                       {"a.sql", "SET PASS¦WORD = PASS¦WORD('x')\n"},
		"form to fill in":            {"a.rsp", "PROXY_PASS¦WORD=<Value Unspecified>\n"},
		"format":                     {"a.py", "url = \"pass¦word=%s&user=%s\" % (a, b)\n"},
		"hash of a directory":        {"a.ldif", "userPass¦word: {SSHA}q8Wn4ZrT6yLk2MvB9xPc7HdF5sJg3Qaj\n"},
		"name of a Secret":           {"values.yaml", "auth:\n  pass¦wordSecret: shop-db-pg15-auth\n"},
		"argument of an option":      {"a.sh", "docker build --sec¦ret id=token,src=token.txt .\n"},
		"name service":               {"nsswitch.conf", "passwd: files systemd\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, find(t, d, c.path, strings.ReplaceAll(c.text, "¦", "")))
		})
	}
}
