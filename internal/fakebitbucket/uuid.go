package fakebitbucket

import (
	"crypto/sha1" //nolint:gosec // version 5 UUIDs are defined over SHA-1 (RFC 9562, 5.5)
	"encoding/hex"
	"strings"
)

// uuidOf returns the version 5 UUID of the parts, in braces as Bitbucket writes it.
func uuidOf(parts ...string) string {
	const namespace = "sluice fake bitbucket"
	sum := sha1.Sum([]byte(namespace + "\x00" + strings.Join(parts, "\x00"))) //nolint:gosec // see the import
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return "{" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:] + "}"
}

func isUUID(id string) bool { return strings.HasPrefix(id, "{") && strings.HasSuffix(id, "}") }
