package manifest

import (
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/ecosystems"
	"github.com/sluice-scan/sluice/scan/sca/manifest/golang"
)

// installedFolders are folders into which tools install packages, in any project.
var installedFolders = []string{
	"node_modules", "bower_components", "jspm_packages", "elm-stuff",
	".venv", "site-packages", "dist-packages", "__pypackages__", ".tox", ".nox", ".eggs",
	"Pods", ".bundle",
}

// installedPaths are such folders with their parents.
var installedPaths = []string{
	"vendor/bundle", "Carthage/Checkouts", ".build/checkouts", ".yarn/unplugged", ".yarn/cache", ".yarn/sdks", ".cargo/registry",
}

// isInstalledPath reports from its path alone whether a file belongs to an installed package.
func isInstalledPath(name string) bool {
	dir := "/" + path.Dir(name) + "/"
	for _, folders := range [][]string{installedFolders, installedPaths} {
		for _, folder := range folders {
			if strings.Contains(dir, "/"+folder+"/") {
				return true
			}
		}
	}
	// Bundler's "ruby/3.2.0/gems/name-1.0", and the repositories that Go tools copied into vendor before modules and since.
	for rest, ok := dir, true; ok; {
		var folder string
		if _, rest, ok = strings.Cut(rest, "/ruby/"); ok {
			if folder, _, _ = strings.Cut(rest, "/"); folder != "" && '0' <= folder[0] && folder[0] <= '9' && strings.HasPrefix(rest, folder+"/gems/") {
				return true
			}
			rest = "/" + rest
		}
	}
	for rest, ok := dir, true; ok; {
		if _, rest, ok = strings.Cut(rest, "/vendor/"); ok {
			if host, _, _ := strings.Cut(rest, "/"); strings.Index(host, ".") > 0 {
				return true
			}
			rest = "/" + rest
		}
	}
	return false
}

// Choose returns the paths of a tree that name the project's dependencies, as indexes in order; it ignores empty paths.
// installed is the number of other such files in installed packages: those name the dependencies of the packages, not of
// the project.
//
// Some folders always contain installed packages (node_modules, .venv). "vendor" can also be a project's own folder. It
// counts as installed if a tool left its traces: Composer's owner/name below a composer.json, Go's modules.txt, Cargo's
// checksum in each crate.
func Choose(paths []string) (chosen []int, installed int) {
	has := make(map[string]bool)
	for _, name := range paths {
		switch path.Base(name) {
		case "composer.json", "composer.lock", "modules.txt", "go.mod", "go.work", ".cargo-checksum.json", "mix.lock":
			has[name] = true
		}
	}
	for i, name := range paths {
		if name == "" || formatNamed(name) == nil {
			continue
		}
		if isInstalledPath(name) || isVendored(name, has) {
			installed++
			continue
		}
		chosen = append(chosen, i)
	}
	return chosen, installed
}

// isVendored reports whether a file belongs to a package that a tool installed, using the other files of the tree.
func isVendored(name string, has map[string]bool) bool {
	for at := 0; ; {
		i := strings.Index(name[at:], "vendor/")
		if i < 0 {
			break
		}
		at += i + len("vendor/")
		above := name[:at-len("vendor/")]
		if above != "" && !strings.HasSuffix(above, "/") {
			continue
		}
		inside := name[at:]
		switch depth := strings.Count(inside, "/"); {
		case inside == "modules.txt" || inside == "composer/installed.json":
			return false
		case depth >= 2 && (has[above+"composer.json"] || has[above+"composer.lock"]):
			return true
		case has[above+"vendor/modules.txt"] && (has[above+"go.mod"] || has[above+"go.work"]):
			return true
		}
		if crate, _, ok := strings.Cut(inside, "/"); ok && has[above+"vendor/"+crate+"/.cargo-checksum.json"] {
			return true
		}
	}
	// Mix fetches packages into deps, each with its own lock file.
	if before, inside, ok := strings.Cut("/"+name, "/deps/"); ok && strings.Count(inside, "/") == 1 && path.Base(name) == "mix.lock" {
		return has[strings.TrimPrefix(before+"/mix.lock", "/")]
	}
	return false
}

// installedFormats are the lists of installed packages that tools keep.
var installedFormats = []document.Format{
	{Name: "vendor/modules.txt", Match: document.Below("vendor/modules.txt"), Ecosystem: scan.EcosystemGo, Read: golang.ReadVendored},
	{Name: "composer/installed.json", Match: document.Below("vendor/composer/installed.json"), Ecosystem: scan.EcosystemPackagist, Loose: true, Read: ecosystems.ReadComposerInstalled},
}

// withoutRepeats drops installed packages that the project's own files name with the same version.
func withoutRepeats(docs []*document.Document) {
	type version struct {
		ecosystem     scan.Ecosystem
		name, version string
	}
	known := map[version][]string{}
	id := func(p *scan.Package) version { return version{p.Ecosystem, p.Ecosystem.Normal(p.Name), p.Version} }
	isList := func(doc *document.Document) bool {
		return doc.Kind == "vendor/modules.txt" || doc.Kind == "composer/installed.json"
	}
	if !slices.ContainsFunc(docs, isList) {
		return
	}
	for _, doc := range docs {
		if isList(doc) || doc.Ecosystem != scan.EcosystemGo && doc.Ecosystem != scan.EcosystemPackagist {
			continue
		}
		for i := range doc.Entries {
			key := id(&doc.Entries[i].Package)
			known[key] = append(known[key], path.Dir(doc.Path))
		}
	}
	for _, doc := range docs {
		if !isList(doc) {
			continue
		}
		top := strings.TrimSuffix(strings.TrimSuffix(path.Dir(doc.Path), "composer"), "/")
		top = path.Dir(top)
		doc.Entries = slices.DeleteFunc(doc.Entries, func(e document.Entry) bool {
			return slices.ContainsFunc(known[id(&e.Package)], func(dir string) bool {
				return dir == top || top == "." || strings.HasPrefix(dir, top+"/")
			})
		})
	}
}
