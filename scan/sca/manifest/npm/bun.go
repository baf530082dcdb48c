package npm

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// BunFormats are the files of Bun, whose manifest is npm's. The older bun.lockb is binary, so it is only named.
var BunFormats = []document.Format{
	{Name: "bun.lockb", Match: document.Named("bun.lockb"), Unread: string(scan.EcosystemNPM)},
	{Name: "bun.lock", Match: document.Named("bun.lock"), Ecosystem: scan.EcosystemNPM, Lock: true, Whole: syntax.JSONHas("packages", "workspaces"), Read: readBunLock},
}

// readBunLock reads a bun.lock (https://bun.com/docs/pm/lockfile): JSON with trailing commas. "packages" maps a place
// ("a", or "a/b" for the b that only a gets) to a list with the name and version, the dependencies, and the digest.
func readBunLock(s *document.Source) error {
	l := npmLock{}
	// One member names the parts of the project by folder, the other by name.
	var parts []bunPart
	err := syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			switch key.Name {
			case "lockfileVersion":
				return j.LockVersion(s, 0, 1)
			case "workspaces":
				return j.Object(func(key syntax.Key) error {
					part, err := readBunPart(j)
					if key.Name == "" {
						part.name = "" // the project, whatever its name
					}
					parts = append(parts, part)
					return err
				})
			case "packages":
				return j.Object(func(key syntax.Key) error { return l.readBunPackage(j, key) })
			}
			return j.Skip()
		})
	})
	for _, part := range parts {
		at := &l.places.root
		if c := at.below[part.name]; c != nil {
			at = c
		}
		l.list = append(l.list, locked{at: at, part: true, roots: part.roots})
	}
	l.add(s)
	return err
}

// bunPart is a part of the project and its dependencies.
type bunPart struct {
	name  string
	roots []root
}

func readBunPart(j *syntax.JSON) (part bunPart, err error) {
	err = j.Object(func(key syntax.Key) error {
		development := key.Name == "devDependencies"
		switch key.Name {
		case "name":
			var err error
			part.name, err = j.Text()
			return err
		case "dependencies", "devDependencies", "optionalDependencies", "peerDependencies":
			return j.Object(func(key syntax.Key) error {
				constraint, err := j.Text()
				part.roots = append(part.roots, root{key.Name, constraint, development})
				return err
			})
		}
		return j.Skip()
	})
	return part, err
}

// readBunPackage reads one member of "packages".
func (l *npmLock) readBunPackage(j *syntax.JSON, key syntax.Key) error {
	p := locked{start: key.Start, end: key.End, at: &l.places.root}
	pkg := &p.entry.Package
	for rest := key.Name; rest != ""; {
		if p.name, rest = bunSegment(rest); p.name == "" {
			break
		}
		if p.at = p.at.child(p.name); p.at == nil {
			return syntax.ErrDeep
		}
	}
	first := true
	err := j.Array(func() error {
		switch kind := j.Kind(); {
		case first:
			first = false
			locator, start, end, err := j.Placed()
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
			return j.Object(func(key syntax.Key) error {
				switch key.Name {
				case "dependencies", "optionalDependencies", "peerDependencies":
					return j.Names(&p.asks)
				}
				return j.Skip()
			})
		case kind == '"':
			text, err := j.Text()
			if hash := document.IntegrityHash(text); hash != "" {
				pkg.Hash = hash
			}
			return err
		}
		return j.Skip()
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
