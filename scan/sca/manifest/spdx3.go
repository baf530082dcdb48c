package manifest

import "strings"

// readSPDX3 reads the JSON of SPDX 3.0 (https://spdx.github.io/spdx-spec/v3.0.1/serializations/): a list of elements, of
// which we use packages and relationships.
func readSPDX3(s *source) error {
	b := newSPDXSBOM(s)
	err := readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			switch key.name {
			case "predicate", "sbom":
				return j.object(func(key jsonKey) error {
					if key.name != "@graph" {
						return j.skip()
					}
					return j.array(func() error { return b.element(j) })
				})
			case "@graph":
				return j.array(func() error { return b.element(j) })
			}
			return j.skip()
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

func (b *spdxSBOM) element(j *jsonText) error {
	var e spdx3Element
	err := j.object(func(key jsonKey) error {
		var err error
		switch strings.TrimPrefix(key.name, "software_") {
		case "type", "@type":
			e.kind, err = j.text()
		case "spdxId", "@id":
			e.id, err = j.text()
		case "packageVersion":
			e.version, err = j.text()
		case "packageUrl":
			e.purl, e.start, e.end, err = j.placed()
		case "externalIdentifier":
			return j.array(func() error { return e.identifier(j) })
		case "rootElement":
			return j.texts(&e.roots)
		case "relationshipType":
			e.relation, err = j.text()
		case "scope":
			e.scope, err = j.text()
		case "from":
			e.from, err = j.text()
		case "to":
			return j.texts(&e.to)
		default:
			return j.skip()
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
func (e *spdx3Element) identifier(j *jsonText) error {
	var kind, text string
	var start, end int
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "externalIdentifierType":
			kind, err = j.text()
		case "identifier":
			text, start, end, err = j.placed()
		default:
			return j.skip()
		}
		return err
	})
	if (kind == "packageUrl" || kind == "purl") && e.purl == "" {
		e.purl, e.start, e.end = text, start, end
	}
	return err
}
