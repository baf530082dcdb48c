package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// bunFormats are the files of Bun, whose manifest is npm's. The older bun.lockb is binary, so it is only named.
var bunFormats = []format{
	{name: "bun.lockb", match: named("bun.lockb"), unread: string(scan.EcosystemNPM)},
	{name: "bun.lock", match: named("bun.lock"), ecosystem: scan.EcosystemNPM, lock: true, whole: jsonHas("packages", "workspaces"), read: readBunLock},
}

// readBunLock reads a bun.lock (https://bun.com/docs/pm/lockfile): JSON with trailing commas. "packages" maps a place
// ("a", or "a/b" for the b that only a gets) to a list with the name and version, the dependencies, and the digest.
func readBunLock(s *source) error {
	l := npmLock{}
	// One member names the parts of the project by folder, the other by name.
	var parts []bunPart
	err := readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			switch key.name {
			case "lockfileVersion":
				return j.lockVersion(s, 0, 1)
			case "workspaces":
				return j.object(func(key jsonKey) error {
					part, err := readBunPart(j)
					if key.name == "" {
						part.name = "" // the project, whatever its name
					}
					parts = append(parts, part)
					return err
				})
			case "packages":
				return j.object(func(key jsonKey) error { return l.readBunPackage(j, key) })
			}
			return j.skip()
		})
	})
	for _, part := range parts {
		at := &l.places.root
		if c := at.below[part.name]; c != nil {
			at = c
		}
		l.list = append(l.list, lockedNPM{at: at, part: true, roots: part.roots})
	}
	l.add(s)
	return err
}

// bunPart is a part of the project and its dependencies.
type bunPart struct {
	name  string
	roots []npmRoot
}

func readBunPart(j *jsonText) (part bunPart, err error) {
	err = j.object(func(key jsonKey) error {
		development := key.name == "devDependencies"
		switch key.name {
		case "name":
			var err error
			part.name, err = j.text()
			return err
		case "dependencies", "devDependencies", "optionalDependencies", "peerDependencies":
			return j.object(func(key jsonKey) error {
				constraint, err := j.text()
				part.roots = append(part.roots, npmRoot{key.name, constraint, development})
				return err
			})
		}
		return j.skip()
	})
	return part, err
}

// readBunPackage reads one member of "packages".
func (l *npmLock) readBunPackage(j *jsonText, key jsonKey) error {
	p := lockedNPM{start: key.start, end: key.end, at: &l.places.root}
	pkg := &p.entry.Package
	for rest := key.name; rest != ""; {
		if p.name, rest = bunSegment(rest); p.name == "" {
			break
		}
		if p.at = p.at.child(p.name); p.at == nil {
			return errDeep
		}
	}
	first := true
	err := j.array(func() error {
		switch kind := j.kind(); {
		case first:
			first = false
			locator, start, end, err := j.placed()
			var reference string
			pkg.Name, reference = yarnDescriptor(locator)
			if end > start {
				p.start, p.end = start, end
			}
			if strings.HasPrefix(reference, "root:") {
				reference = "workspace:"
			}
			if pkg.Origin = npmOrigin(reference); pkg.Origin == scan.OriginRegistry {
				pkg.Version = strings.TrimPrefix(reference, "npm:")
			}
			return err
		case kind == '{':
			return j.object(func(key jsonKey) error {
				switch key.name {
				case "dependencies", "optionalDependencies", "peerDependencies":
					return j.names(&p.asks)
				}
				return j.skip()
			})
		case kind == '"':
			text, err := j.text()
			if hash := integrityHash(text); hash != "" {
				pkg.Hash = hash
			}
			return err
		}
		return j.skip()
	})
	if p.at != &l.places.root && pkg.Name != "" {
		l.list = append(l.list, p)
	}
	return err
}

// bunSegment cuts the first name from a place: "@scope/a/b" becomes "@scope/a" and "b".
func bunSegment(path string) (name, rest string) {
	from := 0
	if strings.HasPrefix(path, "@") {
		if from = strings.IndexByte(path, '/') + 1; from == 0 {
			return path, ""
		}
	}
	if i := strings.IndexByte(path[from:], '/'); i >= 0 {
		return path[:from+i], path[from+i+1:]
	}
	return path, ""
}
