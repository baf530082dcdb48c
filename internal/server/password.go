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
var argonCost = cost{memory: 19 << 10, time: 2}

// cost is that of a password's hash: memory in KiB, and how often it is gone through.
type cost struct{ memory, time uint32 }

const argonKey = 32

// hashing bounds how many passwords are hashed at once: each takes 19 MiB.
var hashing = make(chan struct{}, 2)

// HashPassword makes what is stored of a password, in the PHC string format.
func HashPassword(password string) string { return hashPassword(password, argonCost) }

func hashPassword(password string, c cost) string {
	var salt [16]byte
	_, _ = rand.Read(salt[:]) // it never fails (crypto/rand)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.memory, c.time,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(argon(password, salt[:], c)))
}

func argon(password string, salt []byte, c cost) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, 1, argonKey)
}

// CheckPassword reports whether a password is that of a hash. An empty hash is no password's.
func CheckPassword(password, hash string) bool {
	parts := strings.Split(hash, "$")
	var c cost
	if len(parts) != 6 || parts[1] != "argon2id" || !c.parse(parts[3]) {
		// The time does not tell whether there is an account.
		_ = argon(password, make([]byte, 16), argonCost)
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	return err == nil && subtle.ConstantTimeCompare(argon(password, salt, c), want) == 1
}

// parse reads the cost that a hash names; it is false for one that no hash of ours has.
func (c *cost) parse(text string) bool {
	n, err := fmt.Sscanf(text, "m=%d,t=%d,p=1", &c.memory, &c.time)
	return err == nil && n == 2 && c.memory >= 8 && c.memory <= 1<<20 && c.time >= 1 && c.time <= 16
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

// entry names a password and a hash.
func (v *verified) entry(password, hash string) [32]byte {
	mac := hmac.New(sha256.New, v.key[:])
	_, _ = mac.Write([]byte(hash + "\x00" + password))
	return [32]byte(mac.Sum(nil))
}

// remembers reports whether a password was right a moment ago. A changed hash is another entry.
func (v *verified) remembers(password, hash string, now time.Time) bool {
	entry := v.entry(password, hash)
	v.mu.Lock()
	defer v.mu.Unlock()
	until, ok := v.until[entry]
	return ok && now.Before(until)
}

// check is CheckPassword, remembered.
func (v *verified) check(password, hash string, now time.Time) bool {
	entry := v.entry(password, hash)
	if v.remembers(password, hash, now) {
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
