package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
)

// The cost of a password's hash: 19 MiB, twice, as OWASP's cheat sheet on password storage has it for argon2id.
const (
	argonMemory = 19 << 10
	argonTime   = 2
	argonKey    = 32
)

// hashing bounds how many passwords are hashed at once: each takes 19 MiB.
var hashing = make(chan struct{}, 2)

// HashPassword makes what is stored of a password, in the PHC string format.
func HashPassword(password string) string {
	var salt [16]byte
	_, _ = rand.Read(salt[:]) // it never fails (crypto/rand)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, argonMemory, argonTime,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(argon(password, salt[:])))
}

func argon(password string, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, 1, argonKey)
}

// CheckPassword reports whether a password is that of a hash. An empty hash is no password's.
func CheckPassword(password, hash string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		// The time does not tell whether there is an account.
		_ = argon(password, make([]byte, 16))
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	return err == nil && subtle.ConstantTimeCompare(argon(password, salt), want) == 1
}

// verified remembers for a minute which passwords were right, under a key of this process: scripts send theirs with every call.
type verified struct {
	key   [32]byte
	mu    sync.Mutex
	until map[[32]byte]time.Time
}

// rememberFor is how long a password counts without being hashed again.
const rememberFor = time.Minute

func newVerified() *verified {
	v := &verified{until: map[[32]byte]time.Time{}}
	_, _ = rand.Read(v.key[:]) // it never fails (crypto/rand)
	return v
}

// check is CheckPassword, remembered. A changed hash is another entry.
func (v *verified) check(password, hash string, now time.Time) bool {
	mac := hmac.New(sha256.New, v.key[:])
	_, _ = mac.Write([]byte(hash + "\x00" + password))
	entry := [32]byte(mac.Sum(nil))
	v.mu.Lock()
	until, ok := v.until[entry]
	v.mu.Unlock()
	if ok && now.Before(until) {
		return true
	}
	if !CheckPassword(password, hash) {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for e, t := range v.until {
		if now.After(t) {
			delete(v.until, e)
		}
	}
	v.until[entry] = now.Add(rememberFor)
	return true
}
