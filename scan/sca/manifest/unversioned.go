package manifest

import (
	"cmp"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/sbom"
)

// Unversioned lists the packages in documents without a known version, ordered by path: packages from [Resolve] that
// have no version or come from no registry, declarations without a resolved version, and files that are recognized only
// by name. docs and packages are the arguments and the result of Resolve.
func Unversioned(docs []*document.Document, packages []scan.Package) []scan.Unversioned {
	l := unversionedList{at: map[unversionedKey]int{}, seen: map[string]bool{}, kinds: make(map[string]string, len(docs))}
	for _, doc := range docs {
		l.kinds[doc.Path] = doc.Kind
		if f := formatOfKind(doc.Kind); f != nil && f.Unread != "" {
			l.entry(doc.Path, f.Unread, scan.UnversionedUnread)
		}
		if doc.Unread != "" {
			l.entry(doc.Path, doc.Unread, scan.UnversionedUnread)
		}
	}
	for i := range packages {
		p := &packages[i]
		switch {
		case !p.Ecosystem.Matched() || p.Origin == scan.OriginLocal:
		case p.Origin != scan.OriginRegistry:
			l.add(p.Path, string(p.Ecosystem), scan.UnversionedSource, p.Name)
		case p.Version == "":
			l.add(p.Path, string(p.Ecosystem), scan.UnversionedRange, p.Name)
		}
	}
	for _, doc := range docs {
		for _, name := range doc.Idle {
			l.add(doc.Path, string(doc.Ecosystem), scan.UnversionedConstraint, name)
		}
		for _, d := range doc.Versionless {
			of, reason := string(d.Ecosystem), scan.UnversionedRange
			if d.Origin != scan.OriginRegistry {
				reason = scan.UnversionedSource
			}
			if d.Of != "" {
				of, reason = d.Of, scan.UnversionedUnknown
			}
			l.add(doc.Path, of, reason, d.Name)
		}
	}
	slices.SortStableFunc(l.list, func(a, b scan.Unversioned) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Of, b.Of), strings.Compare(string(a.Reason), string(b.Reason)))
	})
	return l.list
}

type unversionedKey struct {
	path, of string
	reason   scan.UnversionedReason
}

// unversionedList collects the packages of each file.
type unversionedList struct {
	list  []scan.Unversioned
	at    map[unversionedKey]int
	seen  map[string]bool
	kinds map[string]string
}

// entry returns the index of a file's packages in the list.
func (l *unversionedList) entry(path, of string, reason scan.UnversionedReason) int {
	key := unversionedKey{path, of, reason}
	i, ok := l.at[key]
	if !ok {
		i = len(l.list)
		l.at[key] = i
		u := scan.Unversioned{Of: of, Path: path, Kind: l.kinds[path], Reason: reason}
		switch _, bun := l.kinds[pathpkg.Join(pathpkg.Dir(path), "bun.lockb")]; {
		case u.Kind == sbom.Kind: // nobody edits versions in the generated list of a tool
		case bun && u.Kind == "package.json":
			u.Advice = lockAdvice(of, "bun.lockb")
		case reason == scan.UnversionedRange || reason == scan.UnversionedUnread:
			u.Advice = lockAdvice(of, u.Kind)
		}
		l.list = append(l.list, u)
	}
	return i
}

func (l *unversionedList) add(path, of string, reason scan.UnversionedReason, name string) {
	if strings.ContainsAny(name, "\n\r") {
		return
	}
	key := strings.Join([]string{path, of, string(reason), scan.Ecosystem(of).Normal(name)}, "\x00")
	if l.seen[key] {
		return
	}
	l.seen[key] = true
	u := &l.list[l.entry(path, of, reason)]
	u.Names = append(u.Names, name)
}

// lockAdvice says how to record versions, by the kind of file and by the ecosystem.
func lockAdvice(of, kind string) string {
	command := lockCommands[kind]
	if command == "" {
		command = lockCommands[of]
	}
	switch {
	case command == "":
		return ""
	case strings.HasPrefix(command, "!"):
		return command[1:]
	}
	return "`" + command + "` writes the versions down"
}

// lockCommands are the commands that write a file with versions, which is read once it is committed; "!" begins a
// complete sentence. The sources are the documentations of the tools, at the addresses in the comments of the readers.
var lockCommands = map[string]string{
	"bun.lockb":                     "bun install --save-text-lockfile",
	"deno.json":                     "deno install",
	"pyproject.toml":                "uv lock",
	"Pipfile":                       "pipenv lock",
	"requirements.txt":              "pip-compile",
	"included requirements":         "pip-compile",
	"setup.cfg":                     "pip-compile setup.cfg",
	"setup.py":                      "pip-compile setup.py",
	"environment.yml":               "!give each package below pip its version with ==",
	"build.gradle":                  "gradle dependencies --write-locks",
	"pom.xml":                       "mvn org.cyclonedx:cyclonedx-maven-plugin:makeBom -DoutputDirectory=.",
	"GitHub workflow":               "!name a commit, and after it the version in a comment",
	string(scan.EcosystemNPM):       "npm install --package-lock-only",
	string(scan.EcosystemNuGet):     "dotnet restore --use-lock-file",
	string(scan.EcosystemRubyGems):  "bundle lock",
	string(scan.EcosystemPackagist): "composer update --no-install",
	string(scan.EcosystemCargo):     "cargo generate-lockfile",
	string(scan.EcosystemPub):       "dart pub get",
	string(scan.EcosystemHex):       "mix deps.get",
	string(scan.EcosystemConan):     "conan lock create .",
	string(scan.EcosystemSwift):     "swift package resolve",
	string(scan.EcosystemHackage):   "cabal freeze",
	string(scan.EcosystemCRAN):      "Rscript -e 'renv::snapshot()'",
}

func formatOfKind(kind string) *document.Format {
	for i := range formats {
		if formats[i].Name == kind {
			return &formats[i]
		}
	}
	return nil
}
