package sbom

import "strings"

// checksum is a digest of a package, in lower-case hex, with the formats' names of its algorithm.
type checksum struct {
	cycloneDX, spdx string
	value           string
}

type algorithm struct {
	cycloneDX, spdx string
	// digits is the number of hex digits of a digest.
	digits int
}

// algorithms are the algorithms of the formats (CycloneDX 1.6, hash-alg; SPDX 2.3, 7.10), by their names in lower case
// without dashes. CycloneDX has no name for SHA-224.
var algorithms = map[string]algorithm{
	"md5": {"MD5", "MD5", 32}, "sha1": {"SHA-1", "SHA1", 40}, "sha224": {"", "SHA224", 56}, "sha256": {"SHA-256", "SHA256", 64},
	"sha384": {"SHA-384", "SHA384", 96}, "sha512": {"SHA-512", "SHA512", 128},
	"sha3256": {"SHA3-256", "SHA3-256", 64}, "sha3384": {"SHA3-384", "SHA3-384", 96}, "sha3512": {"SHA3-512", "SHA3-512", 128},
	"blake2b256": {"BLAKE2b-256", "BLAKE2b-256", 64}, "blake2b384": {"BLAKE2b-384", "BLAKE2b-384", 96},
	"blake2b512": {"BLAKE2b-512", "BLAKE2b-512", 128}, "blake3": {"BLAKE3", "BLAKE3", 64},
}

// checksumOf parses the form of [scan.Package]. ok is false for an algorithm that neither format knows (Go's "h1" is a
// digest of a list of files, not of one file), and for an invalid digest.
func checksumOf(text string) (c checksum, ok bool) {
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		return checksum{}, false
	}
	a, known := algorithms[strings.ReplaceAll(strings.ToLower(name), "-", "")]
	value = strings.ToLower(value)
	if !known || len(value) != a.digits || strings.Trim(value, "0123456789abcdef") != "" {
		return checksum{}, false
	}
	return checksum{a.cycloneDX, a.spdx, value}, true
}
