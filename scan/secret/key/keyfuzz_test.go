package key

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

func FuzzKey(f *testing.F) {
	for _, der := range keyBytes(f) {
		f.Add(der)
		f.Add(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	f.Add(append([]byte("openssh-key-v1\x00\x00\x00\x00\x04none"), 0, 0, 0, 4))
	f.Fuzz(func(t *testing.T, body []byte) {
		x := NewKeys(new(page.Page), nil)
		key := x.keyText(body)
		if len(key) > len(body) {
			t.Fatal("more base64 than text")
		}
		_ = keyKind(coding.DecodeBase64(key))
		_ = keyKind(body)
		x.judgeKey("", body, true)
	})
}

// keyBytes makes keys in DER, so that none lies in this repository.
func keyBytes(t testing.TB) [][]byte {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ecDER, err := x509.MarshalECPrivateKey(ec)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	edDER, err := x509.MarshalPKCS8PrivateKey(ed)
	require.NoError(t, err)
	return [][]byte{ecDER, edDER}
}
