package access

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

// passwordCost is the cost that OWASP recommends for argon2id: 19 MiB, two passes
// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
var passwordCost = Cost{Memory: 19 << 10, Time: 2}

// Cost is the cost of a password's hash.
type Cost struct {
	// Memory is in KiB. Time is the number of passes over it.
	Memory, Time uint32
}

const argonKey = 32

// hashing limits how many passwords are hashed at once: each takes 19 MiB.
var hashing = make(chan struct{}, 2)

// HashPassword hashes a password at the cost that OWASP recommends.
func HashPassword(password string) string { return passwordCost.Hash(password) }

// Hash returns the hash of a password as the store keeps it, in the PHC string format
// (https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md). The text includes the cost.
func (c Cost) Hash(password string) string {
	var salt [16]byte
	_, _ = rand.Read(salt[:]) // it never fails (crypto/rand)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.Memory, c.Time,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(argon(password, salt[:], c)))
}

func argon(password string, salt []byte, c Cost) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, c.Time, c.Memory, 1, argonKey)
}

// matches reports whether a password has this hash. An empty hash matches no password.
func matches(password, hash string) bool {
	parts := strings.Split(hash, "$")
	var c Cost
	if len(parts) != 6 || parts[1] != "argon2id" || !c.parse(parts[3]) {
		// An unknown account takes the same time, so that the time does not tell whether an account exists.
		_ = argon(password, make([]byte, 16), passwordCost)
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	return err == nil && subtle.ConstantTimeCompare(argon(password, salt, c), want) == 1
}

// parse reads the cost of a hash. It returns false for a cost that none of our hashes has.
func (c *Cost) parse(text string) bool {
	n, err := fmt.Sscanf(text, "m=%d,t=%d,p=1", &c.Memory, &c.Time)
	return err == nil && n == 2 && c.Memory >= 8 && c.Memory <= 1<<20 && c.Time >= 1 && c.Time <= 16
}

// verified caches for a minute which passwords were right, because scripts send theirs with every call. It holds hashes
// under a key of this process.
type verified struct {
	key   [32]byte
	mu    sync.Mutex
	until map[[32]byte]time.Time
}

// rememberFor is how long a right password needs no hashing.
const rememberFor = time.Minute

func newVerified() *verified {
	v := &verified{until: map[[32]byte]time.Time{}}
	_, _ = rand.Read(v.key[:]) // it never fails (crypto/rand)
	return v
}

// entry returns the cache key of a password and its hash.
func (v *verified) entry(password, hash string) [32]byte {
	mac := hmac.New(sha256.New, v.key[:])
	_, _ = mac.Write([]byte(hash + "\x00" + password))
	return [32]byte(mac.Sum(nil))
}

// remembers reports whether a password was right a moment ago. After a change of the hash, the entry no longer matches.
func (v *verified) remembers(password, hash string, now time.Time) bool {
	entry := v.entry(password, hash)
	v.mu.Lock()
	defer v.mu.Unlock()
	until, ok := v.until[entry]
	return ok && now.Before(until)
}

// check is matches with the cache.
func (v *verified) check(password, hash string, now time.Time) bool {
	entry := v.entry(password, hash)
	if v.remembers(password, hash, now) {
		return true
	}
	if !matches(password, hash) {
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
