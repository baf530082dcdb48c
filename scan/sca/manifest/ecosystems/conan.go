package ecosystems

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// ConanFormats are the files of C and C++'s Conan.
var ConanFormats = []document.Format{
	{Name: "conan.lock", Match: document.Named("conan.lock"), Ecosystem: scan.EcosystemConan, Lock: true, Whole: syntax.JSONHas("version", "graph_lock", "requires", "build_requires", "python_requires"), Read: readConanLock},
}

// readConanLock reads the lock file of Conan 1, a graph of numbered nodes
// (https://docs.conan.io/1/versioning/lockfiles/introduction.html), and that of Conan 2, lists of references
// (https://docs.conan.io/2/tutorial/versioning/lockfiles.html).
func readConanLock(s *document.Source) error {
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			switch key.Name {
			case "version":
				text, start, err := j.Version()
				if minor, ok := strings.CutPrefix(text, "0."); ok && err == nil {
					text = minor // 0.4 is the last one of Conan 1, 0.5 is Conan 2's
				}
				s.LockVersion(text, start, 1, 5)
				return err
			case "graph_lock":
				return j.Object(func(key syntax.Key) error {
					if key.Name != "nodes" {
						return j.Skip()
					}
					return j.Object(func(key syntax.Key) error { return readConanNode(s, j, key.Name) })
				})
			case "requires", "build_requires", "python_requires":
				development := key.Name != "requires"
				return j.Array(func() error {
					text, start, end, err := j.Placed()
					if e := (document.Entry{Package: conanPackage(text)}); e.Package.Name != "" {
						e.Package.Development = development
						s.Add(e, start, end)
					}
					return err
				})
			}
			return j.Skip()
		})
	})
}

// readConanNode reads a node. A node with a path is the recipe of the project itself.
func readConanNode(s *document.Source, j *syntax.JSON, number string) error {
	e := document.Entry{Keys: []string{number}}
	var start, end int
	var reference string
	var roots []document.Root
	project := false
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "ref", "pref":
			text, from, to, e := j.Placed()
			if text != "" && reference == "" {
				reference, start, end = text, from, to
			}
			err = e
		case "path":
			var path string
			path, err = j.Text()
			project = path != ""
		case "context":
			var context string
			context, err = j.Text()
			e.Package.Development = context == "build"
		case "requires", "build_requires":
			development := key.Name == "build_requires"
			var numbers []string
			err = j.Texts(&numbers)
			e.Requires = append(e.Requires, numbers...)
			for _, number := range numbers {
				roots = append(roots, document.Root{Key: number, Development: development})
			}
		default:
			return j.Skip()
		}
		return err
	})
	pkg := conanPackage(reference)
	if pkg.Name == "" || project {
		s.Doc.Roots = append(s.Doc.Roots, roots...)
		return err
	}
	pkg.Development = e.Package.Development
	e.Package = pkg
	s.Add(e, start, end)
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
