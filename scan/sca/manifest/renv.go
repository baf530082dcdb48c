package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// renvFormats are the files of R's renv.
var renvFormats = []format{
	{name: "renv.lock", match: named("renv.lock"), ecosystem: scan.EcosystemCRAN, lock: true, whole: jsonHas("R", "Packages"), read: readRenvLock},
}

// readRenvLock reads "Packages" (https://rstudio.github.io/renv/articles/lockfile.html). "Source" is the origin of a
// package; "Hash" is a hash of its description, not of its files.
func readRenvLock(s *source) error {
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			if key.name != "Packages" {
				return j.skip()
			}
			return j.object(func(key jsonKey) error { return readRenvPackage(s, j, key) })
		})
	})
}

func readRenvPackage(s *source, j *jsonText, key jsonKey) error {
	e := Entry{Package: scan.Package{Name: key.name}}
	local := false
	err := j.object(func(key jsonKey) error {
		var text string
		var err error
		switch key.name {
		case "Package":
			if text, err = j.text(); text != "" {
				e.Package.Name = text
			}
		case "Version":
			e.Package.Version, err = j.text()
		case "Source":
			text, err = j.text()
			switch strings.ToLower(text) {
			case "", "repository", "cran":
			case "github", "gitlab", "bitbucket", "git", "git2r", "xgit":
				e.Package.Origin = scan.OriginGit
			case "local":
				local = true
			default: // Bioconductor, an address, unknown
				e.Package.Origin = scan.OriginAddress
			}
		case "Requirements", "Depends", "Imports", "LinkingTo":
			var list []string
			err = j.texts(&list)
			for _, text := range list {
				name, _, _ := strings.Cut(text, "(") // "cli (>= 3.6.1)"
				e.Requires = append(e.Requires, strings.TrimSpace(name))
			}
		default:
			return j.skip()
		}
		return err
	})
	if local || e.Package.Name == "" {
		return err
	}
	s.add(e, key.start+1, key.end-1)
	return err
}
