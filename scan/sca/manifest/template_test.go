package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// Templates are read as far as possible, and are not failures.
func TestTemplatesAreRead(t *testing.T) {
	t.Parallel()
	require.Equal(t, `archetype-resources/pom.xml:3 x:y 1 direct
generators/app/templates/package.json:3 left 1.0.0 direct
generators/app/templates/package.json:5 right 2.0.0 direct
{{cookiecutter.slug}}/pyproject.toml:4 requests 2.0 direct
{{cookiecutter.slug}}/requirements.txt:1 django 3.0 direct
{{cookiecutter.slug}}/requirements.txt:3 celery 4.0 direct
`, listed(tree(t, map[string]string{
		"archetype-resources/pom.xml":             "#if( $a < $b )\n<project><artifactId>${artifactId}</artifactId><dependencies>\n<dependency><groupId>x</groupId><artifactId>y</artifactId><version>1</version></dependency></dependencies></project>\n#end\n",
		"generators/app/templates/package.json":   "{\"name\": \"<%= name %>\",\n\"dependencies\": {\n\"left\": \"1.0.0\",\n<% if (right) { %>\n\"right\": \"2.0.0\"\n<% } %>\n}}",
		"{{cookiecutter.slug}}/pyproject.toml":    "{% if x %}\n[project]\ndependencies = [\n\"requests==2.0\",\n{%- endif %}\n]\n",
		"{{cookiecutter.slug}}/requirements.txt":  "django==3.0\n{% if cookiecutter.celery == 'y' %}\ncelery==4.0\n{% endif %}\n{{ more }}\n",
		"{{cookiecutter.slug}}/package-lock.json": "{{ lock }}",
	})))
}

// No package manager reads it before a generator has filled it in.
func TestATemplateThatCannotBeReadIsNamedAndNoFailure(t *testing.T) {
	t.Parallel()
	for path, text := range map[string]string{
		"{{cookiecutter.name}}/package.json":             "{\"name\": {{ cookiecutter.name | tojson }}, \"dependencies\": {\"a\": \"1.0.0\"}}",
		"{{cookiecutter.name}}/package-lock.json":        "{{ lock }}",
		"templates/package.json":                         "{\"dependencies\": {<% if (a) { %>\"a\": \"1.0.0\"<% } else { %>\"b\": \"1.0.0\"<% } %>}}",
		"app_template/pyproject.toml":                    "[project]\n{{ dependencies }}\n",
		"template-react/composer.json":                   "{{#deps}}{\"require\": {}{{/deps}}",
		"src/main/resources/archetype-resources/pom.xml": "<project><dependencies>${dependencies}<dependency></project>",
	} {
		require.Empty(t, problems(t, map[string]string{path: text}), path)
		said := open(t, map[string]string{path: text})
		require.Len(t, said, 1, path)
		require.Contains(t, said[0], "in a form that is not read", path)
	}
}

// Outside a template folder, template marks make a broken file of a manifest that somebody will install. In such a
// folder, a file without marks that fails to parse is broken too.
func TestMarksOfATemplateHideNothingElsewhere(t *testing.T) {
	t.Parallel()
	for path, text := range map[string]string{
		"package-lock.json":           "{\"lockfileVersion\": {{ version }}}",
		"package.json":                "{\"dependencies\": {\"a\": ",
		".github/workflows/a.yml":     "jobs: {a: [\n${{ github.ref }}\n",
		"app/package-lock.json":       "{% x %}",
		"templates/package-lock.json": "{\"packages\": ",
		"contemplates/package.json":   "{{ x }}",
		"template.d.ts/../a/pom.xml":  "<a>{{ x }}",
	} {
		require.NotEmpty(t, problems(t, map[string]string{path: text}), path)
	}
}

// Packages around a line with marks are found, or the file is reported as read in part. "both" means that all of its
// packages are found.
func TestMarksOfATemplateHideNoPackage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, text  string
		both, named bool
	}{
		{"requirements.txt", "a==1\n{{x}}\nb==1\n", true, true},
		{"requirements.txt", "a==1\n{# \nb==1\n#}\n{% if x %}\n", true, true},
		{"pom.xml", "{{x}}<project><dependencies>{{x}}<dependency><groupId>a</groupId><artifactId>a</artifactId><version>1</version></dependency><dependency><groupId>b</groupId><artifactId>b</artifactId><version>1</version></dependency></dependencies></project>", true, false},
		{"pom.xml", "#if( $a < $b )\n<project><dependencies><dependency><groupId>a</groupId><artifactId>a</artifactId><version>1</version></dependency></dependencies></project>\n#end", false, true},
		{"package.json", "{\"dependencies\": {\"a\": \"1.0.0\", {{x}} \"b\": \"1.0.0\"}}", false, true},
		{"package.json", "{% raw %}{\"dependencies\": {\"a\": \"1.0.0\", \"b\": \"1.0.0\"}}", false, true},
		{"package.json", "{\"name\": \"{{x}}\", \"dependencies\": {\"a\": \"1.0.0\", \"b\": \"1.0.0\"}}", true, false},
		{"composer.json", "{\"require\": {\"a/a\": \"1.0.0\", <% x %> \"b/b\": \"1.0.0\"}}", false, true},
		{"pyproject.toml", "{{x}}\n[project]\ndependencies = [\"a==1\", \"b==1\"]\n", false, true},
		{"Cargo.toml", "[dependencies]\na = \"=1.0.0\"\n{{x}}\nb = \"=1.0.0\"\n", false, true},
		{"go.mod", "module m\n\nrequire (\n\ta.b/c v1.0.0\n{{x}}\n\ta.b/d v1.0.0\n)\n", true, true},
		{"build.gradle", "dependencies {\n implementation 'a:a:1'\n <% x %> {{x}}\n implementation 'b:b:1'\n}\n", true, false},
		{"Gemfile", "gem 'a', '1'\n<% x %>\ngem 'b', '1'\n", true, false},
		{"app.csproj", "<Project><ItemGroup><PackageReference Include=\"A\" Version=\"1.0.0\"/>{{x}}<<PackageReference Include=\"B\" Version=\"1.0.0\"/></ItemGroup></Project>", false, true},
		{"setup.cfg", "[options]\ninstall_requires =\n  a==1\n  {{x}}\n  b==1\n", true, false},
		{"environment.yml", "dependencies:\n  - pip:\n    - a==1\n    {{x}}\n    - b==1\n", false, true},
		{"deno.json", "{\"imports\": {\"a\": \"npm:a@1.0.0\", {{x}} \"b\": \"npm:b@1.0.0\"}}", false, true},
		{"libs.versions.toml", "[libraries]\na = \"a:a:1\"\n{{x}}\nb = \"a:b:1\"\n", false, true},
		{"packages.config", "<packages><package id=\"A\" version=\"1.0\"/>{{x}}<<package id=\"B\" version=\"1.0\"/></packages>", false, true},
		{"gradle.lockfile", "a:b:1=x\n{{x}}\na:c:1=x\n", true, true},
		{"Gemfile.lock", "GEM\n  specs:\n    a (1.0)\n{{x}}\n    b (1.0)\n\nDEPENDENCIES\n  a\n", true, true},
		{"yarn.lock", "# yarn lockfile v1\n\n\na@^1:\n  version \"1.0.0\"\n\n{{x}}\n\nb@^1:\n  version \"1.0.0\"\n", false, true},
		{"app.cdx.json", "{\"bomFormat\": \"CycloneDX\", \"components\": [{\"name\": \"a\", \"version\": \"1\", \"purl\": \"pkg:npm/a@1\"}, {{x}}]}", false, true},
	} {
		doc, err := manifest.Read(c.path, []byte(c.text))
		packages, failures := manifest.Resolve([]*document.Document{doc})
		require.Equal(t, c.named, err != nil || len(failures) > 0, "%s %q: %v", c.path, c.text, err)
		if c.both {
			require.Len(t, packages, 2, "%s %q", c.path, c.text)
		}
	}
}
