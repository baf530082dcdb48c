package manifest

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
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
func readPoetryLock(s *source) error {
	root, err := readTOML(s)
	root.lockVersion(s, root.at("metadata", "lock-version"), 1, 2)
	files := root.at("metadata", "files")
	last, listed := "", map[string]bool{}
	for _, p := range root.member("package").list() {
		name := p.member("name")
		if name.string() == "" {
			continue
		}
		e := Entry{Package: scan.Package{Name: name.text, Version: p.member("version").string()}}
		last = pythonKey(name.text)
		listed[last] = true
		if e.Package.Version == "" {
			s.withoutVersion(name.start)
		}
		switch kind := p.at("source", "type").string(); kind {
		case "directory":
			s.doc.local = true
			continue
		case "git":
			e.Package.Origin = scan.OriginGit
		case "url", "file":
			e.Package.Origin = scan.OriginAddress
		}
		groups := p.member("groups").list()
		e.Package.Development = p.member("category").string() == "dev" ||
			len(groups) > 0 && !slices.ContainsFunc(groups, func(g *tomlNode) bool { return g.string() == "main" })
		for _, d := range p.member("dependencies").table() {
			e.Requires = append(e.Requires, pythonKey(d.key))
		}
		list := p.member("files").list()
		if list == nil {
			list = files.member(name.text).list()
		}
		e.Package.Hash = firstPythonHash(list)
		s.add(e, name.start, name.end)
	}
	if root.member("package") != nil && root.member("metadata") == nil {
		s.withoutEnd("[metadata]")
	}
	s.endsEarly(last, func(yield func(string) bool) {
		for _, p := range root.member("package").list() {
			for _, d := range p.member("dependencies").table() {
				// A table has conditions for the package, so it may not have been asked for.
				if name := pythonKey(d.key); d.string() != "" && !listed[name] && !yield(name) {
					return
				}
			}
		}
	})
	return err
}

// firstPythonHash returns the digest of the first file in a list of {file, hash}.
func firstPythonHash(files []*tomlNode) string {
	for _, f := range files {
		if hash := pythonHash(f.member("hash").string()); hash != "" {
			return hash
		}
	}
	return ""
}

// readPDMLock reads pdm.lock (https://pdm-project.org/latest/usage/lockfile/), which repeats a package for each set of
// extras.
func readPDMLock(s *source) error {
	root, err := readTOML(s)
	root.lockVersion(s, root.at("metadata", "lock_version"), 1, 4)
	at := map[string]int{}
	for _, p := range root.member("package").list() {
		name, version := p.member("name"), p.member("version").string()
		if name.string() == "" || p.member("path") != nil && p.member("url") == nil {
			continue
		}
		var requires []string
		for _, d := range p.member("dependencies").list() {
			if r, ok := readPythonRequirement(d.string()); ok && pythonKey(r.name) != pythonKey(name.text) {
				requires = append(requires, pythonKey(r.name))
			}
		}
		groups := p.member("groups").list()
		development := len(groups) > 0 && !slices.ContainsFunc(groups, func(g *tomlNode) bool { return g.string() == "default" })
		id := pythonKey(name.text) + " " + version
		if i, ok := at[id]; ok {
			e := &s.doc.Entries[i]
			e.Requires = append(e.Requires, requires...)
			e.Package.Development = e.Package.Development && development
			continue
		}
		at[id] = len(s.doc.Entries)
		e := Entry{Package: scan.Package{Name: name.text, Version: version, Development: development}, Requires: requires}
		switch {
		case p.member("git") != nil, p.member("hg") != nil, p.member("svn") != nil:
			e.Package.Origin = scan.OriginGit
		case p.member("url") != nil:
			e.Package.Origin = scan.OriginAddress
		}
		e.Package.Hash = firstPythonHash(p.member("files").list())
		s.add(e, name.start, name.end)
	}
	if root.member("package") != nil && root.member("metadata") == nil {
		s.withoutEnd("[metadata]")
	}
	return err
}

// readUVLock reads uv.lock (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile). The parts of the project
// are among its packages, so it contains the direct dependencies.
func readUVLock(s *source) error {
	root, err := readTOML(s)
	root.lockVersion(s, root.member("version"), 1, 1)
	for _, group := range root.at("manifest", "dependency-groups").table() {
		addUVRoots(s, group, true)
	}
	addUVRoots(s, root.at("manifest", "requirements"), false)
	last, listed, whole := "", map[string]bool{}, true
	for _, p := range root.member("package").list() {
		name, version, from := p.member("name"), p.member("version").string(), p.member("source")
		if name.string() == "" {
			continue
		}
		last = pythonKey(name.text)
		listed[last] = true
		whole = from.member("registry") == nil || p.member("sdist") != nil || p.member("wheels") != nil
		optional := p.member("optional-dependencies").table()
		if from.member("editable") != nil || from.member("virtual") != nil || from.member("directory") != nil {
			s.doc.local = true
			s.doc.parts = append(s.doc.parts, name.text)
			addUVRoots(s, p.member("dependencies"), false)
			for _, extra := range optional {
				addUVRoots(s, extra, false)
			}
			for _, group := range slices.Concat(p.member("dev-dependencies").table(), p.member("dependency-groups").table()) {
				addUVRoots(s, group, true)
			}
			continue
		}
		key := pythonKey(name.text)
		if version == "" {
			s.withoutVersion(name.start)
		}
		e := Entry{Package: scan.Package{Name: name.text, Version: version}, Keys: []string{key, key + " " + version}}
		switch {
		case from.member("git") != nil:
			e.Package.Origin = scan.OriginGit
		case from.member("url") != nil, from.member("path") != nil:
			e.Package.Origin = scan.OriginAddress
		}
		e.Requires = uvKeys(p.member("dependencies"))
		for _, extra := range optional {
			e.Requires = append(e.Requires, uvKeys(extra)...)
		}
		e.Package.Hash = pythonHash(p.at("sdist", "hash").string())
		if e.Package.Hash == "" {
			e.Package.Hash = firstPythonHash(p.member("wheels").list())
		}
		s.add(e, name.start, name.end)
	}
	if !whole {
		s.withoutEnd("archives of the last package")
	}
	s.endsEarly(last, func(yield func(string) bool) {
		for _, p := range root.member("package").list() {
			for _, list := range append([]*tomlNode{p.member("dependencies")}, p.member("optional-dependencies").table()...) {
				for _, d := range list.list() {
					if name := pythonKey(d.member("name").string()); !listed[name] && !yield(name) {
						return
					}
				}
			}
		}
	})
	return err
}

// uvKeys returns the keys for a list of {name, version}: the version is present if the lock file has several.
func uvKeys(list *tomlNode) (keys []string) {
	for _, d := range list.list() {
		key := pythonKey(d.member("name").string())
		if version := d.member("version").string(); version != "" {
			key += " " + version
		}
		keys = append(keys, key)
	}
	return keys
}

func addUVRoots(s *source, list *tomlNode, development bool) {
	for _, key := range uvKeys(list) {
		s.doc.Roots = append(s.doc.Roots, Root{Key: key, Development: development})
	}
}

// readPylock reads a pylock.toml (https://packaging.python.org/en/latest/specifications/pylock-toml/).
func readPylock(s *source) error {
	root, err := readTOML(s)
	root.lockVersion(s, root.member("lock-version"), 1, 1)
	for _, p := range root.member("packages").list() {
		name := p.member("name")
		if name.string() == "" || p.member("directory") != nil {
			continue
		}
		e := Entry{Package: scan.Package{Name: name.text, Version: p.member("version").string()}}
		file := p.member("sdist")
		switch {
		case p.member("vcs") != nil:
			e.Package.Origin = scan.OriginGit
		case p.member("archive") != nil:
			e.Package.Origin = scan.OriginAddress
			file = p.member("archive")
		}
		if wheels := p.member("wheels").list(); file == nil && len(wheels) > 0 {
			file = wheels[0]
		}
		for _, hash := range file.member("hashes").table() {
			if e.Package.Hash == "" {
				e.Package.Hash = pythonHash(hash.key + ":" + hash.string())
			}
		}
		for _, d := range p.member("dependencies").list() {
			e.Requires = append(e.Requires, pythonKey(d.member("name").string()))
		}
		s.add(e, name.start, name.end)
	}
	return err
}
