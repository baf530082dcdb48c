package archive

import (
	"io/fs"
	"path"
	"strings"
)

const (
	// step stands between an archive and a place inside it.
	step = "!/"
	// maxNameBytes is the longest name that is shown; the rest is cut. Linux opens paths of 4,096.
	maxNameBytes = 4096
	unnamed      = "(no name)"
)

// cleanName makes a relative path with slashes of an entry's name, whatever stands in it.
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
	// Below "/", Clean leaves no "..".
	if name = path.Clean("/" + name)[1:]; name == "" {
		return unnamed
	}
	return name
}

// compressions are the endings of names that go away when the file is unpacked.
var compressions = [...]string{".gz", ".bz2", ".tgz", ".tbz2", ".tbz", ".svgz"}

// innerName is what the one file inside a compressed file is called: the file's own name without its ending, else the name
// that the compressed file tells.
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
