package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

// An installed package is recognized by its folder, or by the files that the tool leaves.
func TestInstalledPackagesAreNotTheProject(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		paths []string
		want  []string
	}{
		"by their folders": {[]string{
			"a/node_modules/x/package.json", "bower_components/x/package.json", ".venv/requirements.txt", "env/lib/python3.12/site-packages/x/requirements.txt",
			"vendor/bundle/ruby/3.2.0/gems/x-1/Gemfile.lock", "gems/ruby/2.6.0/gems/x-1/Gemfile.lock", "ios/Pods/x/package.json", "Carthage/Checkouts/x/Package.resolved",
			".tox/py/x/pyproject.toml", ".yarn/unplugged/x/package.json", "vendor/example.com/x/y/package.json", "package.json",
		}, []string{"package.json"}},
		"of Composer":           {[]string{"composer.lock", "vendor/a/b/composer.lock", "vendor/a/b/package.json", "vendor/composer/installed.json"}, []string{"composer.lock", "vendor/composer/installed.json"}},
		"of Composer, below":    {[]string{"app/composer.json", "app/vendor/a/b/c/composer.json"}, []string{"app/composer.json"}},
		"of Go":                 {[]string{"go.mod", "vendor/modules.txt", "vendor/x/package.json"}, []string{"go.mod", "vendor/modules.txt"}},
		"of Cargo":              {[]string{"Cargo.lock", "vendor/x/.cargo-checksum.json", "vendor/x/Cargo.toml", "vendor/own/Cargo.toml"}, []string{"Cargo.lock", "vendor/own/Cargo.toml"}},
		"of Mix":                {[]string{"mix.lock", "deps/x/mix.lock"}, []string{"mix.lock"}},
		"of the project itself": {[]string{"vendor/theme/package.json", "vendor/x/y/pom.xml", "deps/x/mix.lock", "myvendor/a/b/go.mod"}, []string{"vendor/theme/package.json", "vendor/x/y/pom.xml", "deps/x/mix.lock", "myvendor/a/b/go.mod"}},
		"another tool's":        {[]string{"package.json", "vendor/x/y/package.json"}, []string{"package.json", "vendor/x/y/package.json"}},
	} {
		var got []string
		chosen, installed := manifest.Choose(c.paths)
		named := 0
		for _, i := range chosen {
			got = append(got, c.paths[i])
		}
		for _, path := range c.paths {
			if path != "vendor/x/.cargo-checksum.json" {
				named++
			}
		}
		require.Equal(t, c.want, got, name)
		require.Equal(t, named-len(c.want), installed, name)
	}
	chosen, installed := manifest.Choose([]string{"", "package.json"})
	require.Equal(t, []int{1}, chosen)
	require.Zero(t, installed)
}

// vendor/modules.txt and Composer's list add what the project's own files do not tell.
func TestListsOfWhatIsInstalled(t *testing.T) {
	t.Parallel()
	require.Equal(t, `go.mod:4 example.com/a 1.0.0 direct
go.mod:5 example.com/b 1.0.0 direct
vendor/modules.txt:4 example.com/b 1.1.0 direct
vendor/modules.txt:9 example.com/fork 2.0.0 transitive
`, listed(tree(t, map[string]string{
		"go.mod":             "module m\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n)\n",
		"vendor/modules.txt": "# example.com/a v1.0.0\n## explicit; go 1.20\nexample.com/a\n# example.com/b v1.1.0\n## explicit\nexample.com/b\nexample.com/b/c\n# example.com/none v1.0.0\n# example.com/c v1.0.0 => example.com/fork v2.0.0\nexample.com/c\n# example.com/d v1.0.0 => ./d\nexample.com/d\n# example.com/c => example.com/fork v2.0.0\n",
	})))
	require.Equal(t, `app/composer.lock:1 a/one 1.0.0
app/vendor/composer/installed.json:2 A/two 2.0.0
app/vendor/composer/installed.json:3 a/dev 3.0.0 dev
old/vendor/composer/installed.json:1 a/one v1.0.0
`, listed(tree(t, map[string]string{
		"app/composer.lock":                  `{"packages": [{"name": "a/one", "version": "1.0.0"}]}`,
		"app/vendor/composer/installed.json": "{\"packages\": [{\"name\": \"a/one\", \"version\": \"1.0.0\"},\n{\"name\": \"A/two\", \"version\": \"2.0.0\"},\n{\"name\": \"a/dev\", \"version\": \"3.0.0\"}], \"dev\": true, \"dev-package-names\": [\"A/dev\"]}",
		"old/vendor/composer/installed.json": `[{"name": "a/one", "version": "v1.0.0"}]`,
	})))
}
