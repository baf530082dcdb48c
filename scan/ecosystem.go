package scan

import (
	"strings"
)

// Ecosystem names a registry of packages as the OSV format does (https://ossf.github.io/osv-schema/#defined-ecosystems),
// without the release behind a colon.
type Ecosystem string

// The ecosystems whose files are read. Those of the second block have no advisories of their own: their packages are
// named, in lists and SBOMs, and not matched.
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

// Normal gives the name under which an ecosystem knows a package, whatever way a file writes it:
//
//   - PyPI: lower case, runs of "-", "_" and "." are one "-"
//     (https://packaging.python.org/en/latest/specifications/name-normalization/)
//   - Packagist, NuGet, GitHub Actions, Hex and Pub: lower case, because these registries do not tell names apart by case.
//     npm does: its old packages with capitals (JSONStream) are others than those without.
//   - Swift: the repository's address without scheme, user and ".git", lower case
//     (https://ossf.github.io/osv-schema/#affectedpackage-field: SwiftURL)
//   - others: as it stands
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

// normalAddress brings the addresses of one repository to one form: "github.com/owner/name".
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
