package sbom

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// spdxSBOM is the state of reading an SBOM in SPDX 2.2 or 2.3 (https://spdx.github.io/spdx-spec/v2.3/), or the part of
// 3.0 that is the same.
type spdxSBOM struct {
	s *document.Source
	// described are the ids of the SBOM's subjects.
	described []string
	requires  map[string][]string
	// development are the ids of packages that only building or testing needs.
	development map[string]bool
}

func newSPDXSBOM(s *document.Source) *spdxSBOM {
	return &spdxSBOM{s: s, requires: map[string][]string{}, development: map[string]bool{}}
}

// spdxPackage is one package of an SBOM. start and end are the offsets of its URL.
type spdxPackage struct {
	id, version, purl, concluded, declared, hash string

	start, end int
}

// add appends a package if its URL identifies it.
func (b *spdxSBOM) add(p *spdxPackage) {
	e := document.Entry{Keys: []string{p.id}}
	e.Package.Hash = p.hash
	for _, license := range []string{p.concluded, p.declared} {
		if e.Package.License == "" && license != "NOASSERTION" && license != "NONE" {
			e.Package.License = license
		}
	}
	addPackage(b.s, e, p.purl, p.version, p.start, p.end)
}

func readSPDX(s *document.Source) error {
	b := newSPDXSBOM(s)
	err := syntax.ReadJSON(s, b.members)
	b.finish()
	return err
}

// members reads the SBOM. GitHub wraps it in "sbom" (https://docs.github.com/en/rest/dependency-graph/sboms) and
// attestations in "predicate" (https://in-toto.io/Statement/v1).
func (b *spdxSBOM) members(j *syntax.JSON) error {
	return j.Object(func(key syntax.Key) error {
		switch key.Name {
		case "sbom", "predicate":
			return b.members(j)
		case "documentDescribes":
			return j.Texts(&b.described)
		case "packages":
			return j.Array(func() error { return b.packaged(j) })
		case "relationships":
			return j.Array(func() error { return b.relationship(j) })
		}
		return j.Skip()
	})
}

func (b *spdxSBOM) packaged(j *syntax.JSON) error {
	var p spdxPackage
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "SPDXID":
			p.id, err = j.Text()
		case "versionInfo":
			p.version, err = j.Text()
		case "licenseConcluded":
			p.concluded, err = j.Text()
		case "licenseDeclared":
			p.declared, err = j.Text()
		case "checksums":
			return j.Array(func() error {
				pair, err := readPair(j, "algorithm", "checksumValue")
				if p.hash == "" {
					p.hash = digestOf(pair[0], pair[1])
				}
				return err
			})
		case "externalRefs":
			return j.Array(func() error {
				var kind, text string
				var from, to int
				err := j.Object(func(key syntax.Key) error {
					var err error
					switch key.Name {
					case "referenceType":
						kind, err = j.Text()
					case "referenceLocator":
						text, from, to, err = j.Placed()
					default:
						return j.Skip()
					}
					return err
				})
				if strings.HasSuffix(kind, "purl") && p.purl == "" {
					p.purl, p.start, p.end = text, from, to
				}
				return err
			})
		default:
			return j.Skip()
		}
		return err
	})
	b.add(&p)
	return err
}

// relationship reads one edge (https://spdx.github.io/spdx-spec/v2.3/relationships-between-SPDX-elements/).
func (b *spdxSBOM) relationship(j *syntax.JSON) error {
	var from, to, kind string
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "spdxElementId":
			from, err = j.Text()
		case "relatedSpdxElement":
			to, err = j.Text()
		case "relationshipType":
			kind, err = j.Text()
		default:
			return j.Skip()
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
				b.s.Doc.Roots = append(b.s.Doc.Roots, document.Root{Key: key, Development: b.development[key]})
			}
		}
	}
	b.s.Doc.Entries = slices.DeleteFunc(b.s.Doc.Entries, func(e document.Entry) bool { return projects[e.Keys[0]] })
	for i := range b.s.Doc.Entries {
		e := &b.s.Doc.Entries[i]
		e.Package.Development = b.development[e.Keys[0]]
		e.Require(b.requires)
	}
}
