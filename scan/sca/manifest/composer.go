package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// composerFormats are the files of PHP's Composer.
var composerFormats = []format{
	{name: "composer.lock", match: named("composer.lock"), ecosystem: scan.EcosystemPackagist, lock: true, whole: jsonHas("packages", "packages-dev", "content-hash"), read: readComposerLock},
	{name: "composer.json", match: named("composer.json"), ecosystem: scan.EcosystemPackagist, read: readComposerJSON},
}

// composerPackage reports whether a name is a package's name: platform packages (php, ext-json, lib-curl,
// composer-plugin-api) have no vendor (https://getcomposer.org/doc/01-basic-usage.md#platform-packages).
func composerPackage(name string) bool { return strings.Contains(name, "/") }

// readComposerJSON reads the declarations (https://getcomposer.org/doc/04-schema.md#package-links).
func readComposerJSON(s *source) error {
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			if key.name != "require" && key.name != "require-dev" {
				return j.skip()
			}
			development := key.name == "require-dev"
			return j.object(func(key jsonKey) error {
				constraint, err := j.text()
				if composerPackage(key.name) {
					s.declare(Declaration{Name: key.name, Constraint: constraint, Version: exactSemver(constraint), Development: development}, key.start+1, key.end-1)
				}
				return err
			})
		})
	})
}

// readComposerLock reads "packages" and "packages-dev" (https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control).
func readComposerLock(s *source) error {
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			if key.name != "packages" && key.name != "packages-dev" {
				return j.skip()
			}
			development := key.name == "packages-dev"
			return j.array(func() error { return readComposerPackage(s, j, development) })
		})
	})
}

func readComposerPackage(s *source, j *jsonText, development bool) error {
	e := Entry{Package: scan.Package{Development: development}}
	pkg := &e.Package
	var start, end int
	var replaced, licenses []string
	var dist string
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "name":
			pkg.Name, start, end, err = j.placed()
		case "version":
			pkg.Version, err = j.text()
		case "dist":
			return j.object(func(key jsonKey) error {
				var err error
				switch key.name {
				case "type":
					dist, err = j.text()
				case "shasum":
					var digest string
					if digest, err = j.text(); len(digest) == 40 && isHex(digest) {
						pkg.Hash = "sha1:" + digest
					}
				default:
					return j.skip()
				}
				return err
			})
		case "require":
			return j.object(func(key jsonKey) error {
				if composerPackage(key.name) {
					e.Requires = append(e.Requires, strings.ToLower(key.name))
				}
				return j.skip()
			})
		case "replace", "provide":
			return j.names(&replaced)
		case "license":
			return j.texts(&licenses)
		default:
			return j.skip()
		}
		return err
	})
	if pkg.Name == "" || dist == "path" {
		s.doc.parts = append(s.doc.parts, pkg.Name)
		return err // a folder of the project
	}
	if strings.HasPrefix(pkg.Version, "dev-") || strings.HasSuffix(pkg.Version, "-dev") {
		pkg.Version, pkg.Origin = "", scan.OriginGit // a branch
	}
	// Several licences are alternatives (https://getcomposer.org/doc/04-schema.md#license).
	for i, license := range licenses {
		if len(licenses) > 1 && strings.Contains(license, " ") && !strings.HasPrefix(license, "(") {
			licenses[i] = "(" + license + ")"
		}
	}
	pkg.License = strings.Join(licenses, " OR ")
	// A dependency on a part that this package replaces gets this package.
	e.Keys = append(e.Keys, strings.ToLower(pkg.Name))
	for _, name := range replaced {
		e.Keys = append(e.Keys, strings.ToLower(name))
	}
	s.add(e, start, end)
	return err
}

// readComposerInstalled reads the file that Composer writes beside its autoloader: a list of packages as in
// composer.lock, inside an object since version 2
// (https://github.com/composer/composer/blob/main/src/Composer/Repository/FilesystemRepository.php).
func readComposerInstalled(s *source) error {
	var development []string
	err := readJSON(s, func(j *jsonText) error {
		if j.kind() == '[' {
			return j.array(func() error { return readComposerPackage(s, j, false) })
		}
		if j.kind() != '{' {
			return s.errAt(min(j.at, len(s.data)), "not a list of packages")
		}
		return j.object(func(key jsonKey) error {
			switch key.name {
			case "packages":
				return j.array(func() error { return readComposerPackage(s, j, false) })
			case "dev-package-names":
				return j.texts(&development)
			}
			return j.skip()
		})
	})
	only := make(map[string]bool, len(development))
	for _, name := range development {
		only[strings.ToLower(name)] = true
	}
	for i := range s.doc.Entries {
		p := &s.doc.Entries[i].Package
		p.Development = only[strings.ToLower(p.Name)]
	}
	return err
}
