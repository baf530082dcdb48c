package sbom

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// cycloneDX is the state of reading an SBOM in CycloneDX 1.2 to 1.6 (https://cyclonedx.org/docs/1.6/json/, .../xml/).
type cycloneDX struct {
	s *document.Source
	// project is the reference of the SBOM's subject.
	project  string
	requires map[string][]string
}

func readCycloneDX(s *document.Source) error {
	c := &cycloneDX{s: s, requires: map[string][]string{}}
	err := syntax.ReadJSON(s, c.members)
	c.finish()
	return err
}

// members reads the SBOM; an attestation has it in "predicate".
func (c *cycloneDX) members(j *syntax.JSON) error {
	return j.Object(func(key syntax.Key) error {
		switch key.Name {
		case "predicate":
			return c.members(j)
		case "metadata":
			return j.Object(func(key syntax.Key) error {
				if key.Name != "component" {
					return j.Skip()
				}
				return j.Object(func(key syntax.Key) error {
					var err error
					switch key.Name {
					case "bom-ref":
						c.project, err = j.Text()
					case "components":
						return c.components(j)
					default:
						return j.Skip()
					}
					return err
				})
			})
		case "components":
			return c.components(j)
		case "dependencies":
			return j.Array(func() error { return c.dependency(j) })
		}
		return j.Skip()
	})
}

// finish makes roots of the project's dependencies, and adds the dependencies of the packages.
func (c *cycloneDX) finish() {
	s := c.s
	development := map[string]bool{}
	for i := range s.Doc.Entries {
		e := &s.Doc.Entries[i]
		development[e.Keys[0]] = e.Package.Development
	}
	for _, key := range c.requires[c.project] {
		s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: key, Development: development[key]})
	}
	for i := range s.Doc.Entries {
		s.Doc.Entries[i].Require(c.requires)
	}
}

// components reads a list, whose elements may have nested components.
func (c *cycloneDX) components(j *syntax.JSON) error {
	return j.Array(func() error {
		var e document.Entry
		var purl, reference, version string
		var start, end int
		var licenses []string
		err := j.Object(func(key syntax.Key) error {
			var err error
			switch key.Name {
			case "bom-ref":
				reference, err = j.Text()
			case "version":
				version, err = j.Text()
			case "purl":
				purl, start, end, err = j.Placed()
			case "licenses":
				return j.Array(func() error { return readCycloneLicense(j, &licenses) })
			case "hashes":
				return j.Array(func() error {
					hash, err := readPair(j, "alg", "content")
					if e.Package.Hash == "" {
						e.Package.Hash = digestOf(hash[0], hash[1])
					}
					return err
				})
			case "properties":
				return j.Array(func() error {
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
				return j.Skip()
			}
			return err
		})
		e.Package.License = strings.Join(licenses, " AND ")
		if e.Keys = []string{reference}; reference == "" {
			e.Keys[0] = purl
		}
		addPackage(c.s, e, purl, version, start, end)
		return err
	})
}

// dependency reads the dependencies of one component.
func (c *cycloneDX) dependency(j *syntax.JSON) error {
	var reference string
	var list []string
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "ref":
			reference, err = j.Text()
		case "dependsOn":
			return j.Texts(&list)
		default:
			return j.Skip()
		}
		return err
	})
	c.requires[reference] = append(c.requires[reference], list...)
	return err
}

// readCycloneLicense reads {"expression"} or {"license": {"id" or "name"}}; a name is not an SPDX expression.
func readCycloneLicense(j *syntax.JSON, list *[]string) error {
	return j.Object(func(key syntax.Key) error {
		switch key.Name {
		case "expression", "id":
			text, err := j.Text()
			if text != "" {
				*list = append(*list, text)
			}
			return err
		case "license":
			return readCycloneLicense(j, list)
		}
		return j.Skip()
	})
}

// readPair returns two members of an object.
func readPair(j *syntax.JSON, first, second string) (pair [2]string, err error) {
	err = j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case first:
			pair[0], err = j.Text()
		case second:
			pair[1], err = j.Text()
		default:
			return j.Skip()
		}
		return err
	})
	return pair, err
}
