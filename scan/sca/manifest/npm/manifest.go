package npm

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// Formats are the files of npm.
var Formats = []document.Format{
	{Name: "package-lock.json", Match: document.Named("package-lock.json", "npm-shrinkwrap.json"), Ecosystem: scan.EcosystemNPM, Lock: true, Whole: syntax.JSONHas("packages", "dependencies", "lockfileVersion"), Read: readPackageLock},
	{Name: "package.json", Match: document.Named("package.json"), Ecosystem: scan.EcosystemNPM, Read: readPackageJSON},
	{Name: "workspace settings", Match: document.Named("pnpm-workspace.yaml", ".yarnrc.yml"), Ecosystem: scan.EcosystemNPM, Read: readWorkspaceSettings},
}

// npmGroups are the members of package.json and of package-lock.json that name dependencies
// (https://docs.npmjs.com/cli/configuring-npm/package-json). Peer dependencies are requested by the users of the
// package.
var npmGroups = map[string]bool{"dependencies": false, "devDependencies": true, "optionalDependencies": false}

// manifest is the content of a package.json besides its declarations.
type manifest struct {
	name       string
	workspaces bool
	// overrides set the versions of packages for all dependents.
	overrides []override
	// catalogs give packages a version, by the name of the catalogue and of the package with "\x00" between them.
	catalogs map[string]override
}

// readPackageJSON reads the declarations.
func readPackageJSON(s *document.Source) error {
	s.Doc.Detail = &manifest{}
	defer manifestOf(s.Doc).place(s)
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			switch key.Name {
			case "name":
				name, err := j.Text()
				manifestOf(s.Doc).name = name
				return err
			case "workspaces":
				manifestOf(s.Doc).workspaces = true
				return j.Object(func(key syntax.Key) error { // Bun's catalogues are here
					switch key.Name {
					case "catalog":
						return readNPMCatalog(s, j, "")
					case "catalogs":
						return j.Object(func(key syntax.Key) error { return readNPMCatalog(s, j, key.Name) })
					}
					return j.Skip()
				})
			case "catalog":
				return readNPMCatalog(s, j, "")
			case "catalogs":
				return j.Object(func(key syntax.Key) error { return readNPMCatalog(s, j, key.Name) })
			case "overrides", "resolutions":
				return readOverrides(s, j, key.Name, "", 0)
			case "pnpm":
				return j.Object(func(key syntax.Key) error {
					if key.Name != "overrides" {
						return j.Skip()
					}
					return readOverrides(s, j, "pnpm.overrides", "", 0)
				})
			}
			development, ok := npmGroups[key.Name]
			if !ok {
				return j.Skip()
			}
			return j.Object(func(key syntax.Key) error { return declareNPM(s, j, key, development) })
		})
	})
}

func declareNPM(s *document.Source, j *syntax.JSON, key syntax.Key, development bool) error {
	constraint, err := j.Text()
	if err != nil {
		return err
	}
	d := document.Declaration{Constraint: constraint, Development: development}
	if d.Name, constraint = npmAlias(key.Name, constraint); d.Name != key.Name {
		d.Alias = key.Name
	}
	d.Origin = npmOrigin(constraint)
	switch version := archiveVersion(d.Name, constraint); {
	case version != "" && d.Origin != scan.OriginGit:
		d.Version, d.Origin = version, scan.OriginRegistry
	case d.Origin == scan.OriginRegistry:
		d.Version = document.ExactSemver(constraint)
	}
	s.Declare(d, key.Start, key.End)
	return nil
}

// npmAlias resolves "name": "npm:real@^1.0.0".
func npmAlias(name, constraint string) (real, rest string) {
	target, ok := strings.CutPrefix(constraint, "npm:")
	if !ok {
		return name, constraint
	}
	if at := strings.LastIndexByte(target, '@'); at > 0 {
		return target[:at], target[at+1:]
	}
	if target != "" && strings.IndexByte("^~<>=*0123456789", target[0]) >= 0 {
		return name, target // Berry's form of a range
	}
	return target, ""
}

// npmOrigin returns the origin of a constraint or a "resolved" address
// (https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies). Companies have their own registries: an
// address with the path of a registry's archive counts as a registry.
func npmOrigin(text string) scan.Origin {
	switch {
	case text == "":
		return scan.OriginRegistry
	case strings.HasPrefix(text, "file:"):
		if isArchive(text) {
			return scan.OriginAddress // an archive of another author's package in the tree
		}
		return scan.OriginLocal
	case hasAnyPrefix(text, "link:", "workspace:", "portal:", "./", "../", "~/", "/"):
		return scan.OriginLocal
	case hasAnyPrefix(text, "git:", "git+", "git@", "github:", "gitlab:", "gist:", "bitbucket:", "ssh:", "https://github.com/"),
		strings.Contains(text, "://codeload.github.com/"), isRepository(text):
		return scan.OriginGit
	case hasAnyPrefix(text, "http://", "https://"):
		// Only GitHub's registry has its archives elsewhere: /download/@owner/name/1.0.0/digest.
		if strings.Contains(text, "/-/") || strings.Contains(text, "/download/@") {
			return scan.OriginRegistry
		}
		return scan.OriginAddress
	}
	return scan.OriginRegistry
}

// isRepository reports whether a constraint is the address of a repository, or "owner/name" on GitHub.
func isRepository(text string) bool {
	text, _, _ = strings.Cut(text, "#")
	if strings.HasSuffix(text, ".git") {
		return true
	}
	return !strings.HasPrefix(text, "@") && strings.Count(text, "/") == 1 && !strings.ContainsAny(text, " <>|:")
}

func isArchive(text string) bool {
	text, _, _ = strings.Cut(text, "#")
	return strings.HasSuffix(text, ".tgz") || strings.HasSuffix(text, ".tar.gz") || strings.HasSuffix(text, ".tar")
}

func hasAnyPrefix(text string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
}

// npmResolved returns the origin of a package from its address in a lock file. An archive with the registry's name for
// that package and version counts as from the registry, whether a company's registry or the tree holds it.
func npmResolved(name, version, address string) scan.Origin {
	origin := npmOrigin(address)
	if origin == scan.OriginAddress && version != "" && archiveVersion(name, address) == version {
		return scan.OriginRegistry
	}
	return origin
}

// archiveVersion returns the version in the address of an archive with a registry's name, ".../name/-/name-1.2.3.tgz";
// "" for other addresses.
func archiveVersion(name, address string) string {
	file, _, _ := strings.Cut(address, "#")
	file, _, _ = strings.Cut(file, "?")
	file = file[strings.LastIndexByte(file, '/')+1:]
	file = strings.TrimPrefix(file, "file:")
	version, ok := strings.CutPrefix(file, name[strings.LastIndexByte(name, '/')+1:]+"-")
	if !ok {
		return ""
	}
	for _, suffix := range []string{".tgz", ".tar.gz"} {
		if plain, ok := strings.CutSuffix(version, suffix); ok && document.ExactSemver(plain) != "" {
			return plain
		}
	}
	return ""
}

// manifestOf returns what a package.json or the settings of a workspace say besides their declarations; nil for other files.
func manifestOf(doc *document.Document) *manifest {
	detail, _ := doc.Detail.(*manifest)
	return detail
}

// HasWorkspaces reports whether a document is a package.json with workspaces.
func HasWorkspaces(doc *document.Document) bool {
	m := manifestOf(doc)
	return m != nil && m.workspaces
}

// ProjectName returns the name that a package.json gives its project; "" for other files.
func ProjectName(doc *document.Document) string {
	if m := manifestOf(doc); m != nil {
		return m.name
	}
	return ""
}

// Overridden returns the names of the packages whose versions a document overrides, in the order of the file; nil for other files.
func Overridden(doc *document.Document) []string {
	m := manifestOf(doc)
	if m == nil {
		return nil
	}
	var names []string
	for i := range m.overrides {
		names = append(names, m.overrides[i].name)
	}
	return names
}
