package sbom

import (
	"bytes"
	"errors"
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// Kind is the kind of all SBOM files.
const Kind = "SBOM"

// Formats are the SBOM formats of CycloneDX and SPDX: packages of any ecosystem that another tool found.
var Formats = []document.Format{
	{Name: Kind, Match: isName, Lock: true, Loose: true, Read: readSBOM},
	{Name: "SBOM in a binary format", Match: document.Suffixed(".spdx.xls", ".spdx.xlsx", ".cdx.bin", ".cdx.pb"), Lock: true, Unread: "an SBOM"},
}

// names are the file names that the two standards recommend
// (https://cyclonedx.org/specification/overview/#recognized-predefined-file-names,
// https://spdx.github.io/spdx-spec/v2.3/conformance/#44-standard-data-format-requirements). An invalid file with such a
// name is a failure.
var names = document.Suffixed(
	".cdx.json", ".cdx.xml", ".bom.json", ".bom.xml", ".sbom.json", ".sbom.xml", ".cyclonedx.json", ".cyclonedx.xml",
	".spdx", ".spdx.json", ".spdx.yaml", ".spdx.yml", ".spdx.rdf", ".spdx.rdf.xml", ".spdx.xml", ".spdx.jsonld", ".spdx3.json", ".spdx3.jsonld",
)

var (
	// sbomWords are other names that tools and people use: sbom-shop.json, cyclonedx-bom.xml, shop_sbom.spdx. Such a file
	// counts only if its content says that it is an SBOM.
	sbomWords = syntax.Expression(`(^|[-_.])(s?bom|cyclonedx|cdx|spdx)([-_.0-9].*)?\.(json|jsonld|xml|rdf|ya?ml|spdx|tag|txt)$`)
	// sbomExport is the name of a GitHub export: owner, repository and commit.
	sbomExport = syntax.Expression(`_[0-9a-f]{40}\.json$`)
)

func isNamedSBOM(base, path string) bool {
	return document.Named("bom.json", "sbom.json", "bom.xml", "sbom.xml", "bom.spdx", "sbom.spdx")(base, path) || names(base, path)
}

func isName(base, path string) bool {
	lower := strings.ToLower(base)
	return isNamedSBOM(base, path) || sbomWords().MatchString(lower) || sbomExport().MatchString(lower)
}

// marks are words that an SBOM of any format contains.
var marks = [][]byte{[]byte("bomFormat"), []byte("spdxVersion"), []byte("SPDXVersion"), []byte("cyclonedx.org/schema"), []byte("spdx.org/rdf"), []byte("SpdxDocument")}

var errFound = errors.New("found")

// readSBOM reads the file if its content says that it is an SBOM, and ignores other files with such a name.
func readSBOM(s *document.Source) error {
	marked := false
	for _, mark := range marks {
		marked = marked || bytes.Contains(s.Data, mark)
	}
	text := bytes.TrimLeft(s.Data[len(syntax.ByteOrderMark(s.Data)):], " \t\r\n")
	isJSON := text[0] == '{' || text[0] == '['
	if base := path.Base(s.Path); !marked && (!isNamedSBOM(base, s.Path) || !isJSON && text[0] != '<' && !strings.HasSuffix(base, ".json")) {
		return nil
	}
	switch {
	case text[0] == '<':
		return readSBOMXML(s)
	case !isJSON && bytes.Contains(s.Data, []byte("SPDXVersion:")):
		return readSPDXTags(s)
	case !isJSON && marked:
		return readSPDXYAML(s)
	}
	kind := ""
	err := syntax.ReadJSON(s, func(j *syntax.JSON) error { return formatOf(j, &kind) })
	switch kind {
	case "CycloneDX":
		return readCycloneDX(s)
	case "SPDX":
		return readSPDX(s)
	case "SPDX 3":
		return readSPDX3(s)
	case "unknown":
		s.Doc.Unread = "an SBOM"
		return nil
	}
	return err
}

// formatOf finds the SBOM format of an object, or of an object in it, and returns errFound as soon as it is known.
func formatOf(j *syntax.JSON, kind *string) error {
	return j.Object(func(key syntax.Key) error {
		switch key.Name {
		case "sbom", "predicate":
			return formatOf(j, kind)
		case "bomFormat", "spdxVersion":
			text, err := j.Text()
			switch {
			case text == "CycloneDX":
				*kind = "CycloneDX"
			case strings.HasPrefix(text, "SPDX-2."):
				*kind = "SPDX"
			case strings.HasPrefix(text, "SPDX-"):
				*kind = "unknown"
			default:
				return err
			}
			return errFound
		case "@context":
			text, err := j.Text()
			switch {
			case strings.Contains(text, "spdx.org/rdf/3."):
				*kind = "SPDX 3"
			case strings.Contains(text, "spdx.org/rdf"):
				*kind = "unknown"
			default:
				return err
			}
			return errFound
		}
		return j.Skip()
	})
}

// addPackage adds a package by its URL at the offsets start to end. version is the SBOM's separate version, for a URL
// without one. A package of a kind without advisories is added by name only.
func addPackage(s *document.Source, e document.Entry, purl, version string, start, end int) {
	p, ok := scan.ParsePURL(purl)
	if !ok {
		if rest, is := strings.CutPrefix(purl, "pkg:"); is {
			kind, name, _ := strings.Cut(strings.TrimLeft(rest, "/"), "/")
			name, _, _ = strings.Cut(name, "?")
			s.Declare(document.Declaration{Name: name, Of: strings.ToLower(kind)}, start, end)
		}
		return
	}
	if p.Version == "" {
		if p.Version = strings.TrimSpace(version); p.Ecosystem == scan.EcosystemGo {
			p.Version = strings.TrimPrefix(p.Version, "v")
		}
	}
	if strings.ContainsAny(p.Version, "^~<>=*| ,") || p.Version == "NOASSERTION" {
		p.Version = "" // a range, as in manifests
	}
	e.Package.Ecosystem, e.Package.Name, e.Package.Version = p.Ecosystem, p.Name, p.Version
	s.Add(e, start, end)
}

// digestOf converts a digest to the form of scan.Package: "SHA-512" and "SHA512" become "sha512".
func digestOf(algorithm, digest string) string {
	if digest == "" || strings.Trim(digest, "0123456789abcdefABCDEF") != "" {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(algorithm, "-", "") + ":" + digest)
}
