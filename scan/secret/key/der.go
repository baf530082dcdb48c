package key

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
)

// keyState says whether the bytes of a key can be used as they are.
type keyState int

const (
	keyBroken keyState = iota
	keyReadable
	keyEncrypted
)

// opensshMagic begins OpenSSH's own form of a private key.
var opensshMagic = []byte("openssh-key-v1\x00")

// keyKind reads the bytes of a key: OpenSSH's own form (https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key) or DER
// (RFC 8017, RFC 5915, RFC 5958).
func keyKind(der []byte) keyState {
	if rest, ok := bytes.CutPrefix(der, opensshMagic); ok {
		cipher, ok := sshString(rest)
		switch {
		case !ok:
			return keyBroken
		case string(cipher) == "none":
			return keyReadable
		}
		return keyEncrypted
	}
	if _, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return keyReadable
	}
	var sequence []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 || len(sequence) < 2 {
		return keyBroken
	}
	switch first := sequence[0]; {
	case first.Tag == asn1.TagSequence && len(sequence) == 2:
		// An algorithm and an octet string are an EncryptedPrivateKeyInfo.
		return keyEncrypted
	case first.Tag == asn1.TagInteger && len(first.Bytes) == 1 && first.Bytes[0] <= 1:
		// A version, then numbers or the key: RSA, EC, DSA, or PKCS #8 with an algorithm that x509 does not know.
		return keyReadable
	}
	return keyBroken
}

// sshString reads a string of RFC 4251: four bytes of length, then the text.
func sshString(data []byte) ([]byte, bool) {
	if len(data) < 4 {
		return nil, false
	}
	n := binary.BigEndian.Uint32(data)
	if uint64(n) > uint64(len(data)-4) {
		return nil, false
	}
	return data[4 : 4+n], true
}
