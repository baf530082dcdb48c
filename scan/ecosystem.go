package scan

import (
	"strings"
)

// Ecosystem is the name of a package registry in the OSV format (https://ossf.github.io/osv-schema/#defined-ecosystems),
// without the release after the colon.
type Ecosystem string

// The ecosystems whose files Sluice reads. Those of the second block have no advisories: lists and SBOMs name their
// packages, but nothing is matched.
const (
	EcosystemCargo     Ecosystem = "crates.io"
	EcosystemCRAN      Ecosystem = "CRAN"
	EcosystemConan     Ecosystem = "ConanCenter"
	EcosystemGo        Ecosystem = "Go"
	EcosystemActions   Ecosystem = "GitHub Actions"
	EcosystemHackage   Ecosystem = "Hackage"
	EcosystemHex       Ecosystem = "Hex"
	EcosystemMaven     Ecosystem = "Maven"
	EcosystemNPM       Ecosystem = "npm"
	EcosystemNuGet     Ecosystem = "NuGet"
	EcosystemPackagist Ecosystem = "Packagist"
	EcosystemPub       Ecosystem = "Pub"
	EcosystemPyPI      Ecosystem = "PyPI"
	EcosystemRubyGems  Ecosystem = "RubyGems"
	EcosystemSwift     Ecosystem = "SwiftURL"

	EcosystemDocker    Ecosystem = "Docker"
	EcosystemPipes     Ecosystem = "Bitbucket Pipes"
	EcosystemCocoaPods Ecosystem = "CocoaPods"
	EcosystemJSR       Ecosystem = "JSR"
)

// Matched reports whether advisories exist for the ecosystem.
func (e Ecosystem) Matched() bool {
	switch e {
	case EcosystemDocker, EcosystemPipes, EcosystemCocoaPods, EcosystemJSR, "":
		return false
	}
	return true
}

// Normal returns the canonical name of a package, independent of how a file spells it:
//
//   - PyPI: lower case, with each run of "-", "_" and "." replaced by one "-"
//     (https://packaging.python.org/en/latest/specifications/name-normalization/)
//   - Packagist, NuGet, GitHub Actions, Hex and Pub: lower case, because these registries ignore case. npm is case-sensitive
//     for its old packages with capitals (JSONStream).
//   - Swift: the repository's address without scheme, user and ".git", in lower case
//     (https://ossf.github.io/osv-schema/#affectedpackage-field: SwiftURL)
//   - others: unchanged
func (e Ecosystem) Normal(name string) string {
	switch e {
	case EcosystemPyPI:
		return normalPython(name)
	case EcosystemPackagist, EcosystemNuGet, EcosystemActions, EcosystemHex, EcosystemPub:
		return strings.ToLower(name)
	case EcosystemSwift:
		return normalAddress(name)
	}
	return name
}

func normalPython(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	separator := false
	for i := range len(name) {
		switch c := name[i]; c {
		case '-', '_', '.':
			separator = true
		default:
			if separator && b.Len() > 0 {
				b.WriteByte('-')
			}
			separator = false
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

// normalAddress reduces every address of a repository to one form: "github.com/owner/name".
func normalAddress(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	} else if host, path, ok := strings.Cut(address, ":"); ok && !strings.Contains(host, "/") {
		address = host + "/" + path // git@github.com:owner/name.git
	}
	if slash := strings.IndexByte(address, '/'); slash > 0 {
		if at := strings.LastIndexByte(address[:slash], '@'); at >= 0 {
			address = address[at+1:]
		}
	}
	return strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(address, "/"), ".git"))
}
