package python

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// isPylock matches the names of PEP 751: pylock.toml and pylock.NAME.toml
// (https://packaging.python.org/en/latest/specifications/pylock-toml/#file-name).
func isPylock(base, _ string) bool {
	name, ok := strings.CutPrefix(base, "pylock.")
	if !ok {
		return false
	}
	name, ok = strings.CutSuffix(name, "toml")
	return ok && (name == "" || strings.Count(name, ".") == 1 && name != ".")
}

func pythonKey(name string) string { return scan.EcosystemPyPI.Normal(name) }

// readPoetryLock reads the versions 0 to 2 of poetry.lock. Only pyproject.toml names the project's direct dependencies.
// Whether a package is for development is in "category" (up to Poetry 1.4) or in "groups" (since 2.0).
func readPoetryLock(s *document.Source) error {
	root, err := syntax.ReadTOML(s)
	root.LockVersion(s, root.At("metadata", "lock-version"), 1, 2)
	files := root.At("metadata", "files")
	last, listed := "", map[string]bool{}
	for _, p := range root.Member("package").List() {
		name := p.Member("name")
		if name.String() == "" {
			continue
		}
		e := document.Entry{Package: scan.Package{Name: name.Text, Version: p.Member("version").String()}}
		last = pythonKey(name.Text)
		listed[last] = true
		if e.Package.Version == "" {
			s.WithoutVersion(name.Start)
		}
		switch kind := p.At("source", "type").String(); kind {
		case "directory":
			s.Doc.Local = true
			continue
		case "git":
			e.Package.Origin = scan.OriginGit
		case "url", "file":
			e.Package.Origin = scan.OriginAddress
		}
		groups := p.Member("groups").List()
		e.Package.Development = p.Member("category").String() == "dev" ||
			len(groups) > 0 && !slices.ContainsFunc(groups, func(g *syntax.TOML) bool { return g.String() == "main" })
		for _, d := range p.Member("dependencies").Table() {
			e.Requires = append(e.Requires, pythonKey(d.Key))
		}
		list := p.Member("files").List()
		if list == nil {
			list = files.Member(name.Text).List()
		}
		e.Package.Hash = firstTaggedHash(list)
		s.Add(e, name.Start, name.End)
	}
	if root.Member("package") != nil && root.Member("metadata") == nil {
		s.WithoutEnd("[metadata]")
	}
	s.EndsEarly(last, func(yield func(string) bool) {
		for _, p := range root.Member("package").List() {
			for _, d := range p.Member("dependencies").Table() {
				// A table has conditions for the package, so it may not have been asked for.
				if name := pythonKey(d.Key); d.String() != "" && !listed[name] && !yield(name) {
					return
				}
			}
		}
	})
	return err
}

// firstTaggedHash returns the digest of the first file in a list of {file, hash}.
func firstTaggedHash(files []*syntax.TOML) string {
	for _, f := range files {
		if hash := document.TaggedHash(f.Member("hash").String()); hash != "" {
			return hash
		}
	}
	return ""
}

// readPDMLock reads pdm.lock (https://pdm-project.org/latest/usage/lockfile/), which repeats a package for each set of
// extras.
func readPDMLock(s *document.Source) error {
	root, err := syntax.ReadTOML(s)
	root.LockVersion(s, root.At("metadata", "lock_version"), 1, 4)
	at := map[string]int{}
	for _, p := range root.Member("package").List() {
		name, version := p.Member("name"), p.Member("version").String()
		if name.String() == "" || p.Member("path") != nil && p.Member("url") == nil {
			continue
		}
		var requires []string
		for _, d := range p.Member("dependencies").List() {
			if r, ok := readPythonRequirement(d.String()); ok && pythonKey(r.name) != pythonKey(name.Text) {
				requires = append(requires, pythonKey(r.name))
			}
		}
		groups := p.Member("groups").List()
		development := len(groups) > 0 && !slices.ContainsFunc(groups, func(g *syntax.TOML) bool { return g.String() == "default" })
		id := pythonKey(name.Text) + " " + version
		if i, ok := at[id]; ok {
			e := &s.Doc.Entries[i]
			e.Requires = append(e.Requires, requires...)
			e.Package.Development = e.Package.Development && development
			continue
		}
		at[id] = len(s.Doc.Entries)
		e := document.Entry{Package: scan.Package{Name: name.Text, Version: version, Development: development}, Requires: requires}
		switch {
		case p.Member("git") != nil, p.Member("hg") != nil, p.Member("svn") != nil:
			e.Package.Origin = scan.OriginGit
		case p.Member("url") != nil:
			e.Package.Origin = scan.OriginAddress
		}
		e.Package.Hash = firstTaggedHash(p.Member("files").List())
		s.Add(e, name.Start, name.End)
	}
	if root.Member("package") != nil && root.Member("metadata") == nil {
		s.WithoutEnd("[metadata]")
	}
	return err
}

// readUVLock reads uv.lock (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile). The parts of the project
// are among its packages, so it contains the direct dependencies.
func readUVLock(s *document.Source) error {
	root, err := syntax.ReadTOML(s)
	root.LockVersion(s, root.Member("version"), 1, 1)
	for _, group := range root.At("manifest", "dependency-groups").Table() {
		addUVRoots(s, group, true)
	}
	addUVRoots(s, root.At("manifest", "requirements"), false)
	last, listed, whole := "", map[string]bool{}, true
	for _, p := range root.Member("package").List() {
		name, version, from := p.Member("name"), p.Member("version").String(), p.Member("source")
		if name.String() == "" {
			continue
		}
		last = pythonKey(name.Text)
		listed[last] = true
		whole = from.Member("registry") == nil || p.Member("sdist") != nil || p.Member("wheels") != nil
		optional := p.Member("optional-dependencies").Table()
		if from.Member("editable") != nil || from.Member("virtual") != nil || from.Member("directory") != nil {
			s.Doc.Local = true
			s.Doc.Parts = append(s.Doc.Parts, name.Text)
			addUVRoots(s, p.Member("dependencies"), false)
			for _, extra := range optional {
				addUVRoots(s, extra, false)
			}
			for _, group := range slices.Concat(p.Member("dev-dependencies").Table(), p.Member("dependency-groups").Table()) {
				addUVRoots(s, group, true)
			}
			continue
		}
		key := pythonKey(name.Text)
		if version == "" {
			s.WithoutVersion(name.Start)
		}
		e := document.Entry{Package: scan.Package{Name: name.Text, Version: version}, Keys: []string{key, key + " " + version}}
		switch {
		case from.Member("git") != nil:
			e.Package.Origin = scan.OriginGit
		case from.Member("url") != nil, from.Member("path") != nil:
			e.Package.Origin = scan.OriginAddress
		}
		e.Requires = uvKeys(p.Member("dependencies"))
		for _, extra := range optional {
			e.Requires = append(e.Requires, uvKeys(extra)...)
		}
		e.Package.Hash = document.TaggedHash(p.At("sdist", "hash").String())
		if e.Package.Hash == "" {
			e.Package.Hash = firstTaggedHash(p.Member("wheels").List())
		}
		s.Add(e, name.Start, name.End)
	}
	if !whole {
		s.WithoutEnd("archives of the last package")
	}
	s.EndsEarly(last, func(yield func(string) bool) {
		for _, p := range root.Member("package").List() {
			for _, list := range append([]*syntax.TOML{p.Member("dependencies")}, p.Member("optional-dependencies").Table()...) {
				for _, d := range list.List() {
					if name := pythonKey(d.Member("name").String()); !listed[name] && !yield(name) {
						return
					}
				}
			}
		}
	})
	return err
}

// uvKeys returns the keys for a list of {name, version}: the version is present if the lock file has several.
func uvKeys(list *syntax.TOML) (keys []string) {
	for _, d := range list.List() {
		key := pythonKey(d.Member("name").String())
		if version := d.Member("version").String(); version != "" {
			key += " " + version
		}
		keys = append(keys, key)
	}
	return keys
}

func addUVRoots(s *document.Source, list *syntax.TOML, development bool) {
	for _, key := range uvKeys(list) {
		s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: key, Development: development})
	}
}

// readPylock reads a pylock.toml (https://packaging.python.org/en/latest/specifications/pylock-toml/).
func readPylock(s *document.Source) error {
	root, err := syntax.ReadTOML(s)
	root.LockVersion(s, root.Member("lock-version"), 1, 1)
	for _, p := range root.Member("packages").List() {
		name := p.Member("name")
		if name.String() == "" || p.Member("directory") != nil {
			continue
		}
		e := document.Entry{Package: scan.Package{Name: name.Text, Version: p.Member("version").String()}}
		file := p.Member("sdist")
		switch {
		case p.Member("vcs") != nil:
			e.Package.Origin = scan.OriginGit
		case p.Member("archive") != nil:
			e.Package.Origin = scan.OriginAddress
			file = p.Member("archive")
		}
		if wheels := p.Member("wheels").List(); file == nil && len(wheels) > 0 {
			file = wheels[0]
		}
		for _, hash := range file.Member("hashes").Table() {
			if e.Package.Hash == "" {
				e.Package.Hash = document.TaggedHash(hash.Key + ":" + hash.String())
			}
		}
		for _, d := range p.Member("dependencies").List() {
			e.Requires = append(e.Requires, pythonKey(d.Member("name").String()))
		}
		s.Add(e, name.Start, name.End)
	}
	return err
}
