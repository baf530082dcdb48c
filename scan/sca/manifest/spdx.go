package manifest

import (
	"slices"
	"strings"
)

// spdxSBOM is the state of reading an SBOM in SPDX 2.2 or 2.3 (https://spdx.github.io/spdx-spec/v2.3/), or the part of
// 3.0 that is the same.
type spdxSBOM struct {
	s *source
	// described are the ids of the SBOM's subjects.
	described []string
	requires  map[string][]string
	// development are the ids of packages that only building or testing needs.
	development map[string]bool
}

func newSPDXSBOM(s *source) *spdxSBOM {
	return &spdxSBOM{s: s, requires: map[string][]string{}, development: map[string]bool{}}
}

// spdxPackage is one package of an SBOM. start and end are the offsets of its URL.
type spdxPackage struct {
	id, version, purl, concluded, declared, hash string

	start, end int
}

// add appends a package if its URL identifies it.
func (b *spdxSBOM) add(p *spdxPackage) {
	e := Entry{Keys: []string{p.id}}
	e.Package.Hash = p.hash
	for _, license := range []string{p.concluded, p.declared} {
		if e.Package.License == "" && license != "NOASSERTION" && license != "NONE" {
			e.Package.License = license
		}
	}
	sbomPackage(b.s, e, p.purl, p.version, p.start, p.end)
}

func readSPDX(s *source) error {
	b := newSPDXSBOM(s)
	err := readJSON(s, b.members)
	b.finish()
	return err
}

// members reads the SBOM. GitHub wraps it in "sbom" (https://docs.github.com/en/rest/dependency-graph/sboms) and
// attestations in "predicate" (https://in-toto.io/Statement/v1).
func (b *spdxSBOM) members(j *jsonText) error {
	return j.object(func(key jsonKey) error {
		switch key.name {
		case "sbom", "predicate":
			return b.members(j)
		case "documentDescribes":
			return j.texts(&b.described)
		case "packages":
			return j.array(func() error { return b.packaged(j) })
		case "relationships":
			return j.array(func() error { return b.relationship(j) })
		}
		return j.skip()
	})
}

func (b *spdxSBOM) packaged(j *jsonText) error {
	var p spdxPackage
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "SPDXID":
			p.id, err = j.text()
		case "versionInfo":
			p.version, err = j.text()
		case "licenseConcluded":
			p.concluded, err = j.text()
		case "licenseDeclared":
			p.declared, err = j.text()
		case "checksums":
			return j.array(func() error {
				pair, err := readPair(j, "algorithm", "checksumValue")
				if p.hash == "" {
					p.hash = sbomHash(pair[0], pair[1])
				}
				return err
			})
		case "externalRefs":
			return j.array(func() error {
				var kind, text string
				var from, to int
				err := j.object(func(key jsonKey) error {
					var err error
					switch key.name {
					case "referenceType":
						kind, err = j.text()
					case "referenceLocator":
						text, from, to, err = j.placed()
					default:
						return j.skip()
					}
					return err
				})
				if strings.HasSuffix(kind, "purl") && p.purl == "" {
					p.purl, p.start, p.end = text, from, to
				}
				return err
			})
		default:
			return j.skip()
		}
		return err
	})
	b.add(&p)
	return err
}

// relationship reads one edge (https://spdx.github.io/spdx-spec/v2.3/relationships-between-SPDX-elements/).
func (b *spdxSBOM) relationship(j *jsonText) error {
	var from, to, kind string
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "spdxElementId":
			from, err = j.text()
		case "relatedSpdxElement":
			to, err = j.text()
		case "relationshipType":
			kind, err = j.text()
		default:
			return j.skip()
		}
		return err
	})
	b.relate(from, kind, to)
	return err
}

// relate adds an edge; kind is its name in JSON and in the tag format.
func (b *spdxSBOM) relate(from, kind, to string) {
	switch kind {
	case "DESCRIBES":
		b.described = append(b.described, to)
	case "DESCRIBED_BY":
		b.described = append(b.described, from)
	case "DEPENDS_ON":
		b.requires[from] = append(b.requires[from], to)
	case "DEV_DEPENDENCY_OF", "BUILD_DEPENDENCY_OF", "TEST_DEPENDENCY_OF":
		b.development[from] = true
		b.requires[to] = append(b.requires[to], from)
	case "DEPENDENCY_OF", "RUNTIME_DEPENDENCY_OF", "OPTIONAL_DEPENDENCY_OF", "PROVIDED_DEPENDENCY_OF":
		b.requires[to] = append(b.requires[to], from)
	}
}

// finish treats a subject of the SBOM that requires others as the project, not as a dependency. A subject that requires
// nothing is a listed package.
func (b *spdxSBOM) finish() {
	projects := map[string]bool{}
	for _, id := range b.described {
		if len(b.requires[id]) > 0 && !projects[id] {
			projects[id] = true
			for _, key := range b.requires[id] {
				b.s.doc.Roots = append(b.s.doc.Roots, Root{Key: key, Development: b.development[key]})
			}
		}
	}
	b.s.doc.Entries = slices.DeleteFunc(b.s.doc.Entries, func(e Entry) bool { return projects[e.Keys[0]] })
	for i := range b.s.doc.Entries {
		e := &b.s.doc.Entries[i]
		e.Package.Development = b.development[e.Keys[0]]
		e.require(b.requires)
	}
}
