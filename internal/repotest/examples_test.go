package repotest

import (
	"cmp"
	"fmt"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
)

// demo makes the demo repository in dir, which must not exist.
func demo(t *testing.T, dir string) {
	t.Helper()
	out, code := run(t, ".", os.Environ(), "bash", "testdata/demo", dir)
	require.Zero(t, code, out)
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, code := run(t, dir, os.Environ(), "git", append([]string{"-c", "safe.directory=*"}, args...)...)
	require.Zero(t, code, out)
	return strings.TrimSpace(out)
}

func head(t *testing.T, dir string) string {
	t.Helper()
	return git(t, dir, "rev-parse", "HEAD")
}

// bare returns an environment with only the program on the PATH.
func bare(t *testing.T, more ...string) []string {
	t.Helper()
	path := filepath.Dir(program(t)) + string(os.PathListSeparator) + os.Getenv("PATH")
	return append([]string{"PATH=" + path, "HOME=" + t.TempDir(), "DB_UPDATE=off"}, more...)
}

// serverFiles are examples for the server that are not pipelines.
var serverFiles = []string{"examples/compose.yml", "examples/kubernetes.yml"}

// pipelineFiles are all of our files that Bitbucket Pipelines would read.
func pipelineFiles(t *testing.T) []string {
	t.Helper()
	files := slices.DeleteFunc(tracked(t), func(name string) bool {
		return slices.Contains(serverFiles, name) || path.Base(name) != "bitbucket-pipelines.yml" && (path.Dir(name) != "examples" || path.Ext(name) != ".yml" || path.Base(name)[0] == '.')
	})
	require.GreaterOrEqual(t, len(files), 5)
	return files
}

func TestExamplePipelinesHaveTheirShape(t *testing.T) {
	t.Parallel()
	pipes := 0
	for _, name := range pipelineFiles(t) {
		p := parsePipelines([]byte(readText(t, name)))
		require.Empty(t, p.problems, name)
		pipes += len(p.pipes)
		for _, script := range p.scripts {
			file := filepath.Join(t.TempDir(), "script")
			require.NoError(t, os.WriteFile(file, []byte(script), 0o600))
			out, code := run(t, ".", os.Environ(), "bash", "-n", file)
			require.Zero(t, code, "%s: %s", name, out)
			requireKnownAssignments(t, name, script)
		}
	}
	require.GreaterOrEqual(t, pipes, 5)
}

// requireKnownAssignments checks the variables that scripts set for the program: "FORMAT=html sluice pipe".
func requireKnownAssignments(t *testing.T, name, script string) {
	t.Helper()
	for _, found := range regexp.MustCompile(`((?:[A-Z_]+=\S+ )+)sluice\b`).FindAllStringSubmatch(script, -1) {
		for _, assignment := range strings.Fields(found[1]) {
			variable, _, _ := strings.Cut(assignment, "=")
			require.Contains(t, variableNames(), variable, name)
		}
	}
}

func variableNames() []string {
	var names []string
	for _, v := range pipe.Variables() {
		names = append(names, v.Name)
	}
	return names
}

// authProxy returns an in-memory auth proxy of Pipelines in front of an in-memory Bitbucket.
func authProxy(t *testing.T) (bitbucket *fakebitbucket.Server, variable string) {
	t.Helper()
	bitbucket = fakebitbucket.New()
	listener := httptest.NewServer(bitbucket.ProxyHandler())
	t.Cleanup(listener.Close)
	return bitbucket, "PROXY_URL=" + listener.URL
}

// TestExamplePipesRun runs every use of our pipe in the examples as Pipelines would. A use with credentials would call
// the real Bitbucket, so it is a dry run.
func TestExamplePipesRun(t *testing.T) {
	t.Parallel()
	for _, name := range pipelineFiles(t) {
		for _, item := range parsePipelines([]byte(readText(t, name))).pipes {
			t.Run(name+"/"+item.section, func(t *testing.T) {
				t.Parallel()
				shop := filepath.Join(t.TempDir(), "shop")
				demo(t, shop)
				bitbucket, access := authProxy(t)
				if item.variables["BITBUCKET_ACCESS_TOKEN"] != "" {
					access = "DRY_RUN=true"
				}
				commit := head(t, shop)
				env := bare(t, access,
					"CI=true", "BITBUCKET_CLONE_DIR="+shop, "BITBUCKET_WORKSPACE=acme", "BITBUCKET_REPO_SLUG=shop", "BITBUCKET_BUILD_NUMBER=12",
					"BITBUCKET_BRANCH=feature/checkout", "BITBUCKET_COMMIT="+commit,
				)
				if item.section == "pull-requests" {
					env = append(env, "BITBUCKET_PR_ID=7", "BITBUCKET_PR_DESTINATION_BRANCH=main", "BITBUCKET_PR_DESTINATION_COMMIT="+git(t, shop, "rev-parse", "--short=12", "main"))
				}
				want, result := 3, "FAILED"
				if item.variables["FAIL_ON"] == "NONE" {
					want, result = 0, "PASSED"
				}
				for key, value := range item.variables {
					env = append(env, key+"="+value)
					if strings.HasSuffix(value, ".sarif") {
						writeSARIF(t, filepath.Join(shop, value))
					}
				}
				out, code := run(t, shop, env, program(t))
				require.Equal(t, want, code, out)
				require.Contains(t, out, "report published", out)
				require.NotContains(t, out, secretOf(t, shop))
				requireFilesOfFormat(t, shop, item.variables["FORMAT"])
				if access == "DRY_RUN=true" {
					require.Contains(t, out, "DRY RUN POST https://api.bitbucket.org/2.0/repositories/acme/shop/pullrequests/7/comments")
					require.Contains(t, out, "/statuses/build")
					return
				}
				id := cmp.Or(item.variables["REPORT_ID"], "sluice-security")
				require.Equal(t, []string{"PENDING", result}, bitbucket.States(commit, id))
				annotations := 4
				if item.variables["SARIF_COUNT"] != "" {
					annotations = 6
				}
				require.Len(t, bitbucket.Annotations(commit, id), annotations)
			})
		}
	}
}

// writeSARIF writes a file of another scanner with one finding.
func writeSARIF(t *testing.T, file string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	tool := strings.TrimSuffix(filepath.Base(file), ".sarif")
	require.NoError(t, os.WriteFile(file, []byte(`{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "`+tool+`"}}, "results": [{
		"ruleId": "`+tool+`-1", "level": "warning", "message": {"text": "A finding of `+tool+`."},
		"locations": [{"physicalLocation": {"artifactLocation": {"uri": "app/checkout.py"}, "region": {"startLine": 6}}}]
	}]}]}`), 0o600))
}

func requireFilesOfFormat(t *testing.T, dir, formats string) {
	t.Helper()
	for item := range strings.SplitSeq(formats, ",") {
		if _, file, ok := strings.Cut(item, "="); ok {
			require.FileExists(t, filepath.Join(dir, file))
		}
	}
}

// secretOf returns the payment key in the checked-out commit of the demo repository.
func secretOf(t *testing.T, shop string) string {
	t.Helper()
	found := regexp.MustCompile(`API_KEY = "(\w+)"`).FindStringSubmatch(readText(t, filepath.Join(shop, "app", "checkout.py")))
	require.NotNil(t, found)
	return found[1]
}

// TestExampleExternalCI runs the script against an in-memory Data Center: a pull request that leaks a secret, then its
// destination.
func TestExampleExternalCI(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs("examples/external-ci.sh")
	require.NoError(t, err)
	bitbucket := fakebitbucket.New(fakebitbucket.WithDataCenter("/bitbucket"), fakebitbucket.WithBearer(madeUp))
	listener := httptest.NewServer(bitbucket)
	t.Cleanup(listener.Close)
	shop := filepath.Join(t.TempDir(), "shop")
	demo(t, shop)
	leaked := secretOf(t, shop)
	env := bare(t, "BITBUCKET_SERVER_URL="+listener.URL+"/bitbucket", "BITBUCKET_PROJECT_KEY=SHOP", "BITBUCKET_REPO_SLUG=checkout")

	out, code := run(t, shop, env, "bash", script)
	require.Equal(t, 1, code, out)
	require.Contains(t, out, "BITBUCKET_ACCESS_TOKEN: set it to an access token of the repository")
	require.Empty(t, bitbucket.Requests())

	env = append(env, "BITBUCKET_ACCESS_TOKEN="+madeUp)
	commit := head(t, shop)
	out, code = run(t, shop, append(slices.Clone(env), "BITBUCKET_PR_ID=7", "BITBUCKET_PR_DESTINATION_BRANCH=main"), "bash", script)
	require.Equal(t, 3, code, out)
	require.Contains(t, out, "findings at or above the gate: see the report")
	require.NotContains(t, out, leaked)
	require.NotContains(t, out, madeUp)
	report, ok := bitbucket.Report(commit, "sluice-security")
	require.True(t, ok)
	require.Equal(t, "FAIL", report.Result)
	require.Len(t, bitbucket.Annotations(commit, "sluice-security"), 4)
	require.Contains(t, out, "4 annotations\n", "what `sluice report show` reads back")
	require.FileExists(t, filepath.Join(shop, "sluice.sarif"))
	require.NotContains(t, readText(t, filepath.Join(shop, "sluice.sarif")), leaked)

	git(t, shop, "checkout", "--quiet", "main")
	out, code = run(t, shop, env, "bash", script)
	require.Zero(t, code, out)
	require.Contains(t, out, "safe to merge\n")
	report, ok = bitbucket.Report(head(t, shop), "sluice-security")
	require.True(t, ok)
	require.Equal(t, "PASS", report.Result)
}

// TestExampleStepScript runs the script of the step image's example: a failed gate that lets the step pass.
func TestExampleStepScript(t *testing.T) {
	t.Parallel()
	p := parsePipelines([]byte(readText(t, "examples/step-image/bitbucket-pipelines.yml")))
	require.Len(t, p.scripts, 1)
	shop := filepath.Join(t.TempDir(), "shop")
	demo(t, shop)
	bitbucket, access := authProxy(t)
	commit := head(t, shop)
	env := bare(t, access, "BITBUCKET_WORKSPACE=acme", "BITBUCKET_REPO_SLUG=shop", "BITBUCKET_BUILD_NUMBER=12", "BITBUCKET_COMMIT="+commit)
	out, code := run(t, shop, env, "bash", "-e", "-c", p.scripts[0])
	require.Zero(t, code, out)
	require.Contains(t, out, "The gate is closed, and this step lets it pass.")
	require.FileExists(t, filepath.Join(shop, "report.html"))
	require.Equal(t, []string{"PENDING", "FAILED"}, bitbucket.States(commit, "sluice-security"))
	out, code = run(t, shop, append(env, "FAIL_ON=nonsense"), "bash", "-e", "-c", p.scripts[0])
	require.Equal(t, 1, code, out)
}

func TestExampleStepImage(t *testing.T) {
	t.Parallel()
	stages := parseDockerfile(t, readText(t, "examples/step-image/Dockerfile"))
	require.Len(t, stages, 1)
	require.Equal(t, "--from="+imageName+":"+newestVersion(t)+" /sluice /usr/local/bin/sluice", stages[0].one(t, "COPY"))
	require.Empty(t, stages[0].all("ENTRYPOINT"), "a step brings its own shell")
}

func TestExampleJenkinsfile(t *testing.T) {
	t.Parallel()
	text := readText(t, "examples/data-center-jenkins/Jenkinsfile")
	require.Empty(t, unbalanced(text))
	require.Contains(t, unbalanced("a { 'it { is' // }\n"), "line 1: { is not closed")
	require.Contains(t, unbalanced("a ( ]\n"), "line 1: ] closes nothing")
	_, environment, ok := strings.Cut(text, "environment {\n")
	require.True(t, ok)
	environment, _, ok = strings.Cut(environment, "\n    }\n")
	require.True(t, ok)
	values := map[string]string{}
	for line := range strings.Lines(environment) {
		found := regexp.MustCompile(`^\s+([A-Z_]+) = (['"])(.*)['"]$`).FindStringSubmatch(strings.TrimRight(line, "\n"))
		require.NotNil(t, found, line)
		require.Contains(t, variableNames(), found[1])
		require.Equal(t, strings.Contains(found[3], "${"), found[2] == `"`, "Groovy fills in what stands in double quotes: %s", line)
		values[found[1]] = regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllString(found[3], "7")
	}
	credential := regexp.MustCompile(`variable: '(\w+)'`).FindStringSubmatch(text)
	require.NotNil(t, credential)
	values[credential[1]] = madeUp
	config, err := pipe.Load(func(name string) (string, bool) { v, ok := values[name]; return v, ok })
	require.NoError(t, err)
	require.False(t, config.Access.AccessToken.Empty(), "the token comes from the credential store")
	_, err = config.Ref("")
	require.NoError(t, err)
	outputs, err := config.Output.Outputs()
	require.NoError(t, err)
	for _, o := range outputs {
		require.Contains(t, text, o.File, "every file is kept by a step of post")
	}
}

// unbalanced returns the Groovy brackets without a partner, outside comments and strings.
func unbalanced(text string) []string {
	var problems, open []string
	closer := map[rune]string{'}': "{", ')': "(", ']': "["}
	for i, line := range strings.Split(text, "\n") {
		where := fmt.Sprintf("line %d: ", i+1)
		quote := rune(0)
	line:
		for j, r := range line {
			switch {
			case quote != 0:
				if r == quote {
					quote = 0
				}
			case strings.HasPrefix(line[j:], "//"):
				break line
			case r == '\'' || r == '"':
				quote = r
			case strings.ContainsRune("{([", r):
				open = append(open, where+string(r))
			case closer[r] != "":
				if len(open) == 0 || !strings.HasSuffix(open[len(open)-1], closer[r]) {
					problems = append(problems, where+string(r)+" closes nothing")
					continue
				}
				open = open[:len(open)-1]
			}
		}
		if quote != 0 {
			problems = append(problems, where+"a text is not closed")
		}
	}
	for _, o := range open {
		problems = append(problems, o+" is not closed")
	}
	return problems
}

func TestExamplePolicy(t *testing.T) {
	t.Parallel()
	policy, err := scan.ParsePolicy(".sluice.yml", []byte(readText(t, "examples/.sluice.yml")))
	require.NoError(t, err)
	require.Empty(t, policy.Warnings)
	require.Len(t, policy.Settings, len(scan.PolicySettings)-1, "all settings but engines, of which there is one")
	require.Len(t, policy.Suppress, 3)
	requirePolicyWorks(t, policy)
}

// requirePolicyWorks checks the parts that only the engines and the variables know: rules and values.
func requirePolicyWorks(t *testing.T, policy *scan.Policy) {
	t.Helper()
	detector, err := secret.New(secret.Options{Disable: policy.DisabledRules})
	require.NoError(t, err)
	var ids []string
	for _, r := range detector.Rules() {
		ids = append(ids, r.ID)
	}
	for id := range policy.Severities {
		require.Contains(t, ids, id)
	}
	for _, s := range policy.Suppress {
		require.True(t, s.Rule == "" || slices.Contains(ids, s.Rule), s.Rule)
	}
	_, err = pipe.Load(func(name string) (string, bool) { v, ok := policy.Settings[variable.FlagName(name)]; return v, ok })
	require.NoError(t, err)
}

// The table of examples/README.md must list every example, and each file must begin with a comment.
func TestExamplesAreListed(t *testing.T) {
	t.Parallel()
	table := readText(t, "examples/README.md")
	count := 0
	for _, name := range tracked(t) {
		name, ok := strings.CutPrefix(name, "examples/")
		if !ok || name == "README.md" {
			continue
		}
		count++
		folder, _, inFolder := strings.Cut(name, "/")
		if inFolder {
			require.Contains(t, table, "| ["+folder+"/](", name)
		} else {
			require.Contains(t, table, "| ["+name+"]("+name+")", name)
		}
		require.Regexp(t, `^(#!.*\n)?(#|//) \S`, readText(t, filepath.Join("examples", name)), name)
	}
	require.GreaterOrEqual(t, count, 8)
}
