package manifest

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readSPDXTags reads the tag-value format of SPDX 2
// (https://spdx.github.io/spdx-spec/v2.3/conformance/#44-standard-data-format-requirements): one tag per line, or a
// multi-line text between <text> and </text>.
func readSPDXTags(s *source) error {
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
	for line := range bytes.Lines(s.data) {
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
				p.hash = sbomHash(algorithm, strings.TrimSpace(digest))
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
		return s.errAt(max(len(s.data)-1, 0), "a text is not closed")
	}
	return nil
}

// readSPDXYAML reads SPDX 2 in YAML, which has the members of the JSON format; SPDX 3 has no YAML format. It ignores
// other files.
func readSPDXYAML(s *source) error {
	y, err := readYAML(s)
	if err != nil {
		return err
	}
	version := scalar(member(y.root(), "spdxVersion"))
	if !strings.HasPrefix(version, "SPDX-2.") {
		if strings.HasPrefix(version, "SPDX-") {
			s.doc.unread = "an SBOM"
		}
		return nil
	}
	b := newSPDXSBOM(s)
	for _, id := range items(member(y.root(), "documentDescribes")) {
		b.described = append(b.described, scalar(id))
	}
	for _, n := range items(member(y.root(), "packages")) {
		b.yamlPackage(y, n)
	}
	for _, n := range items(member(y.root(), "relationships")) {
		b.relate(scalar(member(n, "spdxElementId")), scalar(member(n, "relationshipType")), scalar(member(n, "relatedSpdxElement")))
	}
	b.finish()
	return nil
}

func (b *spdxSBOM) yamlPackage(y *yamlText, n *yaml.Node) {
	p := spdxPackage{
		id: scalar(member(n, "SPDXID")), version: scalar(member(n, "versionInfo")),
		concluded: scalar(member(n, "licenseConcluded")), declared: scalar(member(n, "licenseDeclared")),
	}
	for _, sum := range items(member(n, "checksums")) {
		if p.hash == "" {
			p.hash = sbomHash(scalar(member(sum, "algorithm")), scalar(member(sum, "checksumValue")))
		}
	}
	for _, ref := range items(member(n, "externalRefs")) {
		if locator := member(ref, "referenceLocator"); strings.HasSuffix(scalar(member(ref, "referenceType")), "purl") && p.purl == "" && locator != nil {
			p.purl = scalar(locator)
			p.start, p.end = y.inner(locator)
		}
	}
	b.add(&p)
}
