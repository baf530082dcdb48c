package secret

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// A credential counts when its service is named in its name or before it on its line.
func TestCredentialsBesideTheirService(t *testing.T) {
	t.Parallel()
	const (
		mixed = "4ZkR7bQ2mX9wL3pV8tYhG6s"
		hex   = "7d1f0b83a96c42e5d07b31f8ca9e6452"
		uuid  = "5b0c7a91-3e2d-4f68-9a17-c4d2e8b6f053"
	)
	d := newTestDetector(t)
	for what, c := range map[string]struct{ path, text, want string }{
		"name with a service":               {"a.env", "PANDADOC_KEY=" + mixed, mixed},
		"service of two words":              {"a.js", "const newRelicKey = '" + hex + "'", hex},
		"name with a count":                 {"a.py", "courier_key2 = \"" + mixed + "\"", mixed},
		"word behind the service":           {"a.txt", "pandadoc TOKEN " + mixed, mixed},
		"dash":                              {"a.txt", "pandadoc token - '" + mixed + "'", mixed},
		"sentence":                          {"a.md", "Your API2CART key is " + hex + ".", hex},
		"bare key behind the service":       {"a.log", "[DEBUG] Using pandadoc Key=" + mixed, mixed},
		"UUID of a service":                 {"a.txt", "opsgenie key: " + uuid, uuid},
		"UUID of a service that has others": {"a.txt", "datadog token: " + uuid, ""},
		"shape of the service":              {"a.env", "IPINFO_KEY=3e7d1a90c4b862", "3e7d1a90c4b862"},
		"other shape":                       {"a.env", "IPINFO_KEY=3e7d1a90c4b8", ""},
		"word that is a service, too":       {"a.env", "COLUMN_KEY=" + hex, ""},
		"no service":                        {"a.txt", "the token " + mixed, ""},
		"no service, bare key":              {"a.log", "[DEBUG] Using Key=" + mixed, ""},
		"public key of a service":           {"a.env", "STRIPE_PUBLISHABLE_KEY=" + mixed, ""},
		"hash of a service's key":           {"a.env", "PANDADOC_KEY_HASH=" + hex, ""},
		"reference":                         {"a.env", "PANDADOC_KEY=${PANDADOC_KEY}", ""},
		"name in a program":                 {"a.js", "pandadocKey: 'pandadoc-configuration-key-2'", ""},
		"service and noun in one word":      {"a.env", "pandadockey = " + mixed, mixed},
		"noun before the service":           {"a.env", "key_pandadoc = " + mixed, mixed},
		"mapping of a service":              {"a.yml", "pandadoc:\n  region: eu\n  key: " + mixed, mixed},
		"mapping of something else":         {"a.yml", "cache:\n  region: eu\n  key: " + mixed, ""},
		"service in a line above":           {"a.log", "[INFO] request to the ipinfo API\n[DEBUG] Using Key=3e7d1a90c4b862", "3e7d1a90c4b862"},
		"service above, no shape known":     {"a.log", "[INFO] request to the pandadoc API\n[DEBUG] Using Key=" + mixed, ""},
		"service above in a program":        {"a.go", "// calls the pandadoc API\nvar Key = \"" + mixed + "\"", ""},
		"service alone, its shape":          {"a.txt", "aviationstack: " + hex, hex},
		"service alone, another shape":      {"a.txt", "aviationstack: " + mixed, ""},
		"service alone, no shape known":     {"a.txt", "pandadoc: " + mixed, ""},
		"word between blanks in quotes":     {"a.txt", "pandadoc token = ' " + mixed + " '", mixed},
		"token called PAT":                  {"a.env", "PANDADOC_PAT=" + mixed, mixed},
		"as long, other characters":         {"a.env", "VULTR_APP_KEY=q7Zr1Xw9Kd3mTb8Vy2Lc5Nh6Jf4PsGaUeRoM", "q7Zr1Xw9Kd3mTb8Vy2Lc5Nh6Jf4PsGaUeRoM"},
		"sign that services do not use":     {"a.env", "PANDADOC_TOKEN=4ZkR7bQ2mX9?wL3pV8tYhG6s", ""},
		"token drawn with signs":            {"a.env", "PANDADOC_TOKEN='4Z?kR7^bQ2mX9@wL3pV8%tY(hG6s'", "4Z?kR7^bQ2mX9@wL3pV8%tY(hG6s"},
		"percent encoding":                  {"a.env", "PANDADOC_TOKEN=4ZkR7bQ2mX9%2FwL3pV8%3DtYhG6s", "4ZkR7bQ2mX9%2FwL3pV8%3DtYhG6s"},
		"the same without a service":        {"a.env", "BACKEND_TOKEN=4ZkR7bQ2mX9?wL3pV8tYhG6s", "4ZkR7bQ2mX9?wL3pV8tYhG6s"},
		"made up, beside its service":       {"a.env", "PANDADOC_API_KEY=abcdef1234567890abcd", "abcdef1234567890abcd"},
		"made up, in a manual":              {"a.md", "PANDADOC_API_KEY=abcdef1234567890abcd", ""},
		"made up, no service":               {"a.env", "BACKEND_API_KEY=abcdef1234567890abcd", ""},
		"stored by Jenkins":                 {"credentials.xml", "<secret>{AQAAABAAAAAQ" + mixed + mixed + "=}</secret>", "AAQ" + mixed + mixed + "="},
	} {
		found := find(t, d, c.path, c.text+"\n")
		if c.want == "" {
			require.Empty(t, found, what)
			continue
		}
		require.Len(t, found, 1, what)
		require.Equal(t, c.want, found[0].Secret.Reveal(), what)
	}
}

// What takes the place of a secret, what is public and what was published is not one.
func TestWhatOnlyLooksLikeACredential(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	const mixed = "4ZkR7bQ2mX9wL3pV8tYhG6sD1fJ5nC0e"
	for what, c := range map[string]struct{ path, text string }{
		"marks that a program fills in":  {"a.rsp", "sysPass" + "word=###ORACLE_PWD###"},
		"at signs around a name":         {"a.properties", "db.pass" + "word=@@DB_SECRET@@"},
		"percent signs around a name":    {"a.ini", "pass" + "word = %%DB_PWD%%"},
		"right without a password":       {"a.conf", "%sudo ALL=(ALL:ALL) NOPASS" + "WD: ALL"},
		"said to be none":                {"a.yml", "pass" + "word: notarealpass"},
		"application of Salesforce":      {"a.env", "SALESFORCE_KEY=3MVG9" + mixed},
		"mark of another service":        {"a.js", "x('pk_live_" + mixed + "4ZkR7bQ2')"},
		"report of Power BI":             {"a.md", "https://app.powerbi.com/view?r=eyJrIjoiN2QxZjBiODMtYTk2Yy00MmU1LWQwN2ItMzFmOGNhOWU2NDUyIiwidCI6IjViMGM3YTkxIn0="},
		"payload of a standard":          {"a.ts", "x = 'eyJhbGciOiJFUzI1NiJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNz." + mixed + mixed + "'"},
		"words of the name, shorter":     {"a.go", "\"acme42-client-sec" + "ret\": \"ACME42_SECRET\","},
		"host of a service":              {"a.env", "PORTAL_SEC" + "RET=4f2a9c.acme7.com"},
		"key that its service publishes": {"a.env", "LOB_KEY=live_pub_" + mixed},
		"alphabet beside a service":      {"a.env", "PANDADOC_TOKEN=abcdefghijklmnopqrstuvwxyz"},
		"trivial password of a manual":   {"a.go", "x := \"https://ann:letmein123@proxy.example.com\""},
	} {
		require.Empty(t, find(t, d, c.path, c.text+"\n"), what)
	}
	found := find(t, d, "a.env", "PANDADOC_API_KEY=abcdef1234567890abcd\n")
	require.Len(t, found, 1)
	require.Equal(t, scan.SeverityLow, found[0].Severity, "a person made it up")
	found = find(t, d, "a.txt", "ann:$2y$12$"+mixed+"4ZkR7bQ2mX9wL3pV8tYhG\n")
	require.Len(t, found, 1)
	require.Equal(t, scan.SeverityLow, found[0].Severity, "a hash opens nothing by itself")
}
