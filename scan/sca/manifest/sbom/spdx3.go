package sbom

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// readSPDX3 reads the JSON of SPDX 3.0 (https://spdx.github.io/spdx-spec/v3.0.1/serializations/): a list of elements, of
// which we use packages and relationships.
func readSPDX3(s *document.Source) error {
	b := newSPDXSBOM(s)
	err := syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			switch key.Name {
			case "predicate", "sbom":
				return j.Object(func(key syntax.Key) error {
					if key.Name != "@graph" {
						return j.Skip()
					}
					return j.Array(func() error { return b.element(j) })
				})
			case "@graph":
				return j.Array(func() error { return b.element(j) })
			}
			return j.Skip()
		})
	})
	b.finish()
	return err
}

// spdx3Element holds the fields that we use, for all types of elements.
type spdx3Element struct {
	spdxPackage
	kind, relation, scope, from string
	to, roots                   []string
}

func (b *spdxSBOM) element(j *syntax.JSON) error {
	var e spdx3Element
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch strings.TrimPrefix(key.Name, "software_") {
		case "type", "@type":
			e.kind, err = j.Text()
		case "spdxId", "@id":
			e.id, err = j.Text()
		case "packageVersion":
			e.version, err = j.Text()
		case "packageUrl":
			e.purl, e.start, e.end, err = j.Placed()
		case "externalIdentifier":
			return j.Array(func() error { return e.identifier(j) })
		case "rootElement":
			return j.Texts(&e.roots)
		case "relationshipType":
			e.relation, err = j.Text()
		case "scope":
			e.scope, err = j.Text()
		case "from":
			e.from, err = j.Text()
		case "to":
			return j.Texts(&e.to)
		default:
			return j.Skip()
		}
		return err
	})
	switch strings.TrimPrefix(e.kind, "software_") {
	case "Package":
		b.add(&e.spdxPackage)
	case "SpdxDocument", "Sbom", "Bom":
		b.described = append(b.described, e.roots...)
	case "Relationship", "LifecycleScopedRelationship":
		for _, to := range e.to {
			switch b.development[to] = b.development[to] || e.scope == "development" || e.scope == "test" || e.scope == "build"; e.relation {
			case "dependsOn":
				b.relate(e.from, "DEPENDS_ON", to)
			case "describes":
				b.relate(e.from, "DESCRIBES", to)
			}
		}
	}
	return err
}

// identifier reads a package URL among several identifiers.
func (e *spdx3Element) identifier(j *syntax.JSON) error {
	var kind, text string
	var start, end int
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "externalIdentifierType":
			kind, err = j.Text()
		case "identifier":
			text, start, end, err = j.Placed()
		default:
			return j.Skip()
		}
		return err
	})
	if (kind == "packageUrl" || kind == "purl") && e.purl == "" {
		e.purl, e.start, e.end = text, start, end
	}
	return err
}
