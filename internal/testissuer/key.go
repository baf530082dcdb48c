package testissuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"sync"
)

// key signs tokens, by RSA and by ECDSA.
type key struct {
	id  string
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
}

// first is the first RSA key of every provider, because one takes long to make.
var first = sync.OnceValue(newRSA)

func newRSA() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}

func newKey(id string) key {
	k := key{id: id, rsa: first()}
	if id != "k1" {
		k.rsa = newRSA()
	}
	var err error
	if k.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		panic(err)
	}
	return k
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func random() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return encoded(b[:])
}

// keys is the key set that the provider publishes (RFC 7517).
func (i *Issuer) keys() []map[string]string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var e [4]byte
	binary.BigEndian.PutUint32(e[:], uint32(i.key.rsa.E))
	point, err := i.key.ec.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	return []map[string]string{
		{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": i.key.id, "n": encoded(i.key.rsa.N.Bytes()), "e": encoded(e[1:])},
		{"kty": "EC", "use": "sig", "alg": "ES256", "kid": i.key.id, "crv": "P-256", "x": encoded(point[1:33]), "y": encoded(point[33:])},
	}
}

// sign makes a token (RFC 7515). The header's "alg" says how.
func (k key) sign(header, claims map[string]any) string {
	parts := make([]string, 2)
	for n, part := range []map[string]any{header, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			panic(err)
		}
		parts[n] = encoded(text)
	}
	signed := parts[0] + "." + parts[1]
	sum := sha256.Sum256([]byte(signed))
	var signature []byte
	var err error
	switch header["alg"] {
	case "RS256":
		signature, err = rsa.SignPKCS1v15(rand.Reader, k.rsa, crypto.SHA256, sum[:])
	case "ES256":
		r, s, signErr := ecdsa.Sign(rand.Reader, k.ec, sum[:])
		if err = signErr; err == nil {
			signature = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		}
	case "HS256":
		public, marshalErr := x509.MarshalPKIXPublicKey(&k.rsa.PublicKey)
		err = marshalErr
		mac := hmac.New(sha256.New, public)
		_, _ = mac.Write([]byte(signed))
		signature = mac.Sum(nil)
	}
	if err != nil {
		panic(err)
	}
	return signed + "." + encoded(signature)
}
