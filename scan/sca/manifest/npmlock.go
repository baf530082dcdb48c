package manifest

import (
	"slices"
	"strconv"

	"github.com/sluice-scan/sluice/scan"
)

// lockedNPM is one package of a package-lock.json while it is read.
type lockedNPM struct {
	entry Entry
	at    *place
	// name is that of the folder, which an alias's package does not have.
	name       string
	start, end int
	// asks are the names of what it requires.
	asks []string
	// part is true for the project itself and its parts; roots are what those ask for, by name.
	part  bool
	roots []npmRoot
}

// npmRoot is what a part of the project asks for.
type npmRoot struct {
	name, constraint string
	development      bool
}

// npmLock reads a package-lock.json.
type npmLock struct {
	places nodePlaces
	list   []lockedNPM
}

// readPackageLock reads versions 1 to 3 (https://docs.npmjs.com/cli/configuring-npm/package-lock-json). Versions 2 and 3 have
// "packages", by place; version 1 has a tree of "dependencies", which version 2 repeats. Version 1 does not tell what the
// project asks for: package.json does.
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
			// "devOptional" is what an optional dependency of production needs too.
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

// readTree reads the "dependencies" of version 1, which nest as deep as node_modules does, and appends their names.
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
		// A package stands in front of those that lie below it.
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
			p.asks = nested // before npm 5 there is only the place to go by
		}
		l.list[at] = p
		return err
	})
}

// add turns what a package asks for into the one that node finds for it.
func (l *npmLock) add(s *source) {
	for i := range l.list {
		if p := &l.list[i]; !p.part {
			// The place's path can be long; a number says as much.
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

// unique sorts a list and drops what it repeats.
func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
