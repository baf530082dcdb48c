package ecosystems

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// ComposerFormats are the files of PHP's Composer.
var ComposerFormats = []document.Format{
	{Name: "composer.lock", Match: document.Named("composer.lock"), Ecosystem: scan.EcosystemPackagist, Lock: true, Whole: syntax.JSONHas("packages", "packages-dev", "content-hash"), Read: readComposerLock},
	{Name: "composer.json", Match: document.Named("composer.json"), Ecosystem: scan.EcosystemPackagist, Read: readComposerJSON},
}

// composerPackage reports whether a name is a package's name: platform packages (php, ext-json, lib-curl,
// composer-plugin-api) have no vendor (https://getcomposer.org/doc/01-basic-usage.md#platform-packages).
func composerPackage(name string) bool { return strings.Contains(name, "/") }

// readComposerJSON reads the declarations (https://getcomposer.org/doc/04-schema.md#package-links).
func readComposerJSON(s *document.Source) error {
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			if key.Name != "require" && key.Name != "require-dev" {
				return j.Skip()
			}
			development := key.Name == "require-dev"
			return j.Object(func(key syntax.Key) error {
				constraint, err := j.Text()
				if composerPackage(key.Name) {
					s.Declare(document.Declaration{Name: key.Name, Constraint: constraint, Version: document.ExactSemver(constraint), Development: development}, key.Start+1, key.End-1)
				}
				return err
			})
		})
	})
}

// readComposerLock reads "packages" and "packages-dev" (https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control).
func readComposerLock(s *document.Source) error {
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			if key.Name != "packages" && key.Name != "packages-dev" {
				return j.Skip()
			}
			development := key.Name == "packages-dev"
			return j.Array(func() error { return readComposerPackage(s, j, development) })
		})
	})
}

func readComposerPackage(s *document.Source, j *syntax.JSON, development bool) error {
	e := document.Entry{Package: scan.Package{Development: development}}
	pkg := &e.Package
	var start, end int
	var replaced, licenses []string
	var dist string
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "name":
			pkg.Name, start, end, err = j.Placed()
		case "version":
			pkg.Version, err = j.Text()
		case "dist":
			return j.Object(func(key syntax.Key) error {
				var err error
				switch key.Name {
				case "type":
					dist, err = j.Text()
				case "shasum":
					var digest string
					if digest, err = j.Text(); len(digest) == 40 && document.IsHex(digest) {
						pkg.Hash = "sha1:" + digest
					}
				default:
					return j.Skip()
				}
				return err
			})
		case "require":
			return j.Object(func(key syntax.Key) error {
				if composerPackage(key.Name) {
					e.Requires = append(e.Requires, strings.ToLower(key.Name))
				}
				return j.Skip()
			})
		case "replace", "provide":
			return j.Names(&replaced)
		case "license":
			return j.Texts(&licenses)
		default:
			return j.Skip()
		}
		return err
	})
	if pkg.Name == "" || dist == "path" {
		s.Doc.Parts = append(s.Doc.Parts, pkg.Name)
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
	s.Add(e, start, end)
	return err
}

// ReadComposerInstalled reads the file that Composer writes beside its autoloader: a list of packages as in
// composer.lock, inside an object since version 2
// (https://github.com/composer/composer/blob/main/src/Composer/Repository/FilesystemRepository.php).
func ReadComposerInstalled(s *document.Source) error {
	var development []string
	err := syntax.ReadJSON(s, func(j *syntax.JSON) error {
		if j.Kind() == '[' {
			return j.Array(func() error { return readComposerPackage(s, j, false) })
		}
		if j.Kind() != '{' {
			return s.ErrAt(min(j.At, len(s.Data)), "not a list of packages")
		}
		return j.Object(func(key syntax.Key) error {
			switch key.Name {
			case "packages":
				return j.Array(func() error { return readComposerPackage(s, j, false) })
			case "dev-package-names":
				return j.Texts(&development)
			}
			return j.Skip()
		})
	})
	only := make(map[string]bool, len(development))
	for _, name := range development {
		only[strings.ToLower(name)] = true
	}
	for i := range s.Doc.Entries {
		p := &s.Doc.Entries[i].Package
		p.Development = only[strings.ToLower(p.Name)]
	}
	return err
}
