package manifest

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// The functions below report whether a file without packages has the structure of its format, by its top-level names.
// They are called only if no packages were found.

// jsonHas: it is an object with one of the members.
func jsonHas(names ...string) func(s *source) bool {
	return func(s *source) bool {
		found := false
		err := readJSON(s, func(j *jsonText) error {
			return j.object(func(key jsonKey) error {
				for _, name := range names {
					found = found || key.name == name
				}
				return j.skip()
			})
		})
		return found && err == nil
	}
}

// tomlHas: it has one of the keys.
func tomlHas(names ...string) func(s *source) bool {
	return func(s *source) bool {
		root, err := readTOML(s)
		found := false
		for _, name := range names {
			found = found || root.member(name) != nil
		}
		return found && err == nil
	}
}

// yamlHas: it is a mapping with one of the keys.
func yamlHas(names ...string) func(s *source) bool {
	return func(s *source) bool {
		y, err := readYAML(s)
		if err != nil {
			return false
		}
		found := false
		members(y.root(), func(key, _ *yaml.Node) {
			for _, name := range names {
				found = found || key.Value == name
			}
		})
		return found
	}
}

// lineHas: a line begins with one of the texts.
func lineHas(beginnings ...string) func(s *source) bool {
	return func(s *source) bool {
		for line := range bytes.Lines(s.data[len(byteOrderMark(s.data)):]) {
			for _, beginning := range beginnings {
				if bytes.HasPrefix(line, []byte(beginning)) {
					return true
				}
			}
		}
		return false
	}
}
