package repotest

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/variable"
)

// documents lists the documents of the repository, slashed and sorted. Every test of documents uses this list, so that a
// new page is checked from its first day.
func documents(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*.md"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range found {
			list = append(list, filepath.ToSlash(name))
		}
	}
	slices.Sort(list)
	return list
}

// allDocuments returns the concatenated texts of all documents, without the changelog.
func allDocuments(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, name := range documents(t) {
		if name != "CHANGELOG.md" {
			b.WriteString(readText(t, name) + "\n")
		}
	}
	return b.String()
}

func TestDocumentsAreAllListed(t *testing.T) {
	t.Parallel()
	list := documents(t)
	require.Contains(t, list, "docs/server.md")
	for _, name := range tracked(t) {
		if path.Ext(name) == ".md" {
			require.Contains(t, list, name, "put it where documents lists it")
		}
	}
	readme := readText(t, "README.md")
	for _, name := range list {
		if strings.HasPrefix(name, "docs/") {
			require.Contains(t, readme, "\n| ["+name+"]("+name+") |", "README.md does not list %s under Documentation", name)
		}
	}
}

// required are the variables that a run outside Pipelines needs.
var required = []string{"BITBUCKET_COMMIT", "BITBUCKET_WORKSPACE", "BITBUCKET_REPO_SLUG", "BITBUCKET_PROJECT_KEY"}

// important are the variables that README.md explains.
var important = []string{
	"FAIL_ON", "FAIL_SCOPE", "ENGINES", "HISTORY", "VERIFY", "RULES", "BASELINE", "CACHE_DIR", "DB_UPDATE", "FORMAT", "SARIF", "BUILD_STATUS", "PR_COMMENT",
	"BITBUCKET_ACCESS_TOKEN", "DEBUG", "DRY_RUN",
}

// variableGroups are the groups of variables, and the sections of docs/variables.md that explain them.
var variableGroups = []struct{ name, section string }{
	{"Scan", "The scan and the gate"}, {"Output", "Output"}, {"Report", "The report"}, {"Access", "Access to Bitbucket"},
	{"Pipeline", "Variables that Bitbucket sets"},
}

func variableName(v variable.Variable) string {
	name := "`" + v.Name + "`"
	if slices.Contains(required, v.Name) {
		name += ` (\*)`
	}
	return name
}

// variablesTable describes the chosen variables.
func variablesTable(chosen func(variable.Variable) bool) string {
	var b strings.Builder
	b.WriteString("| Variable | Usage |\n|---|---|\n")
	for _, v := range pipe.Variables() {
		if !chosen(v) {
			continue
		}
		usage := strings.ToUpper(v.Usage[:1]) + v.Usage[1:] + "."
		if v.Default != "" {
			usage += " Default: `" + v.Default + "`."
		}
		fmt.Fprintf(&b, "| %s | %s |\n", variableName(v), strings.ReplaceAll(usage, "|", `\|`))
	}
	return b.String()
}

// variableNamesTable lists the names of all variables by group.
func variableNamesTable() string {
	var b strings.Builder
	b.WriteString("| Group | Variables |\n|---|---|\n")
	for _, group := range variableGroups {
		var names []string
		for _, v := range pipe.Variables() {
			if v.Group == group.name {
				names = append(names, variableName(v))
			}
		}
		fmt.Fprintf(&b, "| [%s](docs/variables.md#%s) | %s |\n", group.section, anchor(group.section), strings.Join(names, ", "))
	}
	return b.String()
}

// settingsTable lists the settings of the server in the order of the API.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| Setting | Meaning | Default |\n|---|---|---|\n")
	for _, k := range settings.KnownSettings {
		value := k.Default
		if k.Kind == settings.KindWord {
			value += " (of " + strings.Join(k.Words, ", ") + ")"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Name, strings.ReplaceAll(k.Meaning, "**", "\\*\\*"), strings.ReplaceAll(value, "**", "\\*\\*"))
	}
	return b.String()
}

// documentTables are the generated tables, by the words of their markers.
func documentTables() map[string]string {
	tables := map[string]string{
		"variables: important": variablesTable(func(v variable.Variable) bool { return slices.Contains(important, v.Name) }),
		"variables: names":     variableNamesTable(),
		"settings":             settingsTable(),
	}
	for _, group := range variableGroups {
		tables["variables: "+group.name] = variablesTable(func(v variable.Variable) bool { return v.Group == group.name })
	}
	return tables
}

var tableSection = regexp.MustCompile(`(?s)<!-- (variables: \w+|settings) -->\n(.*?)<!-- end -->`)

// The tables must list every variable and setting with its meaning and its default, and nothing else.
func TestDocumentTables(t *testing.T) {
	t.Parallel()
	tables := documentTables()
	var markers []string
	for _, name := range documents(t) {
		text := readText(t, name)
		if *update && tableSection.MatchString(text) {
			text = tableSection.ReplaceAllStringFunc(text, func(section string) string {
				marker := tableSection.FindStringSubmatch(section)[1]
				return "<!-- " + marker + " -->\n" + tables[marker] + "<!-- end -->"
			})
			require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		}
		for _, found := range tableSection.FindAllStringSubmatch(text, -1) {
			markers = append(markers, found[1])
			require.Equal(t, tables[found[1]], found[2], "%s: run go test -run TestDocumentTables -update ./internal/repotest to write the tables again", name)
		}
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(tables)), markers, "each table stands in one document")
}

// No variable is missing in the groups and in the choice, and none is invented.
func TestDocumentTablesNameEveryVariable(t *testing.T) {
	t.Parallel()
	tables := documentTables()
	var names []string
	for _, group := range variableGroups {
		for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)`").FindAllStringSubmatch(tables["variables: "+group.name], -1) {
			names = append(names, row[1])
		}
	}
	require.ElementsMatch(t, variableNames(), names)
	require.Greater(t, len(names), 40)
	require.Subset(t, names, important)
	require.Subset(t, names, required)
	for _, name := range names {
		require.Contains(t, tables["variables: names"], "`"+name+"`")
	}
}

// documentLinks matches the targets of the links in a text.
var documentLinks = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestDocumentLinks follows every link inside the repository, to the file and to the section in it.
func TestDocumentLinks(t *testing.T) {
	t.Parallel()
	sections := map[string]map[string]bool{}
	for _, name := range documents(t) {
		sections[name] = anchors(readText(t, name))
	}
	links := 0
	for _, name := range documents(t) {
		for _, found := range documentLinks.FindAllStringSubmatch(readText(t, name), -1) {
			if strings.HasPrefix(found[1], "https://") {
				continue
			}
			links++
			file, section, inside := strings.Cut(found[1], "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
				_, err := os.Stat(target)
				require.NoError(t, err, "%s: link to %s", name, found[1])
			}
			if inside {
				require.True(t, sections[target][section], "%s: no section %s", name, found[1])
			}
		}
	}
	require.Greater(t, links, 40)
}

// anchors returns the names of the sections of a document. A line of a code block that begins with # is not a heading.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	code := false
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		if heading := regexp.MustCompile(`^#+ (.*)$`).FindStringSubmatch(line); heading != nil && !code {
			names[anchor(heading[1])] = true
		}
	}
	return names
}

// anchor returns the name that Bitbucket and GitHub give a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return -1
	}, strings.ToLower(heading))
}
