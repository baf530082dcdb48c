package npm

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// PNPMFormats are the files of pnpm, whose manifest is npm's.
var PNPMFormats = []document.Format{
	{Name: "pnpm-lock.yaml", Match: document.Named("pnpm-lock.yaml"), Ecosystem: scan.EcosystemNPM, Lock: true, Whole: syntax.LineHas("  .: {}", "specifiers: {}", "settings:"), Read: readPnpmLock},
}

// pnpmGroups are the members of an importer (a part of the project) that name dependencies.
var pnpmGroups = map[string]bool{"dependencies": false, "devDependencies": true, "optionalDependencies": false}

// pnpmLock reads a pnpm-lock.yaml of version 5, 6 or 9 (https://github.com/pnpm/spec/tree/master/lockfile). The key of a
// package is its name and version; in versions 5 and 6 it also contains the installed peers. Version 9 keeps the peers,
// and the graph, separately in "snapshots".
type pnpmLock struct {
	s       *document.Source
	b       *syntax.Block
	roots   []pnpmRoot
	version string
	// ended is true once "snapshots" has begun, which follows the packages in version 9.
	ended bool
	// specified is true if anything from a registry is asked for.
	specified bool
	// keys are the entries of packages, by their keys without peers.
	keys map[string][]int
	asks map[int][]pnpmRef
	// snapshots are the dependencies of version 9 packages, by key without peers.
	snapshots map[string][]pnpmRef
}

// pnpmRef is a dependency: a name and its resolved version.
type pnpmRef struct{ name, version string }

type pnpmRoot struct {
	pnpmRef
	specifier   string
	development bool
}

func readPnpmLock(s *document.Source) error {
	p := &pnpmLock{s: s, b: syntax.NewBlock(s), keys: map[string][]int{}, asks: map[int][]pnpmRef{}, snapshots: map[string][]pnpmRef{}}
	// Without importers, the file itself is the only one.
	top := pnpmImporter{}
	err := p.b.Below(-1, func(line syntax.BlockLine) error {
		key, value, _, _, err := p.pair(line)
		if err != nil {
			return err
		}
		switch key {
		case "lockfileVersion":
			p.s.LockVersion(value, line.Start, 5, 9)
			p.version = value
			return nil
		case "importers":
			return p.b.Below(line.Indent, func(line syntax.BlockLine) error {
				importer := pnpmImporter{}
				err := p.b.Below(line.Indent, func(line syntax.BlockLine) error {
					key, _, _, _, err := p.pair(line)
					if err != nil {
						return err
					}
					return p.importer(line, key, &importer)
				})
				p.importerDone(&importer)
				return err
			})
		case "packages":
			return p.b.Below(line.Indent, p.packaged)
		case "snapshots":
			p.ended = true
			return p.b.Below(line.Indent, p.snapshot)
		}
		return p.importer(line, key, &top)
	})
	p.importerDone(&top)
	if err == nil {
		p.endsEarly()
	}
	p.finish()
	return err
}

func (p *pnpmLock) pair(line syntax.BlockLine) (key, value string, start, end int, err error) {
	key, value, start, end, ok := p.b.Pair(line)
	if !ok {
		err = p.s.ErrAt(line.Start, "not a line of a pnpm-lock.yaml")
	}
	return key, p.b.Scalar(value), start, end, err
}

// pnpmImporter is a part of the project that is being read. Version 5 has a separate list of specifiers.
type pnpmImporter struct {
	roots      []pnpmRoot
	specifiers map[string]string
}

// importer reads one member of a part of the project.
func (p *pnpmLock) importer(line syntax.BlockLine, key string, importer *pnpmImporter) error {
	development, ok := pnpmGroups[key]
	if !ok && key != "specifiers" {
		return nil
	}
	return p.b.Below(line.Indent, func(line syntax.BlockLine) error {
		name, value, _, _, err := p.pair(line)
		if err != nil {
			return err
		}
		if key == "specifiers" {
			if importer.specifiers == nil {
				importer.specifiers = map[string]string{}
			}
			importer.specifiers[name] = value
			p.specified = p.specified || npmOrigin(value) == scan.OriginRegistry
			return nil
		}
		p.specified = p.specified || value != "" && npmOrigin(value) == scan.OriginRegistry
		root := pnpmRoot{pnpmRef: pnpmRef{name, value}, development: development}
		err = p.b.Below(line.Indent, func(line syntax.BlockLine) error {
			switch key, value, _, _, err := p.pair(line); {
			case err != nil:
				return err
			case key == "specifier":
				root.specifier = value
			case key == "version":
				root.version = value
				p.specified = p.specified || npmOrigin(value) == scan.OriginRegistry
				p.s.Doc.Local = p.s.Doc.Local || npmOrigin(value) == scan.OriginLocal
			}
			return nil
		})
		importer.roots = append(importer.roots, root)
		return err
	})
}

func (p *pnpmLock) importerDone(importer *pnpmImporter) {
	for _, root := range importer.roots {
		if root.specifier == "" {
			root.specifier = importer.specifiers[root.name]
		}
		p.roots = append(p.roots, root)
	}
}

func (p *pnpmLock) refs(line syntax.BlockLine, list *[]pnpmRef) error {
	return p.b.Below(line.Indent, func(line syntax.BlockLine) error {
		name, version, _, _, err := p.pair(line)
		*list = append(*list, pnpmRef{name, version})
		return err
	})
}

// endsEarly looks for dependencies of the project and its packages that the file does not contain.
func (p *pnpmLock) endsEarly() {
	if len(p.s.Doc.Entries) == 0 && p.specified && !p.s.Doc.Local {
		p.s.Doubt = cmp.Or(p.s.Doubt, p.s.ErrAt(max(len(p.s.Data)-1, 0), "the lock file ends early: it has none of the packages that the project asks for"))
	}
	if len(p.s.Doc.Entries) > 0 && !p.ended && strings.HasPrefix(p.version, "9") {
		p.s.WithoutEnd(`"snapshots"`)
	}
	listed := make(map[string]bool, len(p.s.Doc.Entries))
	last := ""
	for i := range p.s.Doc.Entries {
		last = p.s.Doc.Entries[i].Package.Name
		listed[last] = true
	}
	p.s.EndsEarly(last, func(yield func(string) bool) {
		missing := func(ref pnpmRef) bool {
			return !listed[ref.name] && p.find(ref) == "" && npmOrigin(ref.version) == scan.OriginRegistry && !strings.Contains(ref.version, "@")
		}
		for i := range p.roots {
			if missing(p.roots[i].pnpmRef) && !yield(p.roots[i].name) {
				return
			}
		}
		for i := range p.s.Doc.Entries {
			for _, ref := range p.asks[i] {
				if missing(ref) && !yield(ref.name) {
					return
				}
			}
		}
	})
}

// finish converts the dependencies to keys.
func (p *pnpmLock) finish() {
	entries := p.s.Doc.Entries
	for i := range entries {
		key := entries[i].Keys[0]
		for _, list := range [][]pnpmRef{p.asks[i], p.snapshots[key]} {
			for _, ref := range list {
				if key := p.find(ref); key != "" {
					entries[i].Requires = append(entries[i].Requires, key)
				}
			}
		}
		// A duplicate key is followed once.
		delete(p.snapshots, key)
	}
	aliases := map[string][]string{}
	for _, root := range p.roots {
		key := p.find(root.pnpmRef)
		if key == "" {
			if strings.HasPrefix(root.version, "link:") {
				p.s.Doc.Parts = append(p.s.Doc.Parts, root.name)
			}
			continue
		}
		p.s.Doc.Roots = append(p.s.Doc.Roots, document.Root{Key: key, Development: root.development})
		// "overrides" change the specifier; then only the name matches the manifest.
		aliases[key] = append(aliases[key], root.name+"@"+root.specifier, root.name)
	}
	for i := range entries {
		e := &entries[i]
		key := e.Keys[0]
		e.Keys = append(e.Keys, unique(aliases[key])...)
		delete(aliases, key)
		slices.Sort(e.Requires)
		e.Requires = slices.Compact(e.Requires)
	}
}

// find returns the key of the package for a name and a version; "" if the file does not contain it, as for links. The
// version can be the key itself (an alias, a repository).
func (p *pnpmLock) find(ref pnpmRef) string {
	if ref.version == "" {
		return ""
	}
	version := pnpmWithoutPeers(ref.version)
	for _, key := range []string{
		ref.name + "@" + version, version, // 9
		"/" + ref.name + "@" + ref.version, "/" + ref.name + "/" + ref.version, ref.version, // 6 and 5, with peers
	} {
		if len(p.keys[key]) > 0 {
			return key
		}
	}
	return ""
}
