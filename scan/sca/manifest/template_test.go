package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTemplatesAreRead: what will be filled in later is read as far as it goes, and is no failure.
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

// TestATemplateThatCannotBeReadIsNamedAndNoFailure: no package manager reads it before a generator has filled it in.
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

// TestMarksOfATemplateHideNothingElsewhere: outside of a folder of templates they make a broken file of a manifest that somebody
// will install, and in such a folder a file without them broke off.
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
