// Package seal protects the texts of secrets that people have reviewed: a keyed hash for comparison, and an encrypted
// copy for people who may export them. It also seals what a browser keeps while somebody signs in elsewhere, and the
// credentials of connections. All keys come
// from one master key, which never reaches the database.
//
// [LoadOrCreate] or [Parse] reads the master key, [Keys.Verify] checks that it belongs to this database.
package seal

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/sluice-scan/sluice/scan/atomicfile"
)

// masterBytes is the length of the master key.
const masterBytes = 32

// Keys are the keys derived from a master key. They are immutable and safe for concurrent use.
type Keys struct {
	// Box seals the reviewed texts.
	Box

	hash                           []byte
	signIn, connections, exchanges Box
}

// New derives the keys from a master key of 32 bytes (HKDF-SHA256, RFC 5869; one key per purpose).
func New(master []byte) (*Keys, error) {
	if len(master) != masterBytes {
		return nil, fmt.Errorf("the master key has %d bytes; it must have %d", len(master), masterBytes)
	}
	derive := func(purpose string) ([]byte, error) {
		return hkdf.Key(sha256.New, master, nil, "sluice "+purpose, 32)
	}
	hash, err := derive("text hash 1")
	if err != nil {
		return nil, err
	}
	texts, err := newBox(derive, "text seal 1")
	if err != nil {
		return nil, err
	}
	signIn, err := newBox(derive, "sign-in seal 1")
	if err != nil {
		return nil, err
	}
	credentials, err := newBox(derive, "connection seal 1")
	if err != nil {
		return nil, err
	}
	exchanges, err := newBox(derive, "exchange seal 1")
	if err != nil {
		return nil, err
	}
	return &Keys{hash: hash, Box: texts, signIn: signIn, connections: credentials, exchanges: exchanges}, nil
}

// Connections seals the credentials of connections.
func (k *Keys) Connections() Box { return k.connections }

// Exchanges seals credentials for the seconds between the node that receives them and the node that needs them.
func (k *Keys) Exchanges() Box { return k.exchanges }

// SignIn seals what a browser keeps while somebody signs in elsewhere. Strangers may make the server seal as often as they like, so the key is
// another than that of the texts.
func (k *Keys) SignIn() Box { return k.signIn }

// Parse parses a master key in base64 or as 64 hex digits, as an environment variable contains it.
func Parse(text string) (*Keys, error) {
	text = strings.TrimSpace(text)
	if key, err := hex.DecodeString(text); err == nil && len(key) == masterBytes {
		return New(key)
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := encoding.DecodeString(text); err == nil && len(key) == masterBytes {
			return New(key)
		}
	}
	// The error does not quote the text, which may be the key with a typing error.
	return nil, errors.New("the master key is not 32 bytes in base64 or hex; `openssl rand -base64 32` makes one")
}

// LoadOrCreate reads the master key from a file, and creates one with mode 0600 if there is none. It refuses a file that
// others can read.
func LoadOrCreate(path string) (keys *Keys, created bool, err error) {
	keys, err = load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, false, err
	}
	if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, false, fmt.Errorf("make the master key %s: %w", path, err)
	}
	// Another process may have been first: its key counts.
	keys, err = load(path)
	return keys, true, err
}

func load(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("the master key %s can be read by others (mode %04o): chmod 600 it", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	keys, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// Create creates a new master key in a file with mode 0600; the error is fs.ErrExist if there is a file.
func Create(path string) (*Keys, error) {
	if err := create(path); err != nil {
		return nil, fmt.Errorf("make the master key %s: %w", path, err)
	}
	return load(path)
}

// Load reads the master key from a file; the error is fs.ErrNotExist if there is none.
func Load(path string) (*Keys, error) { return load(path) }

// create writes a new key atomically: it links a temporary file to the name, which fails if the name exists.
func create(path string) error {
	var master [masterBytes]byte
	_, _ = rand.Read(master[:]) // it never fails (crypto/rand)
	return atomicfile.WriteBytes(path, atomicfile.Options{Sync: true, New: true}, []byte(base64.StdEncoding.EncodeToString(master[:])+"\n"))
}

// Hash returns the keyed hash of a text (HMAC-SHA256, hex). Findings and reviewed texts are compared by it.
func (k *Keys) Hash(text string) string {
	mac := hmac.New(sha256.New, k.hash)
	_, _ = mac.Write([]byte(text)) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// Record stores the check value. SetFirst sets a value if there is none yet, and returns the stored one.
type Record interface {
	SetFirst(ctx context.Context, key, value string) (string, error)
}

// checkKey and checkText are the name and the text of the check value.
const (
	checkKey  = "seal.check"
	checkText = "sluice"
)

// ErrWrongKey means that the database was created with another master key.
var ErrWrongKey = errors.New("this database was created with another master key: " +
	"restore the old key; with another one all reviewed findings would be lost")

// Check returns the name and the value of the setting by which a database identifies the keys.
func (k *Keys) Check() (name, value string) { return checkKey, k.Seal(checkText, checkKey) }

// Verify compares the keys with those with which the database was created, and stores the check value in a new one.
func (k *Keys) Verify(ctx context.Context, r Record) error {
	name, value := k.Check()
	sealed, err := r.SetFirst(ctx, name, value)
	if err != nil {
		return fmt.Errorf("check the master key: %w", err)
	}
	if text, err := k.Open(sealed, checkKey); err != nil || text != checkText {
		return ErrWrongKey
	}
	return nil
}
