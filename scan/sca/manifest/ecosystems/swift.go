package ecosystems

import (
	"cmp"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// SwiftFormats are the files of the Swift Package Manager.
var SwiftFormats = []document.Format{
	{Name: "Package.resolved", Match: document.Named("Package.resolved"), Ecosystem: scan.EcosystemSwift, Lock: true, Whole: syntax.JSONHas("pins", "object"), Read: readPackageResolved},
}

// readPackageResolved reads versions 1 to 3 (github.com/swiftlang/swift-package-manager, Sources/PackageGraph,
// PinsStore): "pins", which version 1 has below "object". The name of a package is the address of its repository, as in
// advisories.
func readPackageResolved(s *document.Source) error {
	return syntax.ReadJSON(s, func(j *syntax.JSON) error { return readSwiftPins(s, j) })
}

func readSwiftPins(s *document.Source, j *syntax.JSON) error {
	return j.Object(func(key syntax.Key) error {
		switch key.Name {
		case "version":
			return j.LockVersion(s, 1, 3)
		case "object":
			return readSwiftPins(s, j)
		case "pins":
			return j.Array(func() error { return readSwiftPin(s, j) })
		}
		return j.Skip()
	})
}

func readSwiftPin(s *document.Source, j *syntax.JSON) error {
	var e document.Entry
	var identity, location, kind, revision string
	var start, end, idStart, idEnd int
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "identity", "package":
			identity, idStart, idEnd, err = j.Placed()
		case "location", "repositoryURL":
			location, start, end, err = j.Placed()
		case "kind":
			kind, err = j.Text()
		case "state":
			return j.Object(func(key syntax.Key) error {
				var err error
				switch key.Name {
				case "version":
					e.Package.Version, err = j.Text()
				case "revision":
					revision, err = j.Text()
				default:
					return j.Skip()
				}
				return err
			})
		default:
			return j.Skip()
		}
		return err
	})
	e.Package.Name = cmp.Or(location, identity)
	if location == "" {
		start, end = idStart, idEnd // a registry package has only a name
	}
	if e.Package.Name == "" || kind == "localSourceControl" || kind == "fileSystem" {
		return err
	}
	if e.Package.Version == "" && revision != "" {
		e.Package.Origin = scan.OriginGit // a branch or a commit
	}
	s.Add(e, start, end)
	return err
}
