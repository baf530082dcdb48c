package sbom

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// readSPDXTags reads the tag-value format of SPDX 2
// (https://spdx.github.io/spdx-spec/v2.3/conformance/#44-standard-data-format-requirements): one tag per line, or a
// multi-line text between <text> and </text>.
func readSPDXTags(s *document.Source) error {
	b := newSPDXSBOM(s)
	var p *spdxPackage
	finish := func() {
		if p != nil {
			b.add(p)
		}
		p = nil
	}
	inside := false
	offset := 0
	for line := range bytes.Lines(s.Data) {
		start := offset
		offset += len(line)
		if inside {
			inside = !bytes.Contains(line, []byte("</text>"))
			continue
		}
		tag, value, ok := strings.Cut(strings.TrimPrefix(string(line), "\ufeff"), ":")
		if tag = strings.TrimSpace(tag); !ok || tag == "" || tag[0] == '#' {
			continue
		}
		value = strings.TrimSpace(value)
		inside = strings.HasPrefix(value, "<text>") && !strings.Contains(value, "</text>")
		switch tag {
		case "PackageName":
			finish()
			p = &spdxPackage{}
		case "FileName", "SnippetSPDXID", "LicenseID":
			finish()
		case "Relationship":
			if words := strings.Fields(value); len(words) >= 3 {
				b.relate(words[0], words[1], words[2])
			}
			continue
		}
		if p == nil {
			continue
		}
		switch tag {
		case "SPDXID":
			p.id = value
		case "PackageVersion":
			p.version = value
		case "PackageLicenseConcluded":
			p.concluded = value
		case "PackageLicenseDeclared":
			p.declared = value
		case "PackageChecksum":
			if algorithm, digest, ok := strings.Cut(value, ":"); ok && p.hash == "" {
				p.hash = digestOf(algorithm, strings.TrimSpace(digest))
			}
		case "ExternalRef":
			words := strings.Fields(value)
			if len(words) < 3 || !strings.HasSuffix(words[1], "purl") || p.purl != "" {
				continue
			}
			p.purl = words[2]
			p.start = start + bytes.Index(line, []byte(p.purl))
			p.end = p.start + len(p.purl)
		}
	}
	finish()
	b.finish()
	if inside {
		return s.ErrAt(max(len(s.Data)-1, 0), "a text is not closed")
	}
	return nil
}

// readSPDXYAML reads SPDX 2 in YAML, which has the members of the JSON format; SPDX 3 has no YAML format. It ignores
// other files.
func readSPDXYAML(s *document.Source) error {
	y, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	version := syntax.Scalar(syntax.Member(y.Root(), "spdxVersion"))
	if !strings.HasPrefix(version, "SPDX-2.") {
		if strings.HasPrefix(version, "SPDX-") {
			s.Doc.Unread = "an SBOM"
		}
		return nil
	}
	b := newSPDXSBOM(s)
	for _, id := range syntax.Items(syntax.Member(y.Root(), "documentDescribes")) {
		b.described = append(b.described, syntax.Scalar(id))
	}
	for _, n := range syntax.Items(syntax.Member(y.Root(), "packages")) {
		b.yamlPackage(y, n)
	}
	for _, n := range syntax.Items(syntax.Member(y.Root(), "relationships")) {
		b.relate(syntax.Scalar(syntax.Member(n, "spdxElementId")), syntax.Scalar(syntax.Member(n, "relationshipType")), syntax.Scalar(syntax.Member(n, "relatedSpdxElement")))
	}
	b.finish()
	return nil
}

func (b *spdxSBOM) yamlPackage(y *syntax.YAML, n *yaml.Node) {
	p := spdxPackage{
		id: syntax.Scalar(syntax.Member(n, "SPDXID")), version: syntax.Scalar(syntax.Member(n, "versionInfo")),
		concluded: syntax.Scalar(syntax.Member(n, "licenseConcluded")), declared: syntax.Scalar(syntax.Member(n, "licenseDeclared")),
	}
	for _, sum := range syntax.Items(syntax.Member(n, "checksums")) {
		if p.hash == "" {
			p.hash = digestOf(syntax.Scalar(syntax.Member(sum, "algorithm")), syntax.Scalar(syntax.Member(sum, "checksumValue")))
		}
	}
	for _, ref := range syntax.Items(syntax.Member(n, "externalRefs")) {
		if locator := syntax.Member(ref, "referenceLocator"); strings.HasSuffix(syntax.Scalar(syntax.Member(ref, "referenceType")), "purl") && p.purl == "" && locator != nil {
			p.purl = syntax.Scalar(locator)
			p.start, p.end = y.Inner(locator)
		}
	}
	b.add(&p)
}
