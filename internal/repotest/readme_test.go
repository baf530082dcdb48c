package repotest

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
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

var update = flag.Bool("update", false, "write the tables of the documents and pipe.yml again")

// The order of the sections is fixed, because readers look for them where every pipe has them.
func TestReadmeFollowsTheTemplate(t *testing.T) {
	t.Parallel()
	text := readText(t, "README.md")
	require.True(t, strings.HasPrefix(text, "# Bitbucket Pipelines Pipe: Sluice\nSluice "))
	var sections []string
	for _, found := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(text, -1) {
		sections = append(sections, found[1])
	}
	require.Equal(t, []string{
		"YAML Definition", "Variables", "Prerequisites", "Examples", "Exit codes", "Documentation", "Support", "License",
	}, sections)
	require.LessOrEqual(t, strings.Count(text, "\n"), 250, "what is longer goes to a page in docs")
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

// blocks returns the fenced blocks of one language.
func blocks(text, language string) []string {
	var list []string
	for _, found := range regexp.MustCompile("(?ms)^ *```"+language+"\n(.*?)^ *```$").FindAllStringSubmatch(text, -1) {
		list = append(list, found[1])
	}
	return list
}

// TestDocumentYAML checks every YAML block: pipelines, one item of a script, settings of the hook, or a .sluice.yml.
func TestDocumentYAML(t *testing.T) {
	t.Parallel()
	pipelineBlocks, items, policies, hooks := 0, 0, 0, 0
	for _, block := range blocks(allDocuments(t), "yaml") {
		switch {
		case strings.HasPrefix(block, "pipelines:"):
			pipelineBlocks++
			require.Empty(t, parsePipelines([]byte(block)).problems, block)
		case strings.HasPrefix(block, "- pipe:"):
			items++
			// Optional variables in the template are commented out; uncommented, they must exist.
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
			policy, err := scan.ParsePolicy("document", []byte(block))
			require.NoError(t, err)
			require.Empty(t, policy.Warnings)
			if policy.SecretRules != nil {
				rules, err := secret.DecodeRules("document", policy.SecretRules)
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

// requireHookSettings parses the settings of the hook as the hook does.
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

// TestDocumentCommands asks the program whether it has the commands and flags in the documents.
func TestDocumentCommands(t *testing.T) {
	t.Parallel()
	help := func(args ...string) string {
		out, code := run(t, ".", bare(t), program(t), append(args, "--help")...)
		require.Zero(t, code, out)
		return out
	}
	commands := map[string]string{"": help()}
	for _, name := range []string{"scan", "pipe", "publish", "report", "report list", "report show", "report delete", "preview", "db", "db update", "db build", "db info", "rules", "rules list", "rules show", "rules test", "token", "token add", "rules explain", "hook", "hook pre-receive", "serve", "user", "user add", "user grant", "user password", "user disable", "user group", "user link", "user list", "backup", "restore", "rotate-key", "version", "completion", "connection", "connection add", "connection list", "connection check", "connection sync", "connection rotate", "connection remove"} {
		commands[name] = help(strings.Fields(name)...)
	}
	commands["rules check"] = help("rules", "check")
	seen := 0
	for _, name := range documents(t) {
		if name == "CHANGELOG.md" {
			continue // It names commands of past versions.
		}
		for _, found := range regexp.MustCompile("(?:^|[`|] ?)(?:sluice|go run \\.) ([a-z-]+)([^`|#\n]*)").FindAllStringSubmatch(strings.ReplaceAll(readText(t, name), "\n", "\n`"), -1) {
			command := found[1]
			if sub := strings.Fields(found[2]); (command == "report" || command == "rules" || command == "db" || command == "hook" || command == "user" || command == "token" || command == "connection") && len(sub) > 0 {
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

// The first command of a new user must succeed, and find this repository clean.
func TestReadmeFirstCommand(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(".git"); err != nil {
		t.Skip("not a clone")
	}
	out, code := run(t, ".", bare(t), program(t), "scan", "--worktree")
	require.Zero(t, code, out)
	require.Contains(t, out, "Safe to merge")
}

func TestDocumentExitCodes(t *testing.T) {
	t.Parallel()
	text := readText(t, "README.md")
	for code, words := range map[int]string{
		scan.ExitOK: "nothing at or above the gate", scan.ExitError: "the scan did not finish", scan.ExitUsage: "wrong usage or configuration",
		scan.ExitFindings: "findings at or above the gate",
	} {
		require.Contains(t, text, fmt.Sprintf("\n| %d | %s", code, words))
	}
}

// TestDocumentLimits compares the numbers in the documents with the constants.
func TestDocumentLimits(t *testing.T) {
	t.Parallel()
	text := allDocuments(t)
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
		require.Equal(t, 1, strings.Count(text, "\n"+row), row)
	}
	detector, err := secret.New(secret.Options{})
	require.NoError(t, err)
	kinds := regexp.MustCompile(`More than (\d+) kinds of credentials`).FindAllStringSubmatch(text, -1)
	require.NotEmpty(t, kinds)
	for _, found := range kinds {
		number, err := strconv.Atoi(found[1])
		require.NoError(t, err)
		require.Greater(t, len(detector.Rules()), number)
	}
}

// TestDocumentTroubleshooting finds every quoted message in the source, because an outdated text helps nobody.
func TestDocumentTroubleshooting(t *testing.T) {
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
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(readText(t, "docs/troubleshooting.md"), -1)
	require.Greater(t, len(rows), 15)
	for _, row := range rows {
		// The parts are separated by the values that fmt fills in.
		var parts []string
		for part := range strings.SplitSeq(row[1], "…") {
			parts = append(parts, regexp.QuoteMeta(strings.ReplaceAll(part, "%", "%%")))
		}
		pattern := regexp.MustCompile(strings.Join(parts, `%[a-z]`))
		require.True(t, slices.ContainsFunc(literals, pattern.MatchString), "no message of the program says %q", row[1])
	}
}
