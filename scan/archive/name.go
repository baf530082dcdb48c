package archive

import (
	"io/fs"
	"path"
	"strings"
)

const (
	// step separates an archive from a place inside it.
	step = "!/"
	// maxNameBytes is the length of the longest name that is shown; longer names are cut. Linux opens paths of 4,096 bytes.
	maxNameBytes = 4096
	unnamed      = "(no name)"
)

// cleanName turns any entry name into a relative path with slashes.
func cleanName(name string) string {
	if len(name) > maxNameBytes {
		name = name[:maxNameBytes]
	}
	if i := strings.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	name = strings.ReplaceAll(name, `\`, "/")
	if fs.ValidPath(name) && name != "." {
		return name
	}
	// Clean leaves no ".." after a leading "/".
	if name = path.Clean("/" + name)[1:]; name == "" {
		return unnamed
	}
	return name
}

// compressions are the suffixes that unpacking removes from the name.
var compressions = [...]string{".gz", ".bz2", ".tgz", ".tbz2", ".tbz", ".svgz"}

// innerName returns the name of the file inside a compressed file: outer without its suffix, else the name that the
// compressed file contains.
func innerName(outer, told string) string {
	base := outer[strings.LastIndexByte(outer, '/')+1:]
	for _, suffix := range compressions {
		if n := len(base) - len(suffix); n > 0 && strings.EqualFold(base[n:], suffix) {
			return base[:n]
		}
	}
	if told != "" {
		return cleanName(told)
	}
	return base
}
