package scan

import (
	"net/url"
	"strings"
)

// purlTypes maps ecosystems to package URL types (https://github.com/package-url/purl-spec, PURL-TYPES).
var purlTypes = map[Ecosystem]string{
	EcosystemCargo: "cargo", EcosystemCRAN: "cran", EcosystemConan: "conan", EcosystemGo: "golang", EcosystemActions: "githubactions",
	EcosystemHackage: "hackage", EcosystemHex: "hex", EcosystemMaven: "maven", EcosystemNPM: "npm", EcosystemNuGet: "nuget",
	EcosystemPackagist: "composer", EcosystemPub: "pub", EcosystemPyPI: "pypi", EcosystemRubyGems: "gem", EcosystemSwift: "swift",
	EcosystemDocker: "docker", EcosystemPipes: "bitbucket", EcosystemCocoaPods: "cocoapods", EcosystemJSR: "jsr",
}

// PURL returns the package URL, "pkg:npm/%40scope/name@1.2.3". It is empty for an ecosystem without a type.
func (p *Package) PURL() string {
	kind, ok := purlTypes[p.Ecosystem]
	if !ok || p.Name == "" {
		return ""
	}
	name := p.Name
	switch p.Ecosystem {
	case EcosystemMaven:
		name = strings.ReplaceAll(name, ":", "/")
	case EcosystemGo:
		if name == GoStandardLibrary || name == GoToolchain {
			name = "stdlib"
		}
	case EcosystemPyPI, EcosystemPackagist, EcosystemActions, EcosystemHex, EcosystemPub, EcosystemSwift:
		name = p.Ecosystem.Normal(name)
	case EcosystemCocoaPods:
		// A subspec is the fragment of its pod's URL.
		pod, subspec, ok := strings.Cut(name, "/")
		if ok {
			return "pkg:" + kind + "/" + purlPart(pod) + purlVersion(p) + "#" + purlPath(subspec)
		}
	}
	return "pkg:" + kind + "/" + purlPath(name) + purlVersion(p)
}

func purlVersion(p *Package) string {
	if p.Version == "" {
		return ""
	}
	version := p.Version
	if p.Ecosystem == EcosystemGo && p.Name != GoStandardLibrary && p.Name != GoToolchain && !strings.HasPrefix(version, "v") {
		version = "v" + version
	}
	return "@" + purlPart(version)
}

func purlPath(name string) string {
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = purlPart(parts[i])
	}
	return strings.Join(parts, "/")
}

// purlPart escapes one segment. Letters, digits and ".-_~:" stay unchanged.
func purlPart(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(text), "+", "%20"), "%3A", ":")
}

// ParsePURL parses a package URL into ecosystem, name and version. It drops qualifiers and subpaths. ok is false for
// other text and for unknown types.
func ParsePURL(text string) (p Package, ok bool) {
	rest, ok := strings.CutPrefix(text, "pkg:")
	if !ok {
		return Package{}, false
	}
	rest = strings.TrimLeft(rest, "/")
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	kind, path, ok := strings.Cut(rest, "/")
	if !ok {
		return Package{}, false
	}
	kind = strings.ToLower(kind)
	for ecosystem, name := range purlTypes {
		if name == kind {
			p.Ecosystem = ecosystem
		}
	}
	if p.Ecosystem == "" {
		return Package{}, false
	}
	// The version follows the last "@", unless that one starts a segment: then it belongs to a scope.
	if at := strings.LastIndexByte(path, '@'); at > 0 && path[at-1] != '/' {
		version, err := url.PathUnescape(path[at+1:])
		if err != nil {
			return Package{}, false
		}
		p.Version, path = version, path[:at]
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i := range parts {
		part, err := url.PathUnescape(parts[i])
		if err != nil || part == "" {
			return Package{}, false
		}
		parts[i] = part
	}
	separator := "/"
	if p.Ecosystem == EcosystemMaven {
		separator = ":"
	}
	p.Name = strings.Join(parts, separator)
	if p.Ecosystem == EcosystemGo {
		p.Version = strings.TrimPrefix(p.Version, "v")
	}
	return p, true
}

// The names of the Go toolchain's own packages in Go's advisories (https://go.dev/doc/security/vuln/database).
const (
	GoStandardLibrary = "stdlib"
	GoToolchain       = "toolchain"
)
