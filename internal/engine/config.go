package engine

import (
	"errors"

	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

// Config is the configuration of a scan. Each field of its groups is one variable and, in lower case with dashes, one
// flag. An empty variable counts as not set.
type Config struct {
	Scan     ScanConfig
	Shared   SharedConfig `group:"Report"`
	Pipeline Pipeline
}

// Load reads the configuration. The error joins all problems, each with the name of its variable. It never contains the
// value of a secret.
func Load(lookup variable.Lookup) (Config, error) {
	var config Config
	err := errors.Join(variable.Load(lookup, &config)...)
	return config, err
}

// Gate returns the configured gate.
func (c *Config) Gate() scan.Gate {
	return scan.Gate{FailOn: c.Scan.FailOn, Scope: c.Scan.FailScope}.Within(c.Pipeline.PullRequest())
}

// ScanConfig says what is scanned and what blocks the merge.
type ScanConfig struct {
	FailOn               scan.Severity     `env:"FAIL_ON, default=HIGH" usage:"lowest severity that blocks: CRITICAL, HIGH, MEDIUM, LOW or NONE"`
	FailScope            scan.Scope        `env:"FAIL_SCOPE" usage:"which findings can block: new or all; when empty, new in pull requests and all elsewhere"`
	Engines              Engines           `env:"ENGINES" usage:"engines to run, separated by commas; when empty, all"`
	History              History           `env:"HISTORY" usage:"which older commits to scan for removed secrets: auto (since the base, or the newest 50), off or full; when empty, auto in a pipeline and off for scan"`
	Verify               variable.Bool     `env:"VERIFY" usage:"send found secrets that are not suppressed to their providers to learn whether they still work; active ones become CRITICAL, revoked ones LOW"`
	Config               string            `env:"CONFIG" usage:"configuration file that replaces the repository's .sluice.yml"`
	Rules                variable.List     `env:"RULES" usage:"files with your own rules for secrets, separated by commas: Sluice's YAML, gitleaks.toml, .gitleaksignore or soteri-security.yml"`
	CodeRules            variable.List     `env:"CODE_RULES" usage:"files and folders with your own rules for code in semgrep's format (YAML), separated by commas"`
	CodePack             CodePack          `env:"CODE_PACK, default=default" usage:"built-in rules for code: default, strict (also what is seldom a danger) or off"`
	CodeDisable          variable.List     `env:"CODE_DISABLE" usage:"ids of rules for code that are not run, separated by commas"`
	CodeAcceptSkipped    variable.Bool     `env:"CODE_ACCEPT_SKIPPED" usage:"accept that rules for code are not run because this version cannot run them; the report still names them"`
	CodeRepositoryRules  variable.Bool     `env:"CODE_REPOSITORY_RULES" usage:"also run the rules in the repository's own .semgrep.yml and .semgrep; they add to the others"`
	CodeForeign          CodeForeign       `env:"CODE_FOREIGN_SUPPRESSIONS, default=default" usage:"comments of other tools that allow findings in code: default (nosec, nolint:gosec), all (also NOSONAR, eslint-disable and @SuppressWarnings) or off"`
	CodeIncludeGenerated variable.Bool     `env:"CODE_INCLUDE_GENERATED" usage:"also look for insecure code in generated and minified files and in vendor, node_modules and third_party"`
	Baseline             string            `env:"BASELINE" usage:"file of known findings, made by --write-baseline or gitleaks; reports show them as suppressed"`
	WriteBaseline        string            `env:"WRITE_BASELINE" usage:"write the findings of this scan to this file, for use as BASELINE"`
	BaseCommit           string            `env:"BASE_COMMIT" usage:"commit to compare with: what it already contains is not new; when empty, a pull request uses its merge base"`
	Deepen               variable.Bool     `env:"DEEPEN, default=true" usage:"fetch the pull request's destination when the clone lacks it; the fetch goes into a temporary folder and leaves the clone unchanged"`
	MaxFileSize          variable.Size     `env:"MAX_FILE_SIZE, default=32MB" usage:"largest file to scan; reports name larger files"`
	Archives             variable.Bool     `env:"ARCHIVES, default=true" usage:"look for secrets inside archives: the zip family (jar, docx, whl and others), tar, gzip, bzip2 and Debian packages"`
	ScanTimeout          variable.Duration `env:"SCAN_TIMEOUT, default=30m" usage:"time limit of the scan"`
	CacheDir             string            `env:"CACHE_DIR" usage:"folder that remembers clean files between scans, for example one of the pipeline's caches; off for none; when empty, none in a pipeline and the user's cache folder for scan"`
	DB                   string            `env:"DB" usage:"advisory file for dependencies, made by sluice db and used unchanged; when empty, the file in CACHE_DIR"`
	DBUpdate             osv.UpdateMode    `env:"DB_UPDATE, default=auto" usage:"when to download advisories: auto (when the scan needs them and they are missing or older than a day), off or force"`
	DBURL                string            `env:"DB_URL" usage:"mirror to download advisories from (ECOSYSTEM/all.zip); when empty, osv.dev"`
	OSVAPI               variable.Bool     `env:"OSV_API" usage:"ask api.osv.dev instead of reading a file; this sends the names and versions of dependencies there"`
	Reachability         variable.Bool     `env:"REACHABILITY" usage:"report whether the code calls the vulnerable functions of Go packages; needs the go command, the sources of all dependencies and the full program (the pipe's image refuses it), and loads the cloned code"`
	KEV                  string            `env:"KEV" usage:"file with CISA's catalogue of exploited vulnerabilities (JSON)"`
	EPSS                 string            `env:"EPSS" usage:"file with FIRST's EPSS scores (CSV, also compressed)"`
	Jobs                 variable.Count    `env:"JOBS" usage:"how many files to scan at once; when empty, the number of processors"`
}

// SharedConfig is used by scanning and by publishing.
type SharedConfig struct {
	DryRun           variable.Bool `env:"DRY_RUN" usage:"print the exact payloads and send nothing"`
	Sarif            variable.List `env:"SARIF" usage:"SARIF files of other tools to add to the report; names and patterns, separated by commas"`
	AcceptIncomplete variable.Bool `env:"SARIF_ACCEPT_INCOMPLETE" usage:"accept a SARIF file whose tool says that it did not finish; the report still names it"`
}

// Pipeline has the default variables of Bitbucket Pipelines about the run. Bitbucket sets them. Elsewhere users set
// those for the repository and the commit.
type Pipeline struct {
	CloneDir     string `env:"BITBUCKET_CLONE_DIR" usage:"folder of the clone; when empty, the working directory"`
	Commit       string `env:"BITBUCKET_COMMIT" usage:"commit to scan and report on; when empty, HEAD"`
	Workspace    string `env:"BITBUCKET_WORKSPACE" usage:"workspace (Cloud)"`
	RepoSlug     string `env:"BITBUCKET_REPO_SLUG" usage:"repository slug"`
	RepoOwner    string `env:"BITBUCKET_REPO_OWNER" usage:"older name of BITBUCKET_WORKSPACE"`
	RepoFullName string `env:"BITBUCKET_REPO_FULL_NAME" usage:"workspace/repository"`
	ProjectKey   string `env:"BITBUCKET_PROJECT_KEY" usage:"project key (Data Center)"`
	Branch       string `env:"BITBUCKET_BRANCH" usage:"branch that the pipeline runs on"`
	Tag          string `env:"BITBUCKET_TAG" usage:"tag that the pipeline runs on"`
	PRID         string `env:"BITBUCKET_PR_ID" usage:"number of the pull request"`
	PRBranch     string `env:"BITBUCKET_PR_DESTINATION_BRANCH" usage:"destination branch of the pull request"`
	PRCommit     string `env:"BITBUCKET_PR_DESTINATION_COMMIT" usage:"commit of the destination branch"`
	BuildNumber  string `env:"BITBUCKET_BUILD_NUMBER" usage:"number of the pipeline, for the report's link"`
	PipelineUUID string `env:"BITBUCKET_PIPELINE_UUID" usage:"set inside a pipeline"`
	StepUUID     string `env:"BITBUCKET_STEP_UUID" usage:"step of the pipeline, for the report's link"`
	GitOrigin    string `env:"BITBUCKET_GIT_HTTP_ORIGIN" usage:"where to fetch a missing destination commit"`
	StorageDir   string `env:"BITBUCKET_PIPE_STORAGE_DIR" usage:"set inside a pipe; Sluice then looks for the auth proxy on the pipe's host first"`
	SharedDir    string `env:"BITBUCKET_PIPE_SHARED_STORAGE_DIR" usage:"set inside a pipe; Sluice then looks for the auth proxy on the pipe's host first"`
	DockerHost   string `env:"DOCKER_HOST" usage:"set inside a pipe; Sluice then looks for the auth proxy on the pipe's host first"`
	HostInternal string `env:"BITBUCKET_DOCKER_HOST_INTERNAL" usage:"address of host.docker.internal where that name does not resolve"`
}

// InPipeline reports whether this is a run of Bitbucket Pipelines.
func (p *Pipeline) InPipeline() bool {
	return p.PipelineUUID != "" || p.BuildNumber != "" && p.Commit != ""
}

// PullRequest reports whether the run is for a pull request.
func (p *Pipeline) PullRequest() bool { return p.PRID != "" }
