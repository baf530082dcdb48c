package demo

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"hash/crc32"
	"math/rand/v2"
	"strings"
)

// mint makes credentials that look real and open nothing. The source has none, so that a scan of the source finds none. The same seed gives
// the same ones.
type mint struct {
	random *rand.Rand
	// last is the last one by its name; see fill.
	last map[string]string
}

func newMint(seed uint64) *mint {
	return &mint{rand.New(rand.NewPCG(seed, 14)), map[string]string{}} //nolint:gosec // they protect nothing
}

const (
	digits = "0123456789"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	// base62 is in the order in which GitHub's checksum counts.
	base62 = digits + upper + lower
)

// text returns n characters of an alphabet.
func (m *mint) text(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[m.random.IntN(len(alphabet))]
	}
	return string(b)
}

// github is a personal access token with its checksum
// (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/).
func (m *mint) github() string {
	body := m.text(30, base62)
	sum := [6]byte{}
	for i, rest := 5, crc32.ChecksumIEEE([]byte(body)); i >= 0; i, rest = i-1, rest/62 {
		sum[i] = base62[rest%62]
	}
	return "gh" + "p_" + body + string(sum[:])
}

// key is a private key as PEM.
func (m *mint) key() string {
	seed := make([]byte, ed25519.SeedSize)
	for i := range seed {
		seed[i] = byte(m.random.IntN(256))
	}
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		panic(err) // a key of this kind always marshals
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE" + " KEY", Bytes: der}))
}

// fill replaces the names in angle brackets by credentials: each is a new one.
func (m *mint) fill(text string) string {
	makers := map[string]func() string{
		"aws-id":     func() string { return "AK" + "IA" + m.text(16, upper+"234567") },
		"aws-secret": func() string { return m.text(40, base62+"/+") },
		"github":     m.github,
		"hook": func() string {
			return "https://hooks." + "slack.com/services/T" + m.text(9, upper+digits) + "/B" + m.text(10, upper+digits) + "/" + m.text(24, base62)
		},
		"key": m.key,
		"npm": func() string { return "np" + "m_" + m.text(36, base62) },
		"password": func() string {
			return m.text(5, lower) + "-" + m.text(2, upper) + m.text(6, base62) + "-" + m.text(3, digits)
		},
		"stripe": func() string { return "sk_" + "live_" + m.text(24, base62) },
		"test":   func() string { return "sk_" + "test_" + m.text(24, base62) },
		"ticket": func() string { return "tick_" + m.text(24, lower+digits) },
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "<<")
		b.WriteString(before)
		name, after, ends := strings.Cut(rest, ">>")
		if !ok || !ends {
			return b.String()
		}
		m.last[name] = makers[name]()
		b.WriteString(m.last[name])
		text = after
	}
}
