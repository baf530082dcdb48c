package secret

import (
	"testing"

	"github.com/stretchr/testify/require"
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
