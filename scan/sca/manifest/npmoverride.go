package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// npmOverride is one line by which a package.json or a pnpm-workspace.yaml decides the version of a package for all that ask
// for it (https://docs.npmjs.com/cli/configuring-npm/package-json#overrides, https://pnpm.io/settings#overrides,
// https://yarnpkg.com/configuration/manifest#resolutions).
type npmOverride struct {
	name, version string
	// member is that in which it stands: "overrides".
	member string
	place  scan.Place
}

// readNPMOverrides reads the members of an object of overrides. npm's nest: what stands below a package is for what that
// package brings in, and "." means the package itself.
func readNPMOverrides(s *source, j *jsonText, member, parent string, depth int) error {
	if j.kind() != '{' || depth > maxDepth {
		return j.skip()
	}
	return j.object(func(key jsonKey) error {
		name := key.name
		if name == "." {
			name = parent
		}
		name = overriddenName(name)
		if j.kind() == '{' {
			return readNPMOverrides(s, j, member, name, depth+1)
		}
		version, err := j.text()
		if err == nil && name != "" {
			o := npmOverride{name: name, version: version, member: member}
			o.place = scan.Place{Path: s.path, Start: key.start, End: key.end}
			s.doc.npm.overrides = append(s.doc.npm.overrides, o)
		}
		return err
	})
}

// overriddenName gives the package that a selector means: "a>b", "a/b", "**/b" and "b@^1" are all b.
func overriddenName(selector string) string {
	if i := strings.LastIndexByte(selector, '>'); i >= 0 {
		selector = selector[i+1:]
	}
	selector = strings.TrimSpace(selector)
	name, _ := yarnDescriptor(selector)
	parts := strings.Split(name, "/")
	if n := len(parts); n > 1 && strings.HasPrefix(parts[n-2], "@") {
		return parts[n-2] + "/" + parts[n-1]
	}
	return parts[len(parts)-1]
}

// overridden reports whether the manifest decides the version of a package apart from what asks for it.
func (m *npmManifest) overridden(name string) bool {
	for i := range m.overrides {
		if m.overrides[i].name == name {
			return true
		}
	}
	return false
}
