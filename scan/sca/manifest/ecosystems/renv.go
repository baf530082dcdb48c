package ecosystems

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// RenvFormats are the files of R's renv.
var RenvFormats = []document.Format{
	{Name: "renv.lock", Match: document.Named("renv.lock"), Ecosystem: scan.EcosystemCRAN, Lock: true, Whole: syntax.JSONHas("R", "Packages"), Read: readRenvLock},
}

// readRenvLock reads "Packages" (https://rstudio.github.io/renv/articles/lockfile.html). "Source" is the origin of a
// package; "Hash" is a hash of its description, not of its files.
func readRenvLock(s *document.Source) error {
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			if key.Name != "Packages" {
				return j.Skip()
			}
			return j.Object(func(key syntax.Key) error { return readRenvPackage(s, j, key) })
		})
	})
}

func readRenvPackage(s *document.Source, j *syntax.JSON, key syntax.Key) error {
	e := document.Entry{Package: scan.Package{Name: key.Name}}
	local := false
	err := j.Object(func(key syntax.Key) error {
		var text string
		var err error
		switch key.Name {
		case "Package":
			if text, err = j.Text(); text != "" {
				e.Package.Name = text
			}
		case "Version":
			e.Package.Version, err = j.Text()
		case "Source":
			text, err = j.Text()
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
			err = j.Texts(&list)
			for _, text := range list {
				name, _, _ := strings.Cut(text, "(") // "cli (>= 3.6.1)"
				e.Requires = append(e.Requires, strings.TrimSpace(name))
			}
		default:
			return j.Skip()
		}
		return err
	})
	if local || e.Package.Name == "" {
		return err
	}
	s.Add(e, key.Start+1, key.End-1)
	return err
}
