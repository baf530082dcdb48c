package manifest

import (
	"errors"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// billKind is the kind of all bills of materials.
const billKind = "SBOM"

// billFormats are bills of materials, by CycloneDX and SPDX: what somebody's tool found, of whatever ecosystems.
var billFormats = []format{
	{name: billKind, match: billName, lock: true, loose: true, read: readBill},
}

// billName matches the names that the two recommend (https://cyclonedx.org/specification/overview/#recognized-predefined-file-names,
// https://spdx.github.io/spdx-spec/v2.3/conformance/#44-standard-data-format-requirements), and what tools make of them.
func billName(base, path string) bool {
	return named("bom.json", "sbom.json")(base, path) || suffixed(".cdx.json", ".bom.json", ".sbom.json", ".spdx.json")(base, path)
}

var errFound = errors.New("found")

// readBill reads the file when it says that it is a bill; other files of such a name are passed over.
func readBill(s *source) error {
	kind := ""
	err := readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			if key.name != "bomFormat" && key.name != "spdxVersion" {
				return j.skip()
			}
			text, err := j.text()
			switch {
			case text == "CycloneDX":
				kind = "CycloneDX"
			case strings.HasPrefix(text, "SPDX-2."):
				kind = "SPDX"
			default:
				return err
			}
			return errFound
		})
	})
	switch kind {
	case "CycloneDX":
		return readCycloneDX(s)
	case "SPDX":
		return readSPDX(s)
	}
	return err
}

// billPackage adds a package by its URL, which stands at start to end; false for what is none.
func billPackage(s *source, e Entry, purl string, start, end int) bool {
	p, ok := scan.ParsePURL(purl)
	if !ok {
		return false
	}
	e.Package.Ecosystem, e.Package.Name, e.Package.Version = p.Ecosystem, p.Name, p.Version
	s.add(e, start, end)
	return true
}

// billHash gives a digest the form of scan.Package: "SHA-512" and "SHA512" are "sha512".
func billHash(algorithm, digest string) string {
	if digest == "" || strings.Trim(digest, "0123456789abcdefABCDEF") != "" {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(algorithm, "-", "") + ":" + digest)
}
