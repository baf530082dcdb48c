package main_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/hook"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

var update = flag.Bool("update", false, "write the tables of README.md and pipe.yml again")

// required are the variables that a run outside of Pipelines cannot do without.
var required = []string{"BITBUCKET_COMMIT", "BITBUCKET_WORKSPACE", "BITBUCKET_REPO_SLUG", "BITBUCKET_PROJECT_KEY"}

// variablesTable is the table of one group.
func variablesTable(group string) string {
	var b strings.Builder
	b.WriteString("| Variable | Usage |\n|---|---|\n")
	for _, v := range pipe.Variables() {
		if v.Group != group {
			continue
		}
		name := "`" + v.Name + "`"
		if slices.Contains(required, v.Name) {
			name += ` (\*)`
		}
		usage := strings.ToUpper(v.Usage[:1]) + v.Usage[1:] + "."
		if v.Default != "" {
			usage += " Default: `" + v.Default + "`."
		}
		fmt.Fprintf(&b, "| %s | %s |\n", name, strings.ReplaceAll(usage, "|", `\|`))
	}
	return b.String()
}

var variablesSection = regexp.MustCompile(`(?s)<!-- variables: (\w+) -->\n(.*?)<!-- end -->`)

// TestReadmeVariables holds the tables to the configuration: every variable, its usage and its default, nothing else.
func TestReadmeVariables(t *testing.T) {
	t.Parallel()
	text := readText(t, "README.md")
	if *update {
		text = variablesSection.ReplaceAllStringFunc(text, func(section string) string {
			group := variablesSection.FindStringSubmatch(section)[1]
			return "<!-- variables: " + group + " -->\n" + variablesTable(group) + "<!-- end -->"
		})
		require.NoError(t, os.WriteFile("README.md", []byte(text), 0o644))
	}
	var groups, names []string
	for _, found := range variablesSection.FindAllStringSubmatch(text, -1) {
		groups = append(groups, found[1])
		require.Equal(t, variablesTable(found[1]), found[2], "run go test -run TestReadmeVariables -update . to write the tables again")
		for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)`").FindAllStringSubmatch(found[2], -1) {
			names = append(names, row[1])
		}
	}
	require.Equal(t, []string{"Scan", "Output", "Report", "Access", "Pipeline"}, groups)
	require.ElementsMatch(t, variableNames(), names)
	require.Greater(t, len(names), 40)
}

var settingsSection = regexp.MustCompile(`(?s)<!-- settings -->\n(.*?)<!-- end -->`)

// settingsTable lists the settings of the server as the API has them.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| Setting | Meaning | Default |\n|---|---|---|\n")
	for _, k := range store.KnownSettings {
		value := k.Default
		if k.Kind == store.KindWord {
			value += " (of " + strings.Join(k.Words, ", ") + ")"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Name, strings.ReplaceAll(k.Meaning, "**", "\\*\\*"), strings.ReplaceAll(value, "**", "\\*\\*"))
	}
	return b.String()
}

func TestReadmeSettings(t *testing.T) {
	t.Parallel()
	text := readText(t, "README.md")
	if *update {
		text = settingsSection.ReplaceAllLiteralString(text, "<!-- settings -->\n"+settingsTable()+"<!-- end -->")
		require.NoError(t, os.WriteFile("README.md", []byte(text), 0o644))
	}
	found := settingsSection.FindStringSubmatch(text)
	require.NotNil(t, found)
	require.Equal(t, settingsTable(), found[1], "run go test -run TestReadmeSettings -update . to write the table again")
}

// TestReadmeFollowsTheTemplate holds the order of the sections: strangers look for them where every pipe has them.
func TestReadmeFollowsTheTemplate(t *testing.T) {
	t.Parallel()
	text := readText(t, "README.md")
	require.True(t, strings.HasPrefix(text, "# Bitbucket Pipelines Pipe: Sluice\nSluice "))
	var sections []string
	for _, found := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(text, -1) {
		sections = append(sections, found[1])
	}
	require.Equal(t, []string{
		"YAML Definition", "Variables", "Prerequisites", "Examples", "What is checked", "Serve a whole Bitbucket", "How new is decided", "Suppressions", ".sluice.yml",
		"Rules of your own", "Exit codes", "Limits", "Speed", "Data Center", "On your own git server", "Troubleshooting", "Support", "License",
	}, sections)
	intro, _, _ := strings.Cut(text, "\n## ")
	order := []string{"\n![", "```yaml\n", "```sh\ngo run . scan ", "\ngo test ./... ", "**Not yet.**"}
	for i, mark := range order {
		require.Contains(t, intro, mark)
		if i > 0 {
			require.Less(t, strings.Index(intro, order[i-1]), strings.Index(intro, mark))
		}
	}
	first, _, _ := strings.Cut(strings.SplitN(intro, "```yaml\n", 2)[1], "```")
	require.LessOrEqual(t, strings.Count(first, "\n"), 10, "the first example is short")
}

// TestReadmeLinks follows every link that stays in the repository.
func TestReadmeLinks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "examples/README.md"} {
		text := readText(t, name)
		anchors := map[string]bool{}
		for _, found := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
			anchors[anchor(found[1])] = true
		}
		for _, found := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			link := found[1]
			switch {
			case strings.HasPrefix(link, "https://"):
			case link[0] == '#':
				require.True(t, anchors[link[1:]], "%s: no section %s", name, link)
			case strings.HasPrefix(name, "examples/"):
				require.FileExists(t, "examples/"+link, name)
			default:
				require.FileExists(t, link, name)
			}
		}
	}
}

// anchor is the name that Bitbucket and GitHub give a heading.
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

func TestReadmePicture(t *testing.T) {
	t.Parallel()
	file, err := os.Open("docs/pull-request.png")
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	config, err := png.DecodeConfig(file)
	require.NoError(t, err)
	require.GreaterOrEqual(t, config.Width, 1000)
	info, err := file.Stat()
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(500<<10), "a picture that loads at once")
}

// blocks are the fenced blocks of one language.
func blocks(text, language string) []string {
	var list []string
	for _, found := range regexp.MustCompile("(?ms)^ *```"+language+"\n(.*?)^ *```$").FindAllStringSubmatch(text, -1) {
		list = append(list, found[1])
	}
	return list
}

// TestReadmeYAML checks every YAML block: pipelines, one item of a script, or a .sluice.yml.
func TestReadmeYAML(t *testing.T) {
	t.Parallel()
	pipelineBlocks, items, policies, hooks := 0, 0, 0, 0
	for _, block := range blocks(readText(t, "README.md"), "yaml") {
		switch {
		case strings.HasPrefix(block, "pipelines:"):
			pipelineBlocks++
			require.Empty(t, parsePipelines([]byte(block)).problems, block)
		case strings.HasPrefix(block, "- pipe:"):
			items++
			// The variables of the template are comments; without their marks they must exist.
			block = regexp.MustCompile(`(?m)^(\s+)# ([A-Z_]+:)`).ReplaceAllString(block, "$1$2")
			var item []struct {
				Pipe      string
				Variables map[string]yaml.Node
			}
			require.NoError(t, yaml.Unmarshal([]byte(block), &item), block)
			require.Greater(t, len(item[0].Variables), 3)
			for name := range item[0].Variables {
				require.Contains(t, variableNames(), name)
			}
		case strings.HasPrefix(block, "# /etc/sluice/hook.yml"):
			hooks++
			requireHookSettings(t, block)
		default:
			policies++
			policy, err := scan.ParsePolicy("README.md", []byte(block))
			require.NoError(t, err)
			require.Empty(t, policy.Warnings)
			if policy.SecretRules != nil {
				rules, err := secret.DecodeRules("README.md", policy.SecretRules)
				require.NoError(t, err)
				tested, err := secret.TestSamples(t.Context(), secret.Options{Rules: rules, WithoutBuiltin: true})
				require.NoError(t, err)
				require.Equal(t, secret.Tested{Rules: 1, Samples: 2}, tested)
				continue
			}
			if len(policy.Dependencies.Ignore) > 0 {
				require.Equal(t, "lodash", policy.Dependencies.Ignore[0].Package)
				require.Empty(t, sca.CheckLicenses(&policy.Dependencies))
				continue
			}
			require.Len(t, policy.Suppress, 3)
			requirePolicyWorks(t, policy)
		}
	}
	require.Equal(t, []int{3, 1, 3, 1}, []int{pipelineBlocks, items, policies, hooks})
}

// requireHookSettings reads the settings of the hook as the hook does.
func requireHookSettings(t *testing.T, block string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hook.yml"), []byte(block), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules.yml"), nil, 0o600))
	settings, err := hook.File{Name: filepath.Join(dir, "hook.yml")}.Settings(t.Context(), "acme/shop")
	require.NoError(t, err)
	require.Equal(t, hook.Settings{
		Enabled: true, Mode: hook.ModeBlock, FailOn: scan.SeverityHigh, Bypass: true, Audit: "/var/log/sluice/audit.jsonl", Rules: []hook.RuleFile{{Name: "rules.yml", Data: []byte{}}},
	}, settings)
	settings, err = hook.File{Name: filepath.Join(dir, "hook.yml")}.Settings(t.Context(), "acme/legacy")
	require.NoError(t, err)
	require.Equal(t, hook.ModeWarn, settings.Mode)
}

// TestReadmeCommands asks the program itself whether it has the commands and flags that the documents name.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	help := func(args ...string) string {
		out, code := run(t, ".", bare(t), program(t), append(args, "--help")...)
		require.Zero(t, code, out)
		return out
	}
	commands := map[string]string{"": help()}
	for _, name := range []string{"scan", "pipe", "publish", "report", "report list", "report show", "report delete", "preview", "db", "db update", "db build", "db info", "rules", "rules list", "rules show", "rules test", "token", "token add", "rules explain", "hook", "hook pre-receive", "serve", "user", "user add", "user grant", "backup", "restore", "version", "completion"} {
		commands[name] = help(strings.Fields(name)...)
	}
	seen := 0
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "examples/README.md"} {
		for _, found := range regexp.MustCompile("(?:^|[`|] ?)(?:sluice|go run \\.) ([a-z]+)([^`|#\n]*)").FindAllStringSubmatch(strings.ReplaceAll(readText(t, name), "\n", "\n`"), -1) {
			command := found[1]
			if sub := strings.Fields(found[2]); (command == "report" || command == "rules" || command == "db" || command == "hook" || command == "user" || command == "token") && len(sub) > 0 {
				command += " " + sub[0]
			}
			require.Contains(t, commands, command, "%s: %q", name, found[0])
			for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(found[2], -1) {
				seen++
				require.Regexp(t, regexp.QuoteMeta(flag)+`\b`, commands[command], "%s: %q", name, found[0])
			}
		}
	}
	require.Greater(t, seen, 6)
}

// TestReadmeFirstCommand is the first command of a stranger: it ends well, and finds this repository clean.
func TestReadmeFirstCommand(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(".git"); err != nil {
		t.Skip("not a clone")
	}
	out, code := run(t, ".", bare(t), program(t), "scan", "--worktree")
	require.Zero(t, code, out)
	require.Contains(t, out, "Safe to merge")
}

func TestReadmeExitCodes(t *testing.T) {
	t.Parallel()
	text := readText(t, "README.md")
	for code, words := range map[int]string{
		scan.ExitOK: "nothing at or above the gate", scan.ExitError: "the scan did not finish", scan.ExitUsage: "wrong usage or configuration",
		scan.ExitFindings: "findings at or above the gate",
	} {
		require.Contains(t, text, fmt.Sprintf("\n| %d | %s", code, words))
	}
}

// TestReadmeLimits compares the numbers of the table with the constants that they speak of.
func TestReadmeLimits(t *testing.T) {
	t.Parallel()
	text := readText(t, "README.md")
	config, err := pipe.Load(func(string) (string, bool) { return "", false })
	require.NoError(t, err)
	for _, row := range []string{
		fmt.Sprintf("| annotations on a report | %d: ", insights.MaxAnnotations),
		fmt.Sprintf("| data items on a report | %d on Cloud, %d on Data Center |", insights.MaxData(bitbucket.Cloud), insights.MaxData(bitbucket.DataCenter)),
		fmt.Sprintf("| length of a summary, of details | %d and %d characters", insights.MaxSummary, insights.MaxDetails),
		// insights.TestPublishTenThousandFindings counts these.
		fmt.Sprintf("| calls to publish 10,000 findings | %d |", insights.MaxAnnotations/insights.MaxBulk+2),
		fmt.Sprintf("| size of a file | %d MB (`MAX_FILE_SIZE`) |", scan.DefaultMaxFileBytes>>20),
		fmt.Sprintf("| time of a scan, of publishing | %.0f minutes (`SCAN_TIMEOUT`), %.0f minutes (`PUBLISH_TIMEOUT`) |",
			time.Duration(config.Scan.ScanTimeout).Minutes(), time.Duration(config.Report.PublishTimeout).Minutes()),
	} {
		require.Contains(t, text, "\n"+row)
	}
	detector, err := secret.New(secret.Options{})
	require.NoError(t, err)
	found := regexp.MustCompile(`More than (\d+) kinds of credentials`).FindStringSubmatch(text)
	require.NotNil(t, found)
	number, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	require.Greater(t, len(detector.Rules()), number)
}

// TestReadmeTroubleshooting finds every quoted message in the source: a text that changed there helps nobody here.
func TestReadmeTroubleshooting(t *testing.T) {
	t.Parallel()
	var literals []string
	eachFile(t, func(_ string, file *ast.File, _ func(token.Pos) int) {
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, err := strconv.Unquote(literal.Value)
				require.NoError(t, err)
				literals = append(literals, text)
			}
			return true
		})
	})
	_, table, ok := strings.Cut(readText(t, "README.md"), "\n## Troubleshooting\n")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n## ")
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(table, -1)
	require.Greater(t, len(rows), 15)
	for _, row := range rows {
		// Between two parts stands what a verb of fmt fills in.
		var parts []string
		for part := range strings.SplitSeq(row[1], "…") {
			parts = append(parts, regexp.QuoteMeta(strings.ReplaceAll(part, "%", "%%")))
		}
		pattern := regexp.MustCompile(strings.Join(parts, `%[a-z]`))
		require.True(t, slices.ContainsFunc(literals, pattern.MatchString), "no message of the program says %q", row[1])
	}
}
