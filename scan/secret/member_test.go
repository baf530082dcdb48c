package secret

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The name of a setting may be a value itself, and the value of the setting stands beside it.
func TestNamesAndValuesAsMembers(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	const (
		token = "4ZkR7bQ2mX9wL3pV8tYhG6sD"
		word  = "Bramble973_x"
		key   = "mX9wL3pV8tYhG6sD1fJ5nC0e4ZkR7bQ2vB6hT9yU3iO"
	)
	for what, c := range map[string]struct{ path, text, want string }{
		"value first":                {"a.json", `{"value": "` + token + `", "name": "API_TOK¦EN"}`, token},
		"value first, over lines":    {"a.json", "{\n  \"value\": \"" + token + "\",\n  \"name\": \"API_TOK¦EN\"\n}", token},
		"a member between":           {"a.json", `{"Key": "client_sec¦ret", "Type": "String", "Value": "` + token + `"}`, token},
		"parameters of a stack":      {"a.json", "{\n \"ParameterKey\": \"DbPass¦word\",\n \"ParameterValue\": \"" + word + "\"}", word},
		"object of a program":        {"a.js", "const b = { value: '" + token + "', key: 'apiTok¦en' };", token},
		"block of Terraform":         {"a.tf", "set {\n  name = \"auth.tok¦en\"\n  type = \"string\"\n  value = \"" + token + "\"\n}", token},
		"attributes, value first":    {"a.config", "<add value=\"" + token + "\" key=\"ApiTok¦en\"/>", token},
		"elements":                   {"a.xml", "<p>\n<name>fs.sec¦ret.key</name>\n<value>" + token + "</value></p>", token},
		"elements, value first":      {"a.xml", "<p>\n<value>" + token + "</value>\n<name>fs.sec¦ret.key</name></p>", token},
		"parameters of a servlet":    {"web.xml", "<param-name>db.pass¦word</param-name>\n<param-value>" + word + "</param-value>", word},
		"item of a list":             {"a.yml", "env:\n  - value: " + token + "\n    name: API_SEC¦RET\n  - name: X", token},
		"item with a description":    {"a.yml", "env:\n  - name: DB_PASS¦WORD\n    description: x\n    value: " + word, word},
		"another item":               {"a.yml", "env:\n  - value: " + token + "\n  - name: API_SEC¦RET\n", ""},
		"another object":             {"a.json", `[{"value": "` + token + `"}, {"name": "API_TOK¦EN"}]`, ""},
		"another element":            {"a.xml", "<p><name>fs.sec¦ret.key</name></p><p><name>x</name><value>" + token + "</value></p>", ""},
		"label of a form":            {"a.json", `{"name": "pass¦word", "label": "Password", "value": ""}`, ""},
		"name of an anchor":          {"a.yml", "x-db: &db_pass¦word " + word + "\nb: *db_pass¦word", word},
		"list below a name":          {"a.yml", "pass¦words:\n  - " + word + "\n  - x: y\n", word},
		"list of quoted texts":       {"a.yml", "tok¦ens:\n- \"" + token + "\"\nother: 1\n", token},
		"list of names":              {"a.yml", "tok¦ens:\n- access\n- refresh\n", ""},
		"any key of a Secret":        {"a.yml", "kind: Sec¦ret\nstringData:\n  app: " + token + "\n  user: ann\n", token},
		"any key of a ConfigMap":     {"a.yml", "kind: ConfigMap\nstringData:\n  app: " + token + "\n", ""},
		"JSON in JSON in JSON":       {"a.json", `{"a":"{\"b\":\"{\\\"client_sec¦ret\\\":\\\"` + token + `\\\"}\"}"}`, token},
		"JSON in an argument":        {"a.sh", `curl -d "{\"pass¦word\": \"` + word + `\"}" https://api.acme7.com`, word},
		"no-break spaces":            {"a.env", "API_TOK¦EN\u00a0=\u00a0" + token, token},
		"key of a program":           {"a.js", "k = {kty: 'OKP', crv: 'Ed25519', x: '" + key + "', d: '" + key[:42] + "'}", key[:42]},
		"key in escaped JSON":        {"a.json", `{"jwk":"{\"kty\":\"OKP\",\"d\":\"` + key + `\"}"}`, key},
		"public key of a program":    {"a.js", "k = {kty: 'OKP', crv: 'Ed25519', x: '" + key + "'}", ""},
		"short password in a URL":    {"a.txt", "amqp://app:xK9" + "!mN2$@mq.acme7.com/x", "xK9!mN2$"},
		"user and password as words": {"a.http", "Authorization: Ba¦sic ann " + word, word},
		"variables as words":         {"a.http", "Authorization: Ba¦sic {{user}} {{pass}}", ""},
		"header in a sentence":       {"a.md", "Authorization: Ba¦sic is the 1st scheme", ""},
		"variable in a URL":          {"a.txt", "amqp://app:$MQ_PW1!@mq.acme7.com/x", ""},
	} {
		found := find(t, d, c.path, strings.ReplaceAll(c.text, "¦", "")+"\n")
		if c.want == "" {
			require.Empty(t, found, what)
			continue
		}
		require.Len(t, found, 1, what)
		require.Equal(t, c.want, found[0].Secret.Reveal(), what)
	}
}
