package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"strings"
)

// version begins a sealed text, so that another cipher can follow later.
const version = "v1:"

// Box seals texts under one key. It is immutable and safe for concurrent use.
type Box struct{ aead cipher.AEAD }

// newBox derives the key of a box.
func newBox(derive func(purpose string) ([]byte, error), purpose string) (Box, error) {
	key, err := derive(purpose)
	if err != nil {
		return Box{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return Box{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return Box{aead}, err
}

// Seal encrypts a text for one place (AES-256-GCM, a random nonce for each text). Open needs the same place. The sealed text consists of
// characters that a cookie may have.
func (b Box) Seal(text, place string) string {
	return version + base64.RawStdEncoding.EncodeToString(b.aead.Seal(nil, nil, []byte(text), []byte(place))) //nolint:gosec // this cipher draws its nonces itself (crypto/cipher.NewGCMWithRandomNonce)
}

// ErrOpen means that a sealed text was not sealed with this key for this place, or was changed.
var ErrOpen = errors.New("a sealed text cannot be opened: it was sealed under another key or for another place")

// Open returns the text that was sealed for a place.
func (b Box) Open(sealed, place string) (string, error) {
	encoded, ok := strings.CutPrefix(sealed, version)
	if !ok {
		return "", ErrOpen
	}
	raw, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil {
		return "", ErrOpen
	}
	text, err := b.aead.Open(nil, nil, raw, []byte(place))
	if err != nil {
		return "", ErrOpen
	}
	return string(text), nil
}
