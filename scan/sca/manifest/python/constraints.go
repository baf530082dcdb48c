package python

import (
	"path"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// Constrained gives the Python requirements without a version the version of their constraints. It drops constraints for
// packages that nothing asks for: a constraint installs nothing
// (https://pip.pypa.io/en/stable/user_guide/#constraints-files). The document keeps their names, because registry
// packages may bring them in. Packages that another package brings in according to pip-compile stay. A constraints file
// that no other file names applies to the requirements of its folder, because people pass it to pip by hand.
func Constrained(docs []*document.Document) []*document.Document {
	isConstraint := constraintFiles(docs)
	if len(isConstraint) == 0 {
		return docs
	}
	byPath := make(map[string]*document.Document, len(docs))
	for _, doc := range docs {
		byPath[doc.Path] = doc
	}
	used := map[*document.Document]map[string]bool{}
	pins := map[*document.Document]map[string]*scan.Package{}
	applied := map[*document.Document]int{}
	apply := func(doc, constraint *document.Document) {
		if applied[doc]++; applied[doc] > maxIncluded {
			return
		}
		if used[constraint] == nil {
			used[constraint], pins[constraint] = map[string]bool{}, pinsOf(constraint)
		}
		constrain(doc, pins[constraint], used[constraint])
	}
	named := map[*document.Document]bool{}
	for _, doc := range docs {
		if doc.Ecosystem != scan.EcosystemPyPI || isConstraint[doc] || len(doc.Constraints) == 0 {
			continue
		}
		// The constraints of a file apply to all files that it includes.
		for _, included := range includedBy(doc, byPath, isConstraint) {
			for _, name := range doc.Constraints {
				if c := byPath[name]; isConstraint[c] {
					named[c] = true
					apply(included, c)
				}
			}
		}
	}
	folders := map[string][]*document.Document{}
	for _, doc := range docs {
		if doc.Ecosystem == scan.EcosystemPyPI && !doc.Lock && !isConstraint[doc] {
			folders[path.Dir(doc.Path)] = append(folders[path.Dir(doc.Path)], doc)
		}
	}
	for _, c := range docs {
		if isConstraint[c] && !named[c] {
			for _, doc := range folders[path.Dir(c.Path)] {
				apply(doc, c)
			}
		}
	}
	for c := range isConstraint {
		c.Entries = slices.DeleteFunc(c.Entries, func(e document.Entry) bool {
			asked := used[c][pythonKey(e.Package.Name)]
			if !asked && !e.Required && e.Package.Version != "" {
				c.Idle = append(c.Idle, e.Package.Name)
			}
			return asked || !e.Required
		})
	}
	return docs
}

// constraintFiles returns the constraints files: by their names, or because another file includes them as constraints,
// unless a file includes them as requirements.
func constraintFiles(docs []*document.Document) map[*document.Document]bool {
	required := map[string]bool{}
	for _, doc := range docs {
		constrains := make(map[string]bool, len(doc.Constraints))
		for _, name := range doc.Constraints {
			constrains[name] = true
		}
		for _, name := range doc.Includes {
			if !constrains[name] {
				required[name] = true
			}
		}
	}
	is := map[*document.Document]bool{}
	for _, doc := range docs {
		named := doc.Kind == "requirements.txt" && isConstraints(path.Base(doc.Path))
		if (named || doc.Included) && !required[doc.Path] {
			is[doc] = true
		}
	}
	return is
}

// includedBy returns a file and the files that it includes as requirements, recursively.
func includedBy(doc *document.Document, byPath map[string]*document.Document, isConstraint map[*document.Document]bool) []*document.Document {
	list := []*document.Document{doc}
	seen := map[*document.Document]bool{doc: true}
	for i := 0; i < len(list) && len(list) < maxIncluded; i++ {
		for _, name := range list[i].Includes {
			if other := byPath[name]; other != nil && !isConstraint[other] && !seen[other] {
				seen[other] = true
				list = append(list, other)
			}
		}
	}
	return list
}

// maxIncluded limits how many files one requirements file includes, and how many constrain it.
const maxIncluded = 100

// pinsOf returns, for each name, the first package with a version.
func pinsOf(d *document.Document) map[string]*scan.Package {
	pins := make(map[string]*scan.Package, len(d.Entries))
	for i := range d.Entries {
		if p := &d.Entries[i].Package; p.Version != "" && pins[pythonKey(p.Name)] == nil {
			pins[pythonKey(p.Name)] = p
		}
	}
	return pins
}

// constrain gives the packages without a version the version of a constraint, and records the constraints that were
// used.
func constrain(d *document.Document, pins map[string]*scan.Package, used map[string]bool) {
	for i := range d.Entries {
		p := &d.Entries[i].Package
		pin := pins[pythonKey(p.Name)]
		if pin == nil || p.Origin != scan.OriginRegistry {
			continue
		}
		if used[pythonKey(p.Name)] = true; p.Version == "" {
			p.Version, p.Hash, p.PinnedBy = pin.Version, pin.Hash, "constraints"
			p.Declared = &scan.Place{Path: pin.Path, Start: pin.Start, End: pin.End, Line: pin.Line}
		}
	}
	for i := range d.Declared {
		decl := &d.Declared[i]
		pin := pins[pythonKey(decl.Name)]
		if pin == nil || decl.Origin != scan.OriginRegistry {
			continue
		}
		if used[pythonKey(decl.Name)] = true; decl.Version == "" {
			decl.Version, decl.PinnedBy = pin.Version, "constraints"
			decl.At = &scan.Place{Path: pin.Path, Start: pin.Start, End: pin.End, Line: pin.Line}
		}
	}
}
