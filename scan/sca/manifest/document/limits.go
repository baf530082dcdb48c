package document

import (
	"fmt"
	"slices"
)

// MaxTextBytes limits the names and versions of packages. No registry has longer ones, and they would be compared,
// stored and printed again and again.
const MaxTextBytes = 4096

// The limits for properties and variables whose values refer to others, so that one that refers to itself ends:
// MaxExpansions is how deep they may be nested, MaxExpandedBytes how long a value may become.
const (
	MaxExpansions    = 50
	MaxExpandedBytes = 4096
)

// Bound drops entries without a name, or with a name or version that is too long. The error gives the line of the first
// one that is too long.
func (d *Document) Bound(data []byte) error {
	first := -1
	long := func(name, version string, start int) bool {
		is := len(name) > MaxTextBytes || len(version) > MaxTextBytes
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
	return fmt.Errorf("line %d: a name or version is longer than %d bytes", NewLines(data).Of(first), MaxTextBytes)
}
