package manifest

import (
	"path"
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

// constrained gives the Python requirements without a version the version of their constraints. It drops constraints for
// packages that nothing asks for: a constraint installs nothing
// (https://pip.pypa.io/en/stable/user_guide/#constraints-files). The document keeps their names, because registry
// packages may bring them in. Packages that another package brings in according to pip-compile stay. A constraints file
// that no other file names applies to the requirements of its folder, because people pass it to pip by hand.
func constrained(docs []*Document) []*Document {
	isConstraint := constraintFiles(docs)
	if len(isConstraint) == 0 {
		return docs
	}
	byPath := make(map[string]*Document, len(docs))
	for _, doc := range docs {
		byPath[doc.Path] = doc
	}
	used := map[*Document]map[string]bool{}
	pins := map[*Document]map[string]*scan.Package{}
	applied := map[*Document]int{}
	apply := func(doc, constraint *Document) {
		if applied[doc]++; applied[doc] > maxIncluded {
			return
		}
		if used[constraint] == nil {
			used[constraint], pins[constraint] = map[string]bool{}, pinsOf(constraint)
		}
		constrain(doc, pins[constraint], used[constraint])
	}
	named := map[*Document]bool{}
	for _, doc := range docs {
		if doc.Ecosystem != scan.EcosystemPyPI || isConstraint[doc] || len(doc.constraints) == 0 {
			continue
		}
		// The constraints of a file apply to all files that it includes.
		for _, included := range includedBy(doc, byPath, isConstraint) {
			for _, name := range doc.constraints {
				if c := byPath[name]; isConstraint[c] {
					named[c] = true
					apply(included, c)
				}
			}
		}
	}
	folders := map[string][]*Document{}
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
		c.Entries = slices.DeleteFunc(c.Entries, func(e Entry) bool {
			asked := used[c][pythonKey(e.Package.Name)]
			if !asked && !e.required && e.Package.Version != "" {
				c.idle = append(c.idle, e.Package.Name)
			}
			return asked || !e.required
		})
	}
	return docs
}

// constraintFiles returns the constraints files: by their names, or because another file includes them as constraints,
// unless a file includes them as requirements.
func constraintFiles(docs []*Document) map[*Document]bool {
	required := map[string]bool{}
	for _, doc := range docs {
		constrains := make(map[string]bool, len(doc.constraints))
		for _, name := range doc.constraints {
			constrains[name] = true
		}
		for _, name := range doc.Includes {
			if !constrains[name] {
				required[name] = true
			}
		}
	}
	is := map[*Document]bool{}
	for _, doc := range docs {
		named := doc.Kind == "requirements.txt" && isConstraints(path.Base(doc.Path))
		if (named || doc.Included) && !required[doc.Path] {
			is[doc] = true
		}
	}
	return is
}

// includedBy returns a file and the files that it includes as requirements, recursively.
func includedBy(doc *Document, byPath map[string]*Document, isConstraint map[*Document]bool) []*Document {
	list := []*Document{doc}
	seen := map[*Document]bool{doc: true}
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
func pinsOf(d *Document) map[string]*scan.Package {
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
func constrain(d *Document, pins map[string]*scan.Package, used map[string]bool) {
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
			decl.Version, decl.pinnedBy = pin.Version, "constraints"
			decl.at = &scan.Place{Path: pin.Path, Start: pin.Start, End: pin.End, Line: pin.Line}
		}
	}
}
