package handover

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"errors"
)

// The parts of HPKE (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
var (
	kem  = hpke.DHKEM(ecdh.X25519())
	kdf  = hpke.HKDFSHA256()
	aead = hpke.AES256GCM()
)

// key is the key pair of one request. It prints as nothing.
type key struct{ private hpke.PrivateKey }

// newKey makes a key, and the text of its public half.
func newKey() (k key, public string, err error) {
	if k.private, err = kem.GenerateKey(); err != nil {
		return k, "", err
	}
	return k, base64.RawStdEncoding.EncodeToString(k.private.PublicKey().Bytes()), nil
}

// errSealed means that an answer was made for another request, or was changed.
var errSealed = errors.New("the answer with the credential cannot be opened: it is not for this request, or was changed")

// sealFor encrypts a credential for the public half of a key, and for one place.
func sealFor(public, place string, secret []byte) ([]byte, error) {
	raw, err := base64.RawStdEncoding.DecodeString(public)
	if err != nil {
		return nil, errSealed
	}
	to, err := kem.NewPublicKey(raw)
	if err != nil {
		return nil, errSealed
	}
	return hpke.Seal(to, kdf, aead, []byte(place), secret)
}

// open decrypts what sealFor encrypted for this key and place.
func (k key) open(sealed []byte, place string) ([]byte, error) {
	secret, err := hpke.Open(k.private, kdf, aead, []byte(place), sealed)
	if err != nil {
		return nil, errSealed
	}
	return secret, nil
}
