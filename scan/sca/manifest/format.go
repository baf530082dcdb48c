package manifest

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// format is one kind of file.
type format struct {
	// name is the common name: "package-lock.json".
	name string
	// match reports whether a file has this format, by its base name and its whole path.
	match     func(base, path string) bool
	ecosystem scan.Ecosystem
	lock      bool
	// included is true for a file that counts only if another file includes it.
	included bool
	// unread is the kind of packages in a file that is recognized only by its name; empty for a format that is read.
	unread string
	// loose is true for file names that other tools use too.
	loose bool
	// whole reports whether a lock file without packages has the structure of the format; nil if there is no need to ask.
	whole func(s *source) bool
	// read appends the content of the file. What it appended before an error still counts.
	read func(s *source) error
}

// named matches base names.
func named(names ...string) func(base, path string) bool {
	return func(base, _ string) bool { return slices.Contains(names, base) }
}

// suffixed matches base names that end with a suffix and have something before it.
func suffixed(suffixes ...string) func(base, path string) bool {
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

// below matches a path in any folder.
func below(end string) func(base, path string) bool {
	return func(_, path string) bool { return path == end || strings.HasSuffix(path, "/"+end) }
}
