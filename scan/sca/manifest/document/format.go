package document

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// Format is one kind of file.
type Format struct {
	// Name is the common name: "package-lock.json".
	Name string
	// Match reports whether a file has this format, by its base name and its whole path.
	Match     func(base, path string) bool
	Ecosystem scan.Ecosystem
	Lock      bool
	// Included is true for a file that counts only if another file includes it.
	Included bool
	// Unread is the kind of packages in a file that is recognized only by its name; empty for a format that is read.
	Unread string
	// Loose is true for file names that other tools use too.
	Loose bool
	// Whole reports whether a lock file without packages has the structure of the format; nil if there is no need to ask.
	Whole func(s *Source) bool
	// Read appends the content of the file. What it appended before an error still counts.
	Read func(s *Source) error
}

// Named matches base names.
func Named(names ...string) func(base, path string) bool {
	return func(base, _ string) bool { return slices.Contains(names, base) }
}

// Suffixed matches base names that end with a suffix and have something before it.
func Suffixed(suffixes ...string) func(base, path string) bool {
	return func(base, _ string) bool {
		base = strings.ToLower(base)
		for _, suffix := range suffixes {
			if len(base) > len(suffix) && strings.HasSuffix(base, suffix) {
				return true
			}
		}
		return false
	}
}

// Below matches a path in any folder.
func Below(end string) func(base, path string) bool {
	return func(_, path string) bool { return path == end || strings.HasSuffix(path, "/"+end) }
}
