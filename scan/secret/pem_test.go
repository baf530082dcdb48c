package secret

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// keyBlocks makes a key of every kind, so that none lies in this repository.
func keyBlocks(t testing.TB) map[string]string {
	t.Helper()
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ecDER, err := x509.MarshalECPrivateKey(ecKey)
	require.NoError(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	edDER, err := x509.MarshalPKCS8PrivateKey(edKey)
	require.NoError(t, err)
	dsaDER, err := asn1.Marshal(struct {
		Version       int
		P, Q, G, Y, X *big.Int
	}{0, rsaKey.N, rsaKey.Primes[0], rsaKey.Primes[1], rsaKey.D, big.NewInt(65537)})
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	return map[string]string{
		"RSA_PRIVATE_KEY": block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)),
		"EC_PRIVATE_KEY":  block("EC PRIVATE KEY", ecDER),
		"DSA_PRIVATE_KEY": block("DSA PRIVATE KEY", dsaDER),
		"PRIVATE_KEY":     block("PRIVATE KEY", edDER),
		"":                block("PUBLIC KEY", public),
	}
}

func TestPrivateKeysOfEveryKindAreRead(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	for id, block := range keyBlocks(t) {
		written := map[string]string{
			"as it is":      block,
			"CRLF":          strings.ReplaceAll(block, "\n", "\r\n"),
			"indented":      "key: |\n    " + strings.ReplaceAll(block, "\n", "\n    "),
			"JSON":          `{"key": "` + strings.ReplaceAll(block, "\n", `\n`) + `"}`,
			"concatenated":  `k = "` + strings.ReplaceAll(strings.TrimSpace(block), "\n", "\\n\" +\n    \"") + `";`,
			"base64":        "data: " + base64.StdEncoding.EncodeToString([]byte(block)),
			"one long line": strings.ReplaceAll(block, "\n", " "),
		}
		for form, text := range written {
			t.Run(id+" "+form, func(t *testing.T) {
				t.Parallel()
				found := find(t, d, "deploy/settings", text)
				if id == "" {
					require.Empty(t, found)
					return
				}
				require.Equal(t, []string{id}, ids(found))
				require.Equal(t, scan.ConfidenceCertain, found[0].Confidence)
				require.Equal(t, scan.SeverityCritical, found[0].Severity)
			})
		}
		if id != "" {
			require.Equal(t, scan.SeverityMedium, find(t, d, "pkg/testdata/key.pem", block)[0].Severity)
		}
	}
}

func TestKeysThatDoNotLeak(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	blocks := keyBlocks(t)
	der, _ := pem.Decode([]byte(blocks["PRIVATE_KEY"]))
	encrypted, err := asn1.Marshal(struct {
		Algorithm struct{ ID asn1.ObjectIdentifier }
		Data      []byte
	}{struct{ ID asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}}, append(der.Bytes, der.Bytes...)})
	require.NoError(t, err)
	tests := map[string]string{
		"encrypted by label":   strings.ReplaceAll(blocks["PRIVATE_KEY"], "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
		"encrypted by header":  strings.Replace(blocks["RSA_PRIVATE_KEY"], "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1),
		"encrypted by content": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encrypted})),
		"elided":               "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----",
		"only a header":        "if strings.HasPrefix(s, \"-----BEGIN RSA " + "PRIVATE KEY-----\") {",
		"fillers":              "-----BEGIN " + "PRIVATE KEY-----\n" + strings.Repeat("x", 400) + "\n-----END PRIVATE KEY-----",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, find(t, d, "deploy/settings", text))
		})
	}
}
