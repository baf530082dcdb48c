package manifest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// open reads the files of one tree, and returns the messages about packages without a version.
func open(t *testing.T, files map[string]string) []string {
	t.Helper()
	var docs []*document.Document
	for name, text := range files {
		doc, err := manifest.Read(name, []byte(text))
		require.NoError(t, err, name)
		docs = append(docs, doc)
	}
	packages, failures := manifest.Resolve(docs)
	require.Empty(t, failures)
	return scan.UnversionedTexts(manifest.Unversioned(docs, packages))
}

// By ecosystem and file, with the command that writes a lock file.
func TestPackagesWithoutAVersionAreCounted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"ranges of npm": {map[string]string{"package.json": `{"dependencies": {"a": "^1.0.0", "b": ">=2", "c": "1.0.0"}, "devDependencies": {"a": "^1.0.0"}}`, "web/package.json": `{"dependencies": {"d": "latest"}}`},
			[]string{"3 packages of npm have no version here and were not checked: package.json (2), web/package.json (1); `npm install --package-lock-only` writes the versions down"}},
		"with a lock file":     {map[string]string{"package.json": `{"dependencies": {"a": "^1.0.0"}}`, "package-lock.json": `{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}`}, nil},
		"parts of the project": {map[string]string{"package.json": `{"dependencies": {"a": "workspace:*", "b": "file:../b", "c": "link:../c"}}`}, nil},
		"from a repository": {map[string]string{"package-lock.json": `{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0", "resolved": "git+ssh://git@example.org/a.git#0123"}}}`},
			[]string{"1 package of npm comes from a repository or an address, and was not checked: package-lock.json (1)"}},
		"a branch of Composer": {map[string]string{"composer.lock": `{"packages": [{"name": "a/b", "version": "dev-main"}]}`},
			[]string{"1 package of Packagist comes from a repository or an address, and was not checked: composer.lock (1)"}},
		"Maven under a parent elsewhere": {map[string]string{"pom.xml": "<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent><artifactId>a</artifactId><dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId></dependency></dependencies></project>"},
			[]string{"1 package of Maven has no version here and was not checked: pom.xml (1); `mvn org.cyclonedx:cyclonedx-maven-plugin:makeBom -DoutputDirectory=.` writes the versions down"}},
		"the binary lock of Bun": {map[string]string{"bun.lockb": "#!/usr/bin/env bun\n\x00", "package.json": `{"dependencies": {"a": "^1.0.0"}}`},
			[]string{"1 package of npm has no version here and was not checked: package.json (1); `bun install --save-text-lockfile` writes the versions down",
				"in a form that is not read, so that packages of npm were not checked: bun.lockb; `bun install --save-text-lockfile` writes the versions down"}},
		"requirements": {map[string]string{"requirements.txt": "a\nb>=1\nc==1\n"},
			[]string{"2 packages of PyPI have no version here and were not checked: requirements.txt (2); `pip-compile` writes the versions down"}},
		"a list that a program works out": {map[string]string{"setup.py": "from setuptools import setup\nsetup(install_requires=read('requirements.txt'))\n"},
			[]string{"in a form that is not read, so that packages of PyPI were not checked: setup.py; `pip-compile setup.py` writes the versions down"}},
		"conda": {map[string]string{"environment.yml": "dependencies:\n  - python=3.12\n  - numpy=1.26\n  - conda-forge::scipy\n  - pip:\n    - requests==2.30.0\n    - flask\n"},
			[]string{"1 package of PyPI has no version here and was not checked: environment.yml (1); give each package below pip its version with ==",
				"2 packages of conda were not checked, because there are no advisories for such packages: environment.yml (2)"}},
		"vcpkg, Helm, Carthage": {map[string]string{"vcpkg.json": `{"dependencies": ["zlib", {"name": "curl", "features": ["ssl"]}]}`, "Chart.yaml": "dependencies:\n- name: redis\n  version: 1.0.0\n  repository: https://example.org\n", "Cartfile": "github \"a/b\" ~> 1.0\n"},
			[]string{"1 package of Carthage was not checked, because there are no advisories for such packages: Cartfile (1)",
				"1 package of Helm was not checked, because there are no advisories for such packages: Chart.yaml (1)",
				"2 packages of vcpkg were not checked, because there are no advisories for such packages: vcpkg.json (2)"}},
		"images and steps": {map[string]string{"Dockerfile": "FROM alpine\n"}, nil},
	} {
		require.Equal(t, c.want, open(t, c.files), name)
	}
}

// Only a lock file with the package determines its version.
func TestALockFileOfSomethingElseHidesNoRange(t *testing.T) {
	t.Parallel()
	const npm = "%s of npm %s no version here and %s not checked: package.json (%d); `npm install --package-lock-only` writes the versions down"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"of another project": {map[string]string{"package.json": `{"dependencies": {"a": "^1", "b": "^1"}}`, "package-lock.json": `{"lockfileVersion": 3, "packages": {"node_modules/b": {"version": "1.0.0"}}}`},
			[]string{fmt.Sprintf(npm, "1 package", "has", "was", 1)}},
		"above": {map[string]string{"web/package.json": `{"dependencies": {"a": "^1"}}`, "yarn.lock": "b@^1:\n  version \"1.0.0\"\n"},
			[]string{strings.Replace(fmt.Sprintf(npm, "1 package", "has", "was", 1), "package.json", "web/package.json", 1)}},
		"of Python": {map[string]string{"pyproject.toml": "[project]\ndependencies = [\"a>=1\", \"b>=1\"]\n", "poetry.lock": "[[package]]\nname = \"b\"\nversion = \"1.0\"\n\n[metadata]\nlock-version = \"2.1\"\ncontent-hash = \"0\"\n"},
			[]string{"1 package of PyPI has no version here and was not checked: pyproject.toml (1); `uv lock` writes the versions down"}},
		"of JSR and npm":            {map[string]string{"deno.json": `{"imports": {"a": "jsr:@std/a@^1", "b": "npm:b@^2"}}`, "deno.lock": `{"version": "5", "specifiers": {"jsr:@std/a@^1": "1.0.0", "npm:b@^2": "2.1.0"}, "jsr": {"@std/a@1.0.0": {"integrity": "0"}}, "npm": {"b@2.1.0": {"integrity": "x"}}}`}, nil},
		"a gem of another platform": {map[string]string{"Gemfile": "gem 'a', '~> 1'\ngem 'zone', platforms: %i[mingw mswin x64_mingw jruby]\n", "Gemfile.lock": "GEM\n  specs:\n    a (1.0)\n\nDEPENDENCIES\n  a (~> 1)\n  zone\n"}, nil},
		"a gem of this platform": {map[string]string{"Gemfile": "gem 'a', '~> 1'\ngem 'zone', platforms: [:ruby, :jruby]\n", "Gemfile.lock": "GEM\n  specs:\n    a (1.0)\n\nDEPENDENCIES\n  a (~> 1)\n  zone\n"},
			[]string{"1 package of RubyGems has no version here and was not checked: Gemfile (1); `bundle lock` writes the versions down"}},
	} {
		require.Equal(t, c.want, open(t, c.files), name)
	}
}

// The package may come in through another one, or the file may be a renamed requirements file.
func TestAConstraintThatNothingAsksForIsCounted(t *testing.T) {
	t.Parallel()
	files := map[string]string{"requirements.txt": "-c constraints.txt\na\n", "constraints.txt": "a==1.0\nb==1.0\nc==2.0\nd>=2\ne==1.0  # via a\n", "deploy/constraints.txt": "f==1\n"}
	require.Equal(t, []string{"3 packages of PyPI are pinned only by constraints, and were not checked, because nothing here requires them: constraints.txt (2), deploy/constraints.txt (1)"}, open(t, files))
	require.Equal(t, "constraints.txt:5 e 1.0 transitive\nrequirements.txt:2 a 1.0 direct at constraints.txt:1\n", listed(tree(t, files)))
}

// The literals are read, without running anything.
func TestProgramsThatAreManifestsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for path, c := range map[string]struct{ text, want, unversioned string }{
		"build.gradle": {`buildscript { dependencies { classpath "com.example:tool:3.0" } }
plugins { id 'org.example.plugin' version '1.5' }
ext { acmeVersion = '2.2' }
def other = "7.1"
dependencies {
  implementation 'org.acme:web:1.0'
  api("org.acme:api:1.1:tests@jar") { exclude group: 'x.y', module: 'z' }
  testImplementation group: 'junit', name: 'junit', version: '4.12'
  // implementation 'org.acme:gone:1.0'
  /* api 'org.acme:gone:2.0' */
  implementation "org.acme:var:$acmeVersion"
  implementation "org.acme:braces:${other}"
  implementation 'org.acme:sum:' + acmeVersion
  runtimeOnly 'org.acme:managed'
  implementation 'org.acme:range:1.+'
  implementation platform('org.acme:bom:5.0')
  implementation project(':core')
  implementation "org.acme:unknown:$nowhere"
  implementation files('a:b:c')
}
task docs { url = "https://example.org:8080/a:b:c" }
`, `com.example:tool 3.0 dev
org.example.plugin:org.example.plugin.gradle.plugin 1.5 dev
org.acme:web 1.0
org.acme:api 1.1
junit:junit 4.12 dev
org.acme:var 2.2
org.acme:braces 7.1
org.acme:sum 2.2
org.acme:bom 5.0
`, "3 packages of Maven"},
		"app/build.gradle.kts": {`val acme by extra("2.5")
val ktor: String by project
dependencies {
    implementation("org.acme:web:1.0")
    testImplementation(kotlin("test"))
    implementation("org.acme", "three", "3.0")
    implementation(group = "org.acme", name = "named", version = "4.0")
    implementation("org.acme:var:$acme")
    implementation("org.acme:ktor:$ktor")
    implementation(libs.acme.core)
}
`, "org.acme:web 1.0\norg.acme:three 3.0\norg.acme:named 4.0\norg.acme:var 2.5\n", "1 package of Maven"},
		"Gemfile": {`source "https://rubygems.org"
ruby "3.3.0"
gem "rails", "7.0.4"
gem 'puma', '~> 6.0'
gem "exact", "= 1.2.3", require: false
gem "forked", git: "https://example.org/forked.git"
gem "own", path: "../own"
# gem "gone", "1.0"
group :development, :test do
  gem "rspec", "3.12.0"
end
group :production do
  gem "pg", "1.5.0"
end
gem "lint", "1.0", group: :test
`, "rails 7.0.4\nexact 1.2.3\nrspec 3.12.0 dev\npg 1.5.0\nlint 1.0 dev\n", "1 package of RubyGems"},
		"acme.gemspec": {"Gem::Specification.new do |s|\n  s.add_dependency \"rack\", \"2.2.3\"\n  s.add_development_dependency('rake', '= 13.0')\n  s.add_runtime_dependency 'a', '>= 1', '< 2'\nend\n",
			"rack 2.2.3\nrake 13.0 dev\n", "1 package of RubyGems"},
		"setup.cfg": {"[metadata]\nname = x\n[options]\npackages = find:\ninstall_requires =\n  requests==2.30.0\n  # a comment\n  flask>=2; python_version > '3'\n  exact===1.0\nsetup_requires = wheel==0.40; setuptools\n[options.extras_require]\ntest = pytest==7.0\n[other]\ninstall_requires = gone==1.0\n",
			"requests 2.30.0\nexact 1.0\nwheel 0.40 dev\npytest 7.0\n", "1 package of PyPI"},
		"setup.py": {"from setuptools import setup\nREQS = [\n  'flask==2.0.1',  # why\n  \"jinja2>=3\",\n]\nsetup(\n  name='x',\n  install_requires=REQS,\n  tests_require=['pytest==7.0'],\n  extras_require={'dev': ['black==23.1.0'], 'docs': ['sphinx']},\n)\n",
			"flask 2.0.1\npytest 7.0 dev\nblack 23.1.0\n", "2 packages of PyPI"},
		"conanfile.txt": {"[requires]\nzlib/1.2.11 # why\nopenssl/[>=1.1]\nfmt/9.0@user/channel\n[tool_requires]\ncmake/3.22.6\n[generators]\nCMakeDeps\n",
			"zlib 1.2.11\nfmt 9.0\ncmake 3.22.6 dev\n", "1 package of ConanCenter"},
		"conanfile.py": {"class X(ConanFile):\n    requires = \"zlib/1.2.11\", \"fmt/9.0\"\n    def requirements(self):\n        self.requires(\"openssl/1.1.1k\")\n    def build_requirements(self):\n        self.tool_requires(\"cmake/[>3]\")\n",
			"zlib 1.2.11\nfmt 9.0\nopenssl 1.1.1k\n", "1 package of ConanCenter"},
		"Package.swift": {"let package = Package(dependencies: [\n  .package(url: \"https://example.org/acme/a.git\", exact: \"1.2.3\"),\n  .package(url: \"https://example.org/acme/b\", .exact(\"2.0.0\")),\n  .package(url: \"https://example.org/acme/c\", from: \"3.0.0\"),\n  .package(path: \"../own\"),\n])\n",
			"https://example.org/acme/a.git 1.2.3\nhttps://example.org/acme/b 2.0.0\n", "1 package of SwiftURL"},
		"pubspec.yaml": {"dependencies:\n  flutter:\n    sdk: flutter\n  http: 1.1.0\n  path: ^1.8.0\n  own:\n    path: ../own\ndev_dependencies:\n  test: 1.24.0\n",
			"http 1.1.0\ntest 1.24.0 dev\n", "1 package of Pub"},
		"mix.exs": {"defp deps do\n  [\n    {:phoenix, \"1.7.0\"},\n    {:ecto, \"~> 3.10\"},\n    {:credo, \"== 1.7.0\", only: [:dev, :test], runtime: false},\n    {:own, path: \"../own\"}\n  ]\nend\n",
			"phoenix 1.7.0\ncredo 1.7.0 dev\n", "1 package of Hex"},
		"build.sbt": {"scalaVersion := \"2.13.12\"\nval acme = \"1.4\"\nlibraryDependencies ++= Seq(\n  \"org.acme\" % \"plain\" % \"1.0\",\n  \"org.acme\" %% \"scala\" % acme,\n  \"org.acme\" %% \"tested\" % \"2.0\" % Test,\n  \"org.acme\" % \"open\" % nowhere\n)\n",
			"org.acme:plain 1.0\norg.acme:scala_2.13 1.4\norg.acme:tested_2.13 2.0 dev\n", "1 package of Maven"},
	} {
		files := map[string]string{path: c.text}
		var list strings.Builder
		packages := tree(t, files)
		for i := range packages {
			list.WriteString(packages[i].Name + " " + packages[i].Version)
			if packages[i].Development {
				list.WriteString(" dev")
			}
			if packages[i].Version != "" && packages[i].Origin == scan.OriginRegistry {
				list.WriteString("\n")
				continue
			}
			t.Errorf("%s: %s has no version", path, packages[i].Name)
		}
		require.Equal(t, sorted(c.want), sorted(list.String()), path)
		said := strings.Join(open(t, files), "\n")
		require.Contains(t, said, c.unversioned, path)
	}
}

func sorted(lines string) []string {
	list := strings.Split(strings.TrimSpace(lines), "\n")
	slices.Sort(list)
	return list
}

// Sources are gradle.properties, the root's build and the scripts that it applies. The line to change is the one that
// sets the version.
func TestVariablesOfGradleComeFromTheFoldersAbove(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"gradle.properties":       "# versions\nacmeVersion=1.4\n",
		"build.gradle":            "ext.webVersion = '2.1'\n",
		"gradle/versions.gradle":  "ext {\n  versions = [\n    db: '3.2'\n  ]\n}\n",
		"a/b/build.gradle":        "dependencies {\n  implementation \"org.acme:core:${acmeVersion}\"\n  implementation \"org.acme:web:$rootProject.ext.webVersion\"\n  implementation \"org.acme:db:${versions.db}\"\n}\n",
		"other/gradle.properties": "acmeVersion=9.9\n",
	})
	require.Equal(t, `a/b/build.gradle:2 org.acme:core 1.4 direct at gradle.properties:2
a/b/build.gradle:3 org.acme:web 2.1 direct at build.gradle:1
a/b/build.gradle:4 org.acme:db 3.2 direct at gradle/versions.gradle:3
`, listed(packages))
	require.Len(t, open(t, map[string]string{"build.gradle": "def v = '1.0'\nif (x) { v = '2.0' }\ndependencies { implementation \"org.acme:a:$v\" }\n"}), 1, "of two values none is the version")
}
