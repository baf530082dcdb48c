package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestATemplateIsNamedAndNoFailure: no package manager reads it before a generator has filled it in.
func TestATemplateIsNamedAndNoFailure(t *testing.T) {
	t.Parallel()
	for path, text := range map[string]string{
		"{{cookiecutter.name}}/package.json": "{\"name\": {{ cookiecutter.name | tojson }}, \"dependencies\": {\"a\": \"1.0.0\"}}",
		"templates/package.json":             "{\"dependencies\": {<% if (a) { %>\"a\": \"1.0.0\"<% } %>}}",
		"tpl/pyproject.toml":                 "[project]\n{% if x %}\ndependencies = [\"a==1\"]\n{% endif %}\n",
		"tpl/requirements.txt":               "{% if django %}\ndjango==4.2\n{% endif %}\n",
		"tpl/composer.json":                  "{{#deps}}{\"require\": {}}{{/deps}}",
	} {
		require.Empty(t, problems(t, map[string]string{path: text}), path)
		said := open(t, map[string]string{path: text})
		require.Len(t, said, 1, path)
		require.Contains(t, said[0], "in a form that is not read", path)
	}
	for path, text := range map[string]string{
		"package-lock.json":       "{\"lockfileVersion\": {{ version }}}",
		"package.json":            "{\"dependencies\": {\"a\": ",
		".github/workflows/a.yml": "jobs: {a: [\n${{ github.ref }}\n",
	} {
		require.NotEmpty(t, problems(t, map[string]string{path: text}), path)
	}
}
