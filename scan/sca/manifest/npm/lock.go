package npm

import (
	"slices"
	"strconv"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// locked is one package of a package-lock.json that is being read.
type locked struct {
	entry document.Entry
	at    *place
	// name is the name of the folder, which differs for an alias.
	name       string
	start, end int
	// asks are the names of its dependencies.
	asks []string
	// part is true for the project itself and its parts; roots are their dependencies, by name.
	part  bool
	roots []root
}

// root is a dependency of a part of the project.
type root struct {
	name, constraint string
	development      bool
}

// npmLock reads a package-lock.json.
type npmLock struct {
	places nodePlaces
	list   []locked
}

// readPackageLock reads versions 1 to 3 (https://docs.npmjs.com/cli/configuring-npm/package-lock-json). Versions 2 and 3
// have "packages", by place. Version 1 has a tree of "dependencies", which version 2 repeats. Version 1 does not contain
// the project's direct dependencies; package.json does.
func readPackageLock(s *document.Source) error {
	var flat, tree npmLock
	err := syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			switch key.Name {
			case "lockfileVersion":
				return j.LockVersion(s, 1, 3)
			case "packages":
				return j.Object(func(key syntax.Key) error { return flat.readPackage(j, key) })
			case "dependencies":
				return tree.readTree(j, &tree.places.root, nil)
			}
			return j.Skip()
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
func (l *npmLock) readPackage(j *syntax.JSON, key syntax.Key) error {
	p := locked{start: key.Start, end: key.End}
	pkg := &p.entry.Package
	p.at, p.name = l.places.of(key.Name)
	pkg.Name = p.name
	if p.at == nil {
		return syntax.ErrDeep
	}
	p.part = pkg.Name == ""
	address := ""
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "name":
			if name, e := j.Text(); e != nil || p.part {
				return e
			} else if name != "" {
				pkg.Name = name // an alias: the place has another name
			}
		case "version":
			pkg.Version, err = j.Text()
		case "resolved":
			address, err = j.Text()
		case "link":
			var link bool
			if link, err = j.Boolean(); link {
				pkg.Origin = scan.OriginLocal
			}
		case "dev":
			// "devOptional" packages are also needed by an optional production dependency.
			pkg.Development, err = j.Boolean()
		case "license":
			pkg.License, err = j.Text()
		case "integrity":
			var integrity string
			integrity, err = j.Text()
			pkg.Hash = document.IntegrityHash(integrity)
		case "dependencies", "optionalDependencies", "devDependencies", "peerDependencies":
			development := key.Name == "devDependencies"
			return j.Object(func(key syntax.Key) error {
				if !p.part {
					p.asks = append(p.asks, key.Name)
					return j.Skip()
				}
				constraint, err := j.Text()
				p.roots = append(p.roots, root{key.Name, constraint, development})
				return err
			})
		default:
			return j.Skip()
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
func (l *npmLock) readTree(j *syntax.JSON, parent *place, names *[]string) error {
	return j.Object(func(key syntax.Key) error {
		if names != nil {
			*names = append(*names, key.Name)
		}
		p := locked{start: key.Start, end: key.End, at: parent.child(key.Name), name: key.Name}
		if p.at == nil {
			return syntax.ErrDeep
		}
		pkg := &p.entry.Package
		pkg.Name = key.Name
		// A package comes before the packages below it.
		at := len(l.list)
		l.list = append(l.list, p)
		var nested []string
		requires := false
		err := j.Object(func(member syntax.Key) error {
			var err error
			switch member.Name {
			case "version":
				var version string
				version, err = j.Text()
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
				pkg.Development, err = j.Boolean()
			case "integrity":
				var integrity string
				integrity, err = j.Text()
				pkg.Hash = document.IntegrityHash(integrity)
			case "requires":
				requires = true
				return j.Names(&p.asks)
			case "dependencies":
				return l.readTree(j, p.at, &nested)
			default:
				return j.Skip()
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
func (l *npmLock) add(s *document.Source) {
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
				s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: key, Development: ask.development})
				declared[key] = append(declared[key], ask.name+"@"+ask.constraint)
			}
		}
	}
	for i := range l.list {
		p := &l.list[i]
		if p.part || p.entry.Package.Name == "" || p.entry.Package.Origin == scan.OriginLocal {
			s.Doc.Local = s.Doc.Local || !p.part
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
		s.Add(e, p.start, p.end)
	}
}

// unique sorts a list and removes duplicates.
func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
