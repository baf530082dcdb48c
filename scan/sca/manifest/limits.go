package manifest

import (
	"fmt"
	"slices"
)

// maxTextBytes limits the names and versions of packages. No registry has longer ones, and they would be compared,
// stored and printed again and again.
const maxTextBytes = 4096

// The limits for properties and variables whose values refer to others, so that one that refers to itself ends:
// maxExpansions is how deep they may be nested, maxExpandedBytes how long a value may become.
const (
	maxExpansions    = 50
	maxExpandedBytes = 4096
)

// bound drops entries without a name, or with a name or version that is too long. The error gives the line of the first
// one that is too long.
func (d *Document) bound(data []byte) error {
	first := -1
	long := func(name, version string, start int) bool {
		is := len(name) > maxTextBytes || len(version) > maxTextBytes
		if is && (first < 0 || start < first) {
			first = start
		}
		return is || name == ""
	}
	d.Entries = slices.DeleteFunc(d.Entries, func(e Entry) bool { return long(e.Package.Name, e.Package.Version, e.Package.Start) })
	d.Declared = slices.DeleteFunc(d.Declared, func(decl Declaration) bool { return long(decl.Name, decl.Constraint, decl.Start) })
	if first < 0 {
		return nil
	}
	return fmt.Errorf("line %d: a name or version is longer than %d bytes", newLines(data).of(first), maxTextBytes)
}
