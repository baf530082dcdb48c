package manifest

import (
	"slices"
	"strings"
)

// spdxBill is a bill in the JSON of SPDX 2.2 and 2.3 (https://spdx.github.io/spdx-spec/v2.3/) while it is read.
type spdxBill struct {
	s *source
	// described are the ids of what the bill is about.
	described []string
	requires  map[string][]string
	// development are the ids of what only building or testing needs.
	development map[string]bool
}

func readSPDX(s *source) error {
	b := &spdxBill{s: s, requires: map[string][]string{}, development: map[string]bool{}}
	err := readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			switch key.name {
			case "documentDescribes":
				return j.texts(&b.described)
			case "packages":
				return j.array(func() error { return b.packaged(j) })
			case "relationships":
				return j.array(func() error { return b.relationship(j) })
			}
			return j.skip()
		})
	})
	b.finish()
	return err
}

func (b *spdxBill) packaged(j *jsonText) error {
	var e Entry
	var id, purl, concluded, declared string
	var start, end int
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "SPDXID":
			id, err = j.text()
		case "licenseConcluded":
			concluded, err = j.text()
		case "licenseDeclared":
			declared, err = j.text()
		case "checksums":
			return j.array(func() error {
				pair, err := readPair(j, "algorithm", "checksumValue")
				if e.Package.Hash == "" {
					e.Package.Hash = billHash(pair[0], pair[1])
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
				if strings.HasSuffix(kind, "purl") && purl == "" {
					purl, start, end = text, from, to
				}
				return err
			})
		default:
			return j.skip()
		}
		return err
	})
	for _, license := range []string{concluded, declared} {
		if e.Package.License == "" && license != "NOASSERTION" && license != "NONE" {
			e.Package.License = license
		}
	}
	e.Keys = []string{id}
	billPackage(b.s, e, purl, start, end)
	return err
}

// relationship reads one edge (https://spdx.github.io/spdx-spec/v2.3/relationships-between-SPDX-elements/).
func (b *spdxBill) relationship(j *jsonText) error {
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
	return err
}

// finish: what the bill is about and requires others is the project, and no dependency. What requires nothing is just listed.
func (b *spdxBill) finish() {
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
