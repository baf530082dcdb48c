package manifest

import (
	"cmp"

	"github.com/sluice-scan/sluice/scan"
)

// swiftFormats are the files of the Swift Package Manager.
var swiftFormats = []format{
	{name: "Package.resolved", match: named("Package.resolved"), ecosystem: scan.EcosystemSwift, lock: true, whole: jsonHas("pins", "object"), read: readPackageResolved},
}

// readPackageResolved reads versions 1 to 3 (github.com/swiftlang/swift-package-manager, Sources/PackageGraph,
// PinsStore): "pins", which version 1 has below "object". The name of a package is the address of its repository, as in
// advisories.
func readPackageResolved(s *source) error {
	return readJSON(s, func(j *jsonText) error { return readSwiftPins(s, j) })
}

func readSwiftPins(s *source, j *jsonText) error {
	return j.object(func(key jsonKey) error {
		switch key.name {
		case "version":
			return j.lockVersion(s, 1, 3)
		case "object":
			return readSwiftPins(s, j)
		case "pins":
			return j.array(func() error { return readSwiftPin(s, j) })
		}
		return j.skip()
	})
}

func readSwiftPin(s *source, j *jsonText) error {
	var e Entry
	var identity, location, kind, revision string
	var start, end, idStart, idEnd int
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "identity", "package":
			identity, idStart, idEnd, err = j.placed()
		case "location", "repositoryURL":
			location, start, end, err = j.placed()
		case "kind":
			kind, err = j.text()
		case "state":
			return j.object(func(key jsonKey) error {
				var err error
				switch key.name {
				case "version":
					e.Package.Version, err = j.text()
				case "revision":
					revision, err = j.text()
				default:
					return j.skip()
				}
				return err
			})
		default:
			return j.skip()
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
	s.add(e, start, end)
	return err
}
