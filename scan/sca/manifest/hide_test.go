package manifest_test

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// pinned are small projects that pin a package, by kind.
var pinned = map[string]map[string]string{
	"pom":           {"pom.xml": `<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version><dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId><version>5</version></dependency></dependencies></project>`},
	"package.json":  {"package.json": `{"name":"app","dependencies":{"lodash":"4.17.20"}}`},
	"npm lock":      {"package.json": `{"name":"app","dependencies":{"lodash":"^4.17.20"}}`, "package-lock.json": `{"lockfileVersion":3,"packages":{"":{"dependencies":{"lodash":"^4.17.20"}},"node_modules/lodash":{"version":"4.17.20"},"node_modules/deep":{"version":"1.0.0"}}}`},
	"requirements":  {"requirements.txt": "django==3.0\n"},
	"pyproject":     {"pyproject.toml": "[project]\ndependencies=[\"django==3.0\"]\n"},
	"pipfile":       {"Pipfile": "[packages]\ndjango = \"==3.0\"\n"},
	"go.mod":        {"go.mod": "module m\n\ngo 1.24\n\nrequire x.com/y v1.0.0\n"},
	"csproj":        {"a.csproj": `<Project><ItemGroup><PackageReference Include="X" Version="1.0.0"/></ItemGroup></Project>`},
	"central":       {"Directory.Packages.props": `<Project><ItemGroup><PackageVersion Include="X" Version="1.0.0"/></ItemGroup></Project>`, "src/a.csproj": `<Project><ItemGroup><PackageReference Include="X"/></ItemGroup></Project>`},
	"composer.json": {"composer.json": `{"require":{"a/b":"1.0.0"}}`},
	"catalogue":     {"gradle/libs.versions.toml": "[libraries]\nx = \"g:x:1.0\"\n"},
	"cargo":         {"Cargo.toml": "[dependencies]\nx = \"=1.0.0\"\n"},
	"deno":          {"deno.json": `{"imports":{"x":"npm:x@1.0.0"}}`},
	"a theme":       {"vendor/theme/package.json": `{"dependencies":{"lodash":"4.17.20"}}`},
	"gems":          {"Gemfile.lock": "GEM\n  remote: x\n  specs:\n    nokogiri (1.0)\n\nDEPENDENCIES\n  nokogiri\n"},
}

// laid are files that somebody could add beside, above or below a project. Installation folders are not included, except
// vendor.
var laid = map[string]string{
	"package-lock.json": `{}`, "npm-shrinkwrap.json": `{}`, "yarn.lock": "# yarn lockfile v1\n", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n", "bun.lock": `{}`, "deno.lock": `{}`,
	"go.work": "go 1.24\n", "go.sum": "", "vendor/modules.txt": "", "Directory.Packages.props": "<Project/>", "Directory.Build.props": "<Project/>", "Directory.Build.targets": "<Project/>", "packages.lock.json": `{"version":1,"dependencies":{}}`, "a.deps.json": `{}`,
	"poetry.lock": "", "uv.lock": "version = 1\n", "pdm.lock": "", "pylock.toml": "", "Pipfile.lock": `{}`, "composer.lock": `{}`, "Gemfile.lock": "GEM\n", "gradle.lockfile": "empty=\n", "Cargo.lock": "version = 3\n",
	"pubspec.lock": "packages: {}\n", "mix.lock": "%{}", "conan.lock": "{}", "bom.json": `{"bomFormat":"CycloneDX"}`, "constraints.txt": "django==4.0\n", "osv-scanner.toml": "", "pnpm-workspace.yaml": "packages: ['*']", "pyvenv.cfg": "", "composer.json": "{}", "Gemfile": "", "go.mod": "module x\n", "Cargo.toml": "", "package.json": "{}", "pom.xml": `<project><groupId>x</groupId><artifactId>y</artifactId><version>5</version></project>`,
	"more.txt": "-r requirements.txt\n", "requirements-more.txt": "-c requirements.txt\n",
	"full/package-lock.json":       `{"lockfileVersion":3,"packages":{"":{"dependencies":{"lodash":"4.17.20"}},"node_modules/lodash":{"version":"4.17.21"}}}`,
	"full/npm-shrinkwrap.json":     `{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.21"}}}`,
	"override/pnpm-workspace.yaml": "overrides:\n  lodash: 4.17.21\n",
	"full/yarn.lock":               "lodash@^4:\n  version \"4.17.21\"\n",
	"full/uv.lock":                 "[[package]]\nname = \"django\"\nversion = \"4.0\"\n",
	"link/package-lock.json":       `{"lockfileVersion":3,"packages":{"":{"workspaces":["x"]},"node_modules/lodash":{"resolved":"x","link":true},"x":{"name":"lodash"}}}`,
}

// names returns the packages of a tree with their versions.
func names(files map[string]string) map[string]bool {
	var docs []*document.Document
	paths := slices.Sorted(maps.Keys(files))
	chosen, _ := manifest.Choose(paths)
	for _, i := range chosen {
		name := paths[i]
		doc, _ := manifest.Read(name, []byte(files[name])) // a broken file must not hide anything either
		docs = append(docs, doc)
	}
	found := map[string]bool{}
	packages, _ := manifest.Resolve(docs)
	for _, p := range packages {
		found[p.Name+" "+p.Version] = true
	}
	return found
}

// A pull request cannot hide a package of the project by adding a file. The exception is npm's own behaviour with an
// npm-shrinkwrap.json that contains all dependencies of the project.
func TestAnAddedFileHidesNoPackage(t *testing.T) {
	t.Parallel()
	for kind, files := range pinned {
		project := map[string]string{}
		for name, text := range files {
			project["app/"+name] = text
		}
		before := names(project)
		require.NotEmpty(t, before, kind)
		for added, text := range laid {
			for _, dir := range []string{"", "app/", "app/sub/", "docs/", "app/src/"} {
				name := path.Join(dir, path.Base(added))
				if strings.HasPrefix(added, "vendor/") {
					name = path.Join(dir, added)
				}
				if _, ok := project[name]; ok || kind == "npm lock" && added == "full/npm-shrinkwrap.json" {
					continue
				}
				with := maps.Clone(project)
				with[name] = text
				after := names(with)
				for p := range before {
					require.True(t, after[p], "%s: %s hides %s", kind, name, p)
				}
			}
		}
	}
}
