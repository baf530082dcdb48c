package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// conanFormats are the files of C and C++'s Conan.
var conanFormats = []format{
	{name: "conan.lock", match: named("conan.lock"), ecosystem: scan.EcosystemConan, lock: true, whole: jsonHas("version", "graph_lock", "requires", "build_requires", "python_requires"), read: readConanLock},
}

// readConanLock reads the lock file of Conan 1, a graph of numbered nodes
// (https://docs.conan.io/1/versioning/lockfiles/introduction.html), and that of Conan 2, lists of references
// (https://docs.conan.io/2/tutorial/versioning/lockfiles.html).
func readConanLock(s *source) error {
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			switch key.name {
			case "version":
				text, start, err := j.version()
				if minor, ok := strings.CutPrefix(text, "0."); ok && err == nil {
					text = minor // 0.4 is the last one of Conan 1, 0.5 is Conan 2's
				}
				s.lockVersion(text, start, 1, 5)
				return err
			case "graph_lock":
				return j.object(func(key jsonKey) error {
					if key.name != "nodes" {
						return j.skip()
					}
					return j.object(func(key jsonKey) error { return readConanNode(s, j, key.name) })
				})
			case "requires", "build_requires", "python_requires":
				development := key.name != "requires"
				return j.array(func() error {
					text, start, end, err := j.placed()
					if e := (Entry{Package: conanPackage(text)}); e.Package.Name != "" {
						e.Package.Development = development
						s.add(e, start, end)
					}
					return err
				})
			}
			return j.skip()
		})
	})
}

// readConanNode reads a node. A node with a path is the recipe of the project itself.
func readConanNode(s *source, j *jsonText, number string) error {
	e := Entry{Keys: []string{number}}
	var start, end int
	var reference string
	var roots []Root
	project := false
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "ref", "pref":
			text, from, to, e := j.placed()
			if text != "" && reference == "" {
				reference, start, end = text, from, to
			}
			err = e
		case "path":
			var path string
			path, err = j.text()
			project = path != ""
		case "context":
			var context string
			context, err = j.text()
			e.Package.Development = context == "build"
		case "requires", "build_requires":
			development := key.name == "build_requires"
			var numbers []string
			err = j.texts(&numbers)
			e.Requires = append(e.Requires, numbers...)
			for _, number := range numbers {
				roots = append(roots, Root{Key: number, Development: development})
			}
		default:
			return j.skip()
		}
		return err
	})
	pkg := conanPackage(reference)
	if pkg.Name == "" || project {
		s.doc.Roots = append(s.doc.Roots, roots...)
		return err
	}
	pkg.Development = e.Package.Development
	e.Package = pkg
	s.add(e, start, end)
	return err
}

// conanPackage splits "name/version@user/channel#revision:package%time".
func conanPackage(reference string) scan.Package {
	reference, _, _ = strings.Cut(reference, "#")
	reference, _, _ = strings.Cut(reference, "%")
	reference, _, _ = strings.Cut(reference, ":")
	reference, _, _ = strings.Cut(reference, "@")
	name, version, ok := strings.Cut(reference, "/")
	if !ok {
		return scan.Package{} // a recipe without a name
	}
	return scan.Package{Name: name, Version: version}
}
