package manifest

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// npmFormats are the files of npm.
var npmFormats = []format{
	{name: "package-lock.json", match: named("package-lock.json", "npm-shrinkwrap.json"), ecosystem: scan.EcosystemNPM, lock: true, read: readPackageLock},
	{name: "package.json", match: named("package.json"), ecosystem: scan.EcosystemNPM, read: readPackageJSON},
}

// npmGroups are the members of package.json and of package-lock.json that name dependencies
// (https://docs.npmjs.com/cli/configuring-npm/package-json). Peers are asked for by whoever uses the package.
var npmGroups = map[string]bool{"dependencies": false, "devDependencies": true, "optionalDependencies": false}

// readPackageJSON reads the declarations.
func readPackageJSON(s *source) error {
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			development, ok := npmGroups[key.name]
			if !ok {
				return j.skip()
			}
			return j.object(func(key jsonKey) error {
				constraint, err := j.text()
				if err != nil {
					return err
				}
				d := Declaration{Constraint: constraint, Development: development}
				if d.Name, constraint = npmAlias(key.name, constraint); d.Name != key.name {
					d.Alias = key.name
				}
				d.Origin = npmOrigin(constraint)
				if d.Origin == scan.OriginRegistry {
					d.Version = exactSemver(constraint)
				}
				s.declare(d, key.start, key.end)
				return nil
			})
		})
	})
}

// npmAlias undoes "name": "npm:real@^1.0.0".
func npmAlias(name, constraint string) (real, rest string) {
	target, ok := strings.CutPrefix(constraint, "npm:")
	if !ok {
		return name, constraint
	}
	if at := strings.LastIndexByte(target, '@'); at > 0 {
		return target[:at], target[at+1:]
	}
	return target, ""
}

// npmOrigin tells where a constraint or a "resolved" address leads. Any address of an archive counts as a registry's, because
// companies have their own; only those of code hosts do not.
func npmOrigin(text string) scan.Origin {
	switch {
	case strings.HasPrefix(text, "file:"), strings.HasPrefix(text, "link:"), strings.HasPrefix(text, "workspace:"), strings.HasPrefix(text, "portal:"):
		return scan.OriginLocal
	case strings.HasPrefix(text, "git"), strings.Contains(text, "codeload.github.com/"), strings.HasPrefix(text, "bitbucket:"),
		strings.HasPrefix(text, "https://github.com/"), strings.HasSuffix(text, ".git"):
		return scan.OriginGit
	case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"):
		if strings.Contains(text, "/-/") {
			return scan.OriginRegistry
		}
		return scan.OriginAddress
	case !strings.HasPrefix(text, "@") && strings.Count(text, "/") == 1 && !strings.ContainsAny(text, " <>|"):
		return scan.OriginGit // owner/name
	}
	return scan.OriginRegistry
}

// exactSemver gives the version when a constraint allows only that one: "1.2.3", "=1.2.3", "v1.2.3".
func exactSemver(constraint string) string {
	version := strings.TrimPrefix(strings.TrimLeft(strings.TrimSpace(constraint), "= "), "v")
	core, _, _ := strings.Cut(version, "+")
	core, _, _ = strings.Cut(core, "-")
	if strings.Count(core, ".") != 2 {
		return ""
	}
	for part := range strings.SplitSeq(core, ".") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return ""
		}
	}
	if strings.ContainsAny(version, " |,<>*^~") {
		return ""
	}
	return version
}

// lockedNPM is one package of a package-lock.json while it is read. Its place (node_modules/a/node_modules/b) is its key.
type lockedNPM struct {
	entry      Entry
	place      string
	start, end int
	// asks are the names of what it requires.
	asks []string
	// workspace is true for the project itself and its parts; roots are what those ask for, by name.
	workspace bool
	roots     []Root
}

// readPackageLock reads versions 1 to 3 (https://docs.npmjs.com/cli/configuring-npm/package-lock-json). Versions 2 and 3 have
// "packages", by place; version 1 has a tree of "dependencies", which version 2 repeats.
func readPackageLock(s *source) error {
	var flat, tree []lockedNPM
	err := readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			switch key.name {
			case "packages":
				return j.object(func(key jsonKey) error {
					p, err := readNPMPackage(j, key)
					flat = append(flat, p)
					return err
				})
			case "dependencies":
				return readNPMTree(j, "", &tree)
			}
			return j.skip()
		})
	})
	if len(flat) == 0 {
		// Version 1 does not tell what the project asks for: package.json does.
		flat = tree
	}
	addNPM(s, flat)
	return err
}

// readNPMPackage reads one member of "packages".
func readNPMPackage(j *jsonText, key jsonKey) (lockedNPM, error) {
	p := lockedNPM{place: key.name, start: key.start, end: key.end}
	pkg := &p.entry.Package
	if i := strings.LastIndex(key.name, "node_modules/"); i >= 0 {
		pkg.Name = key.name[i+len("node_modules/"):]
	} else {
		p.workspace = true
	}
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "name":
			if name, e := j.text(); e != nil || p.workspace {
				return e
			} else if name != "" {
				pkg.Name = name // an alias: the place has another name
			}
		case "version":
			pkg.Version, err = j.text()
		case "resolved":
			var address string
			if address, err = j.text(); address != "" {
				pkg.Origin = npmOrigin(address)
			}
		case "link":
			var link bool
			if link, err = j.boolean(); link {
				pkg.Origin = scan.OriginLocal
			}
		case "dev", "devOptional":
			var is bool
			if is, err = j.boolean(); is {
				pkg.Development = true
			}
		case "license":
			pkg.License, err = j.text()
		case "integrity":
			var integrity string
			integrity, err = j.text()
			pkg.Hash = integrityHash(integrity)
		case "dependencies", "optionalDependencies", "devDependencies", "peerDependencies":
			development := key.name == "devDependencies"
			return j.object(func(key jsonKey) error {
				p.asks = append(p.asks, key.name)
				if p.workspace {
					p.roots = append(p.roots, Root{Key: key.name, Development: development})
				}
				return j.skip()
			})
		default:
			return j.skip()
		}
		return err
	})
	return p, err
}

// readNPMTree reads the "dependencies" of version 1, which nest as deep as node_modules does.
func readNPMTree(j *jsonText, parent string, list *[]lockedNPM) error {
	return j.object(func(key jsonKey) error {
		p := lockedNPM{place: path.Join(parent, "node_modules", key.name), start: key.start, end: key.end}
		pkg := &p.entry.Package
		pkg.Name = key.name
		// A package stands in front of those that lie below it.
		at := len(*list)
		*list = append(*list, p)
		err := j.object(func(member jsonKey) error {
			var err error
			switch member.name {
			case "version":
				var version string
				version, err = j.text()
				name, rest := npmAlias(pkg.Name, version)
				pkg.Name, pkg.Version = name, rest
				if origin := npmOrigin(rest); origin != scan.OriginRegistry {
					pkg.Origin, pkg.Version = origin, ""
				}
			case "dev":
				pkg.Development, err = j.boolean()
			case "integrity":
				var integrity string
				integrity, err = j.text()
				pkg.Hash = integrityHash(integrity)
			case "requires":
				return j.object(func(key jsonKey) error {
					p.asks = append(p.asks, key.name)
					return j.skip()
				})
			case "dependencies":
				return readNPMTree(j, p.place, list)
			default:
				return j.skip()
			}
			return err
		})
		(*list)[at] = p
		return err
	})
}

// addNPM turns places into keys, and what a package asks for into the place where node finds it: in the nearest
// node_modules on the way up (https://nodejs.org/api/modules.html#loading-from-node_modules-folders).
func addNPM(s *source, list []lockedNPM) {
	places := make(map[string]bool, len(list))
	for i := range list {
		places[list[i].place] = true
	}
	for i := range list {
		p := &list[i]
		for _, ask := range p.roots {
			if key, ok := findNPM(places, p.place, ask.Key); ok {
				s.doc.Roots = append(s.doc.Roots, Root{Key: key, Development: ask.Development})
			}
		}
		if p.workspace || p.entry.Package.Name == "" {
			continue
		}
		if p.entry.Package.Origin == scan.OriginLocal {
			continue // a link to a part of the project
		}
		e := p.entry
		e.Keys = []string{p.place}
		if name, top := strings.CutPrefix(p.place, "node_modules/"); top && !strings.Contains(name, "/node_modules/") {
			e.Keys = append(e.Keys, name)
		}
		for _, ask := range p.asks {
			if key, ok := findNPM(places, p.place, ask); ok {
				e.Requires = append(e.Requires, key)
			}
		}
		s.add(e, p.start, p.end)
	}
}

func findNPM(places map[string]bool, from, name string) (string, bool) {
	for dir := from; ; {
		place := path.Join(dir, "node_modules", name)
		if places[place] {
			return place, true
		}
		if dir == "" {
			return "", false
		}
		if i := strings.LastIndex(dir, "/node_modules/"); i >= 0 {
			dir = dir[:i]
		} else {
			dir = ""
		}
	}
}
