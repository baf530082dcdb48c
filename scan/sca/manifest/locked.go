package manifest

import (
	"path"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/npm"
)

// lockIndex is the content of the lock files of one folder for one ecosystem.
type lockIndex struct {
	// versions are the versions of the packages that manifests ask for, by normalized name: nil for a missing package, ""
	// for one without a version, or not from the registry.
	versions map[string][]string
	// parts are the normalized names of the project's own parts.
	parts map[string]bool
	// asked are the names of direct dependencies in the lock file.
	asked map[string]bool
	// overridden are the names whose versions the manifest or the settings in the folder determine.
	overridden map[string]bool
}

// locks are the lock files of a tree, by the folder that they govern.
type locks struct {
	governors governors
	index     map[governor]*lockIndex
}

func locksOf(docs []*document.Document, g governors) *locks {
	l := &locks{governors: g, index: map[governor]*lockIndex{}}
	for _, doc := range docs {
		if !doc.Lock {
			l.ask(doc)
		}
	}
	workspaces := map[string]bool{}
	for _, doc := range docs {
		switch {
		case doc.Lock && doc.Ecosystem != "":
			l.add(doc)
		case npm.HasWorkspaces(doc):
			workspaces[path.Dir(doc.Path)] = true
		}
	}
	// npm and yarn use a package.json of the tree for a dependency if the one beside the lock file has workspaces.
	for _, doc := range docs {
		if folder := path.Dir(doc.Path); g[doc.Ecosystem][folder] {
			for _, name := range npm.Overridden(doc) {
				l.at(doc.Ecosystem, folder).overridden[name] = true
			}
		}
		if name := npm.ProjectName(doc); name != "" {
			if folder := g.of(doc.Path, doc.Ecosystem); folder != "" && workspaces[folder] {
				l.at(doc.Ecosystem, folder).parts[doc.Ecosystem.Normal(name)] = true
			}
		}
	}
	return l
}

// ask records the names that a manifest will look up, so that other packages of a lock file need no entry.
func (l *locks) ask(doc *document.Document) {
	for i := range doc.Declared {
		d := &doc.Declared[i]
		if folder := l.governors.of(doc.Path, d.Ecosystem); folder != "" {
			l.at(d.Ecosystem, folder).versions[d.Ecosystem.Normal(d.Name)] = nil
		}
	}
}

func (l *locks) at(e scan.Ecosystem, folder string) *lockIndex {
	key := governor{e, folder}
	if l.index[key] == nil {
		l.index[key] = &lockIndex{versions: map[string][]string{}, parts: map[string]bool{}, asked: map[string]bool{}, overridden: map[string]bool{}}
	}
	return l.index[key]
}

func (l *locks) add(doc *document.Document) {
	index := l.at(doc.Ecosystem, path.Dir(doc.Path))
	of := doc.Ecosystem
	for i := range doc.Entries {
		p := &doc.Entries[i].Package
		if p.Ecosystem != of {
			of = p.Ecosystem
			index = l.at(of, path.Dir(doc.Path))
		}
		version := p.Version
		if p.Origin != scan.OriginRegistry {
			version = ""
		}
		name := p.Ecosystem.Normal(p.Name)
		if _, asked := index.versions[name]; !asked {
			continue
		}
		if !slices.Contains(index.versions[name], version) && len(index.versions[name]) < maxLockedVersions {
			index.versions[name] = append(index.versions[name], version)
		}
	}
	index = l.at(doc.Ecosystem, path.Dir(doc.Path))
	if doc.Ecosystem == scan.EcosystemRubyGems {
		for _, root := range doc.Roots {
			index.asked[root.Key] = true
		}
	}
	if doc.Ecosystem == scan.EcosystemPackagist {
		// One package may replace others.
		for i := range doc.Entries {
			for _, key := range doc.Entries[i].Keys {
				if versions, asked := index.versions[key]; asked && versions == nil {
					index.versions[key] = []string{""}
				}
			}
		}
	}
	for _, name := range doc.Parts {
		index.parts[doc.Ecosystem.Normal(name)] = true
	}
}

// maxLockedVersions limits the distinct versions of one package; real lock files have fewer than 20.
const maxLockedVersions = 100

// settle reports whether a lock file determines the version of a declaration. A lock file is outdated or foreign if it
// does not contain the package, or not the only version that the manifest allows: the tools then refuse it or use the
// manifest. So an empty lock file beside or above a manifest hides nothing.
func (l *locks) settle(doc *document.Document, d *document.Declaration) bool {
	folder := l.governors.of(doc.Path, d.Ecosystem)
	if folder == "" {
		return false
	}
	index := l.index[governor{d.Ecosystem, folder}]
	name := d.Ecosystem.Normal(d.Name)
	versions := index.versions[name]
	switch {
	case index.parts[name], len(versions) > 0 && d.Version == "":
		return true
	case index.overridden[d.Name]:
		return true
	case d.Elsewhere && index.asked[name]:
		return true // Bundler knows it, but the platforms of the lock file do not include it
	}
	for _, version := range versions {
		if version == "" || !isPinExact(d.Ecosystem) || document.SameVersion(version, d.Version) {
			return true
		}
	}
	return false
}

// isPinExact reports whether a tool installs exactly the version in a manifest. In Gradle and NuGet, other packages can
// raise it.
func isPinExact(e scan.Ecosystem) bool {
	switch e {
	case scan.EcosystemNPM, scan.EcosystemPyPI, scan.EcosystemPackagist, scan.EcosystemCargo:
		return true
	}
	return false
}

// shrinkwrapped leaves out each package-lock.json beside an npm-shrinkwrap.json, as npm does
// (https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json), unless the latter lacks dependencies of the project.
func shrinkwrapped(docs []*document.Document) []*document.Document {
	wrapped, asked := map[string]*document.Document{}, map[string]*document.Document{}
	for _, doc := range docs {
		switch path.Base(doc.Path) {
		case "npm-shrinkwrap.json":
			wrapped[path.Dir(doc.Path)] = doc
		case "package.json":
			asked[path.Dir(doc.Path)] = doc
		}
	}
	for folder, doc := range wrapped {
		manifest := asked[folder]
		both := []*document.Document{doc}
		if manifest != nil {
			both = append(both, manifest)
		}
		l := locksOf(both, governorsOf(both))
		if len(doc.Entries) == 0 || manifest != nil && slices.ContainsFunc(manifest.Declared, func(d document.Declaration) bool {
			return !d.Development && d.Origin == scan.OriginRegistry && !l.settle(manifest, &d)
		}) {
			delete(wrapped, folder)
		}
	}
	return slices.DeleteFunc(docs, func(doc *document.Document) bool {
		return path.Base(doc.Path) == "package-lock.json" && wrapped[path.Dir(doc.Path)] != nil
	})
}
