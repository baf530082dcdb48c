package syntax

import (
	"bytes"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// The functions below report whether a file without packages has the structure of its format, by its top-level names.
// They are called only if no packages were found.

// JSONHas checks for an object with one of the members.
func JSONHas(names ...string) func(s *document.Source) bool {
	return func(s *document.Source) bool {
		found := false
		err := ReadJSON(s, func(j *JSON) error {
			return j.Object(func(key Key) error {
				for _, name := range names {
					found = found || key.Name == name
				}
				return j.Skip()
			})
		})
		return found && err == nil
	}
}

// TOMLHas checks for one of the keys.
func TOMLHas(names ...string) func(s *document.Source) bool {
	return func(s *document.Source) bool {
		root, err := ReadTOML(s)
		found := false
		for _, name := range names {
			found = found || root.Member(name) != nil
		}
		return found && err == nil
	}
}

// YAMLHas checks for a mapping with one of the keys.
func YAMLHas(names ...string) func(s *document.Source) bool {
	return func(s *document.Source) bool {
		y, err := ReadYAML(s)
		if err != nil {
			return false
		}
		found := false
		Members(y.Root(), func(key, _ *yaml.Node) {
			for _, name := range names {
				found = found || key.Value == name
			}
		})
		return found
	}
}

// LineHas checks for a line that begins with one of the texts.
func LineHas(beginnings ...string) func(s *document.Source) bool {
	return func(s *document.Source) bool {
		for line := range bytes.Lines(s.Data[len(ByteOrderMark(s.Data)):]) {
			for _, beginning := range beginnings {
				if bytes.HasPrefix(line, []byte(beginning)) {
					return true
				}
			}
		}
		return false
	}
}
