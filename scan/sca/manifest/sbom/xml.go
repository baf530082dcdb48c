package sbom

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// readSBOMXML reads an SBOM in XML: CycloneDX begins with <bom>, SPDX with <RDF>. It ignores other files.
func readSBOMXML(s *document.Source) error {
	c := &cycloneDX{s: s, requires: map[string][]string{}}
	cx := cycloneXML{c: c}
	r := spdxRDF{b: newSPDXSBOM(s)}
	ends, finish := func(*syntax.XML) error { return nil }, func() {}
	err := syntax.ReadXML(s, func(x *syntax.XML) error {
		switch x.Path[0] {
		case "bom":
			ends, finish = cx.close, c.finish
			return cx.open(x)
		case "RDF":
			ends, finish = r.close, r.b.finish
			return r.open(x)
		}
		return nil
	}, func(x *syntax.XML) error { return ends(x) })
	finish()
	return err
}

// cycloneXML walks the elements of CycloneDX's XML (https://cyclonedx.org/docs/1.6/xml/).
type cycloneXML struct {
	c *cycloneDX
	// components are the open components, the innermost last, because components can be nested.
	components []*cycloneComponent
	// references are the references of the open <dependency> elements.
	references []string
	property   string
	algorithm  string
}

type cycloneComponent struct {
	entry                    document.Entry
	reference, version, purl string
	licenses                 []string
	start, end               int
	project                  bool
}

func (r *cycloneXML) open(x *syntax.XML) error {
	switch name, parent := last(x.Path, 0), last(x.Path, 1); {
	case name == "component" && (parent == "components" || parent == "metadata"):
		r.components = append(r.components, &cycloneComponent{reference: x.Attribute("bom-ref"), project: parent == "metadata"})
		if parent == "metadata" {
			r.c.project = x.Attribute("bom-ref")
		}
	case name == "dependency":
		ref := x.Attribute("ref")
		if n := len(r.references); n > 0 {
			r.c.requires[r.references[n-1]] = append(r.c.requires[r.references[n-1]], ref)
		}
		r.references = append(r.references, ref)
	case name == "property":
		r.property = x.Attribute("name")
	case name == "hash":
		r.algorithm = x.Attribute("alg")
	}
	return nil
}

func (r *cycloneXML) close(x *syntax.XML) error {
	name, parent := last(x.Path, 0), last(x.Path, 1)
	if name == "dependency" {
		r.references = r.references[:len(r.references)-1]
		return nil
	}
	if len(r.components) == 0 {
		return nil
	}
	p := r.components[len(r.components)-1]
	switch {
	case name == "component" && (parent == "components" || parent == "metadata"):
		r.components = r.components[:len(r.components)-1]
		if p.project {
			return nil
		}
		if p.entry.Keys = []string{p.reference}; p.reference == "" {
			p.entry.Keys[0] = p.purl
		}
		p.entry.Package.License = strings.Join(p.licenses, " AND ")
		addPackage(r.c.s, p.entry, p.purl, p.version, p.start, p.end)
	case parent == "component" && name == "version":
		p.version = x.Text
	case parent == "component" && name == "purl":
		p.purl, p.start, p.end = x.Text, x.TextStart, x.TextEnd
	case (parent == "license" && name == "id" || parent == "licenses" && name == "expression") && x.Text != "":
		p.licenses = append(p.licenses, x.Text)
	case name == "hash" && parent == "hashes" && p.entry.Package.Hash == "":
		p.entry.Package.Hash = digestOf(r.algorithm, x.Text)
	case name == "property" && strings.HasSuffix(r.property, ":package:development") && x.Text == "true":
		p.entry.Package.Development = true
	}
	return nil
}

// last returns the name of an open element, counted from the innermost; "" beyond the outermost.
func last(path []string, n int) string {
	if n >= len(path) {
		return ""
	}
	return path[len(path)-1-n]
}

// spdxRDF walks the elements of SPDX's RDF
// (https://spdx.github.io/spdx-spec/v2.3/RDF-object-model-and-identifier-syntax/). A package element is inside the first
// relationship that leads to it.
type spdxRDF struct {
	b *spdxSBOM
	// packages and relations are the open elements, the innermost last.
	packages  []*spdxPackage
	relations []*spdxRelation
	kind      string
	locator   string

	start, end int
	algorithm  string
}

type spdxRelation struct{ from, kind, to string }

func (r *spdxRDF) open(x *syntax.XML) error {
	id := x.Attribute("about")
	if id == "" {
		id = x.Attribute("ID")
	}
	switch last(x.Path, 0) {
	case "Package", "SpdxDocument", "File", "Snippet":
		if n := len(r.relations); n > 0 && last(x.Path, 1) == "relatedSpdxElement" {
			r.relations[n-1].to = spdxID(id)
		}
		r.packages = append(r.packages, &spdxPackage{id: spdxID(id)})
	case "Relationship":
		relation := &spdxRelation{}
		if n := len(r.packages); n > 0 {
			relation.from = r.packages[n-1].id
		}
		r.relations = append(r.relations, relation)
	case "relationshipType":
		if n := len(r.relations); n > 0 {
			_, kind, _ := document.CutLast(x.Attribute("resource"), "relationshipType_")
			r.relations[n-1].kind = kind
		}
	case "relatedSpdxElement":
		if to := x.Attribute("resource"); to != "" && len(r.relations) > 0 {
			r.relations[len(r.relations)-1].to = spdxID(to)
		}
	case "ExternalRef":
		r.kind, r.locator = "", ""
	case "referenceType":
		r.kind = x.Attribute("resource")
	case "algorithm":
		_, r.algorithm, _ = document.CutLast(x.Attribute("resource"), "_")
	}
	return nil
}

// spdxID returns the id at the end of an address.
func spdxID(address string) string {
	return address[strings.LastIndexByte(address, '#')+1:]
}

func (r *spdxRDF) close(x *syntax.XML) error {
	name := last(x.Path, 0)
	if n := len(r.relations); name == "Relationship" && n > 0 {
		relation := r.relations[n-1]
		r.relations = r.relations[:n-1]
		r.b.relate(relation.from, upperWords(relation.kind), relation.to)
		return nil
	}
	n := len(r.packages)
	if n == 0 {
		return nil
	}
	p := r.packages[n-1]
	switch name {
	case "Package", "SpdxDocument", "File", "Snippet":
		r.packages = r.packages[:n-1]
		if name == "Package" {
			r.b.add(p)
		}
	case "versionInfo":
		p.version = x.Text
	case "licenseDeclared":
		p.declared = x.Text
	case "checksumValue":
		if p.hash == "" {
			p.hash = digestOf(r.algorithm, x.Text)
		}
	case "referenceLocator":
		r.locator, r.start, r.end = x.Text, x.TextStart, x.TextEnd
	case "ExternalRef":
		if strings.HasSuffix(r.kind, "purl") && p.purl == "" {
			p.purl, p.start, p.end = r.locator, r.start, r.end
		}
	}
	return nil
}

// upperWords turns "dependsOn" into "DEPENDS_ON".
func upperWords(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; 'A' <= c && c <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteByte(text[i])
	}
	return strings.ToUpper(b.String())
}
