package manifest

import "strings"

// cycloneDX is the state of reading an SBOM in CycloneDX 1.2 to 1.6 (https://cyclonedx.org/docs/1.6/json/, .../xml/).
type cycloneDX struct {
	s *source
	// project is the reference of the SBOM's subject.
	project  string
	requires map[string][]string
}

func readCycloneDX(s *source) error {
	c := &cycloneDX{s: s, requires: map[string][]string{}}
	err := readJSON(s, c.members)
	c.finish()
	return err
}

// members reads the SBOM; an attestation has it in "predicate".
func (c *cycloneDX) members(j *jsonText) error {
	return j.object(func(key jsonKey) error {
		switch key.name {
		case "predicate":
			return c.members(j)
		case "metadata":
			return j.object(func(key jsonKey) error {
				if key.name != "component" {
					return j.skip()
				}
				return j.object(func(key jsonKey) error {
					var err error
					switch key.name {
					case "bom-ref":
						c.project, err = j.text()
					case "components":
						return c.components(j)
					default:
						return j.skip()
					}
					return err
				})
			})
		case "components":
			return c.components(j)
		case "dependencies":
			return j.array(func() error { return c.dependency(j) })
		}
		return j.skip()
	})
}

// finish makes roots of the project's dependencies, and adds the dependencies of the packages.
func (c *cycloneDX) finish() {
	s := c.s
	development := map[string]bool{}
	for i := range s.doc.Entries {
		e := &s.doc.Entries[i]
		development[e.Keys[0]] = e.Package.Development
	}
	for _, key := range c.requires[c.project] {
		s.doc.Roots = append(s.doc.Roots, Root{Key: key, Development: development[key]})
	}
	for i := range s.doc.Entries {
		s.doc.Entries[i].require(c.requires)
	}
}

// components reads a list, whose elements may have nested components.
func (c *cycloneDX) components(j *jsonText) error {
	return j.array(func() error {
		var e Entry
		var purl, reference, version string
		var start, end int
		var licenses []string
		err := j.object(func(key jsonKey) error {
			var err error
			switch key.name {
			case "bom-ref":
				reference, err = j.text()
			case "version":
				version, err = j.text()
			case "purl":
				purl, start, end, err = j.placed()
			case "licenses":
				return j.array(func() error { return readCycloneLicense(j, &licenses) })
			case "hashes":
				return j.array(func() error {
					hash, err := readPair(j, "alg", "content")
					if e.Package.Hash == "" {
						e.Package.Hash = sbomHash(hash[0], hash[1])
					}
					return err
				})
			case "properties":
				return j.array(func() error {
					property, err := readPair(j, "name", "value")
					// https://github.com/CycloneDX/cyclonedx-property-taxonomy: cdx:npm:package:development and similar names.
					if strings.HasSuffix(property[0], ":package:development") && property[1] == "true" {
						e.Package.Development = true
					}
					return err
				})
			case "components":
				return c.components(j)
			default:
				return j.skip()
			}
			return err
		})
		e.Package.License = strings.Join(licenses, " AND ")
		if e.Keys = []string{reference}; reference == "" {
			e.Keys[0] = purl
		}
		sbomPackage(c.s, e, purl, version, start, end)
		return err
	})
}

// dependency reads the dependencies of one component.
func (c *cycloneDX) dependency(j *jsonText) error {
	var reference string
	var list []string
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "ref":
			reference, err = j.text()
		case "dependsOn":
			return j.texts(&list)
		default:
			return j.skip()
		}
		return err
	})
	c.requires[reference] = append(c.requires[reference], list...)
	return err
}

// readCycloneLicense reads {"expression"} or {"license": {"id" or "name"}}; a name is not an SPDX expression.
func readCycloneLicense(j *jsonText, list *[]string) error {
	return j.object(func(key jsonKey) error {
		switch key.name {
		case "expression", "id":
			text, err := j.text()
			if text != "" {
				*list = append(*list, text)
			}
			return err
		case "license":
			return readCycloneLicense(j, list)
		}
		return j.skip()
	})
}

// readPair returns two members of an object.
func readPair(j *jsonText, first, second string) (pair [2]string, err error) {
	err = j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case first:
			pair[0], err = j.text()
		case second:
			pair[1], err = j.text()
		default:
			return j.skip()
		}
		return err
	})
	return pair, err
}
