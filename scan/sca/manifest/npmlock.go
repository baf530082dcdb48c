package manifest

import (
	"slices"
	"strconv"

	"github.com/sluice-scan/sluice/scan"
)

// lockedNPM is one package of a package-lock.json that is being read.
type lockedNPM struct {
	entry Entry
	at    *place
	// name is the name of the folder, which differs for an alias.
	name       string
	start, end int
	// asks are the names of its dependencies.
	asks []string
	// part is true for the project itself and its parts; roots are their dependencies, by name.
	part  bool
	roots []npmRoot
}

// npmRoot is a dependency of a part of the project.
type npmRoot struct {
	name, constraint string
	development      bool
}

// npmLock reads a package-lock.json.
type npmLock struct {
	places nodePlaces
	list   []lockedNPM
}

// readPackageLock reads versions 1 to 3 (https://docs.npmjs.com/cli/configuring-npm/package-lock-json). Versions 2 and 3
// have "packages", by place. Version 1 has a tree of "dependencies", which version 2 repeats. Version 1 does not contain
// the project's direct dependencies; package.json does.
func readPackageLock(s *source) error {
	var flat, tree npmLock
	err := readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			switch key.name {
			case "lockfileVersion":
				return j.lockVersion(s, 1, 3)
			case "packages":
				return j.object(func(key jsonKey) error { return flat.readPackage(j, key) })
			case "dependencies":
				return tree.readTree(j, &tree.places.root, nil)
			}
			return j.skip()
		})
	})
	if len(flat.list) > 0 {
		flat.add(s)
	} else {
		tree.add(s)
	}
	return err
}

// readPackage reads one member of "packages".
func (l *npmLock) readPackage(j *jsonText, key jsonKey) error {
	p := lockedNPM{start: key.start, end: key.end}
	pkg := &p.entry.Package
	p.at, p.name = l.places.of(key.name)
	pkg.Name = p.name
	if p.at == nil {
		return errDeep
	}
	p.part = pkg.Name == ""
	address := ""
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "name":
			if name, e := j.text(); e != nil || p.part {
				return e
			} else if name != "" {
				pkg.Name = name // an alias: the place has another name
			}
		case "version":
			pkg.Version, err = j.text()
		case "resolved":
			address, err = j.text()
		case "link":
			var link bool
			if link, err = j.boolean(); link {
				pkg.Origin = scan.OriginLocal
			}
		case "dev":
			// "devOptional" packages are also needed by an optional production dependency.
			pkg.Development, err = j.boolean()
		case "license":
			pkg.License, err = j.text()
		case "integrity":
			var integrity string
			integrity, err = j.text()
			pkg.Hash = integrityHash(integrity)
		case "dependencies", "optionalDependencies", "devDependencies", "peerDependencies":
			development := key.name == "devDependencies"
			return j.object(func(key jsonKey) error {
				if !p.part {
					p.asks = append(p.asks, key.name)
					return j.skip()
				}
				constraint, err := j.text()
				p.roots = append(p.roots, npmRoot{key.name, constraint, development})
				return err
			})
		default:
			return j.skip()
		}
		return err
	})
	if pkg.Origin != scan.OriginLocal {
		pkg.Origin = npmResolved(pkg.Name, pkg.Version, address)
	}
	l.list = append(l.list, p)
	return err
}

// readTree reads the "dependencies" of version 1, which nest like node_modules, and appends their names.
func (l *npmLock) readTree(j *jsonText, parent *place, names *[]string) error {
	return j.object(func(key jsonKey) error {
		if names != nil {
			*names = append(*names, key.name)
		}
		p := lockedNPM{start: key.start, end: key.end, at: parent.child(key.name), name: key.name}
		if p.at == nil {
			return errDeep
		}
		pkg := &p.entry.Package
		pkg.Name = key.name
		// A package comes before the packages below it.
		at := len(l.list)
		l.list = append(l.list, p)
		var nested []string
		requires := false
		err := j.object(func(member jsonKey) error {
			var err error
			switch member.name {
			case "version":
				var version string
				version, err = j.text()
				pkg.Name, pkg.Version = npmAlias(pkg.Name, version)
				switch origin := npmOrigin(pkg.Version); {
				case origin == scan.OriginAddress && archiveVersion(pkg.Name, pkg.Version) != "":
					pkg.Version = archiveVersion(pkg.Name, pkg.Version)
				case origin != scan.OriginRegistry:
					pkg.Origin, pkg.Version = origin, ""
				case hasAnyPrefix(pkg.Version, "http://", "https://"):
					pkg.Version = archiveVersion(pkg.Name, pkg.Version)
				}
			case "dev":
				pkg.Development, err = j.boolean()
			case "integrity":
				var integrity string
				integrity, err = j.text()
				pkg.Hash = integrityHash(integrity)
			case "requires":
				requires = true
				return j.names(&p.asks)
			case "dependencies":
				return l.readTree(j, p.at, &nested)
			default:
				return j.skip()
			}
			return err
		})
		if !requires {
			p.asks = nested // before npm 5 only the place is known
		}
		l.list[at] = p
		return err
	})
}

// add replaces each dependency by the package that node finds for it.
func (l *npmLock) add(s *source) {
	for i := range l.list {
		if p := &l.list[i]; !p.part {
			// The path of a place can be long, so use a number.
			p.at.key = "#" + strconv.Itoa(i)
		}
	}
	declared := map[string][]string{}
	for i := range l.list {
		p := &l.list[i]
		for _, ask := range p.roots {
			if key, ok := p.at.find(ask.name); ok {
				s.doc.Roots = append(s.doc.Roots, Root{Key: key, Development: ask.development})
				declared[key] = append(declared[key], ask.name+"@"+ask.constraint)
			}
		}
	}
	for i := range l.list {
		p := &l.list[i]
		if p.part || p.entry.Package.Name == "" || p.entry.Package.Origin == scan.OriginLocal {
			s.doc.local = s.doc.local || !p.part
			continue // the project, or a link to a part of it
		}
		e := p.entry
		e.Keys = append([]string{p.at.key}, unique(declared[p.at.key])...)
		if p.at.parent == &l.places.root {
			e.Keys = append(e.Keys, p.name)
		}
		for _, ask := range p.asks {
			if key, ok := p.at.find(ask); ok {
				e.Requires = append(e.Requires, key)
			}
		}
		s.add(e, p.start, p.end)
	}
}

// unique sorts a list and removes duplicates.
func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
