package pipe

import (
	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/scan"
)

// Config is the whole configuration. Each field is one variable and, in lower case with dashes, one flag of the same
// meaning; README.md's tables are tested against the tags. An empty variable counts as not set.
type Config struct {
	Scan     ScanConfig
	Output   OutputConfig
	Report   ReportConfig
	Access   AccessConfig
	Pipeline Pipeline
}

// ScanConfig says what is scanned and what stops the merge.
type ScanConfig struct {
	FailOn        scan.Severity  `env:"FAIL_ON, default=HIGH" usage:"lowest severity that blocks: CRITICAL, HIGH, MEDIUM, LOW or NONE"`
	FailScope     scan.Scope     `env:"FAIL_SCOPE" usage:"which findings can block: new or all; without it, new in pull requests and all elsewhere"`
	Engines       Engines        `env:"ENGINES" usage:"engines to run, separated by commas; all when empty"`
	History       History        `env:"HISTORY" usage:"older commits to scan for secrets that were removed again: auto (since the base, or the newest 50), off or full; without it, auto in a pipeline and off for scan"`
	Verify        Bool           `env:"VERIFY" usage:"send the secrets that are found, and not suppressed, to their providers, to learn whether they still work: active ones become CRITICAL, revoked ones LOW"`
	Config        string         `env:"CONFIG" usage:"configuration file to use in the place of the repository's .sluice.yml"`
	Rules         List           `env:"RULES" usage:"files with rules for secrets of your own, separated by commas: Sluice's YAML, a gitleaks.toml, a .gitleaksignore or a soteri-security.yml"`
	Baseline      string         `env:"BASELINE" usage:"file of known findings, as --write-baseline or gitleaks makes it; they are shown as suppressed"`
	WriteBaseline string         `env:"WRITE_BASELINE" usage:"write the findings of this scan to this file, for BASELINE"`
	BaseCommit    string         `env:"BASE_COMMIT" usage:"commit in which findings are old; in a pull request the merge base is found without it"`
	Deepen        Bool           `env:"DEEPEN, default=true" usage:"fetch the destination of the pull request when the clone does not hold it (into a temporary folder, the clone is not changed)"`
	MaxFileSize   Size           `env:"MAX_FILE_SIZE, default=32MB" usage:"larger files are named and not scanned"`
	Archives      Bool           `env:"ARCHIVES, default=true" usage:"look for secrets inside archives: the zip family (jar, docx, whl and others), tar, gzip, bzip2 and Debian packages"`
	ScanTimeout   Duration       `env:"SCAN_TIMEOUT, default=30m" usage:"time limit of the scan"`
	CacheDir      string         `env:"CACHE_DIR" usage:"folder that remembers clean files between scans, such as one of the pipeline's caches; without it, none in a pipeline and the user's cache folder for scan; off for none"`
	DB            string         `env:"DB" usage:"advisory file for dependencies, as sluice db makes it, used as it is; without it, the one in CACHE_DIR"`
	DBUpdate      osv.UpdateMode `env:"DB_UPDATE, default=auto" usage:"when advisories are downloaded: auto (what the scan needs and is missing or older than a day), off or force"`
	DBURL         string         `env:"DB_URL" usage:"mirror to download advisories from, with ECOSYSTEM/all.zip below it; osv.dev's own when empty"`
	OSVAPI        Bool           `env:"OSV_API" usage:"ask api.osv.dev instead of a file; names and versions of the dependencies are sent there"`
	Reachability  Bool           `env:"REACHABILITY" usage:"say of vulnerable Go packages whether the code calls what is vulnerable; needs the go command, the sources of all dependencies and the full program (the image of the pipe refuses it), and loads the code that lies in the clone"`
	KEV           string         `env:"KEV" usage:"file with CISA's catalogue of exploited vulnerabilities (JSON)"`
	EPSS          string         `env:"EPSS" usage:"file with FIRST's EPSS scores (CSV, also compressed)"`
	Jobs          Count          `env:"JOBS" usage:"files scanned at once; the number of processors when empty"`
}

// OutputConfig says where results go besides Bitbucket.
type OutputConfig struct {
	Format  List     `env:"FORMAT" usage:"output format, or format=file, separated by commas: text, json, sarif, csv, junit, html; cyclonedx and spdx list the dependencies (SBOM)"`
	Output  string   `env:"OUTPUT" usage:"file for the one format that names none; standard output when empty"`
	NoColor Presence `env:"NO_COLOR" usage:"no colour"`
	Debug   Bool     `env:"DEBUG" usage:"log every step and every call"`
}

// ReportConfig says how the report looks and how it is published.
type ReportConfig struct {
	ReportID           string   `env:"REPORT_ID, default=sluice-security" usage:"external id of the report; Data Center's merge check names it; with some of the ENGINES, these follow the default"`
	ReportTitle        string   `env:"REPORT_TITLE, default=Security scan" usage:"title of the report"`
	ReportLink         string   `env:"REPORT_LINK" usage:"public address behind the report; the pipeline's step when empty"`
	LogoURL            string   `env:"LOGO_URL" usage:"public https address of a picture for the report"`
	RemoteLink         Bool     `env:"REMOTE_LINK" usage:"link the report in the Jira issue of the commit (Cloud)"`
	MaxAnnotations     Count    `env:"MAX_ANNOTATIONS, default=1000" usage:"annotations of the report; for a Data Center whose limit is lower"`
	PublishTimeout     Duration `env:"PUBLISH_TIMEOUT, default=5m" usage:"time limit of publishing, with all that is tried again"`
	FailOnPublishError Bool     `env:"FAIL_ON_PUBLISH_ERROR" usage:"exit with 1 when the report could not be published"`
	BuildStatus        Bool     `env:"BUILD_STATUS" usage:"set a build status on the commit too (needs credentials)"`
	PRComment          Bool     `env:"PR_COMMENT" usage:"keep one comment with the result on the pull request (needs credentials)"`
	DryRun             Bool     `env:"DRY_RUN" usage:"print the exact payloads and send nothing"`
	Sarif              List     `env:"SARIF" usage:"SARIF files of other tools whose findings join the report; names and patterns, separated by commas"`
	AcceptIncomplete   Bool     `env:"SARIF_ACCEPT_INCOMPLETE" usage:"let a SARIF file whose tool says that it did not finish count as complete; the report names it all the same"`
}

// AccessConfig says which Bitbucket is called, and as whom.
type AccessConfig struct {
	AccessToken  scan.Secret `env:"BITBUCKET_ACCESS_TOKEN" usage:"access token of a repository, project or workspace; on Data Center an HTTP access token"`
	Username     string      `env:"BITBUCKET_USERNAME" usage:"Atlassian e-mail address for BITBUCKET_API_TOKEN; on Data Center the user"`
	APIToken     scan.Secret `env:"BITBUCKET_API_TOKEN" usage:"API token with scopes, together with BITBUCKET_USERNAME"`
	AppPassword  scan.Secret `env:"BITBUCKET_APP_PASSWORD" usage:"password of the user on Data Center; on Cloud app passwords ended on 28 July 2026"`
	ClientID     string      `env:"BITBUCKET_CLIENT_ID" usage:"key of an OAuth consumer (Cloud)"`
	ClientSecret scan.Secret `env:"BITBUCKET_CLIENT_SECRET" usage:"secret of the OAuth consumer"`
	ServerURL    string      `env:"BITBUCKET_SERVER_URL" usage:"address of a Bitbucket Data Center, with its sub path; Cloud when empty"`
	ProxyURL     string      `env:"PROXY_URL" usage:"address of the pipelines auth proxy; found by itself when empty"`
}

// Pipeline is what Bitbucket Pipelines says about the run (its default variables). They are set by Bitbucket; elsewhere
// people set those that name the repository and the commit.
type Pipeline struct {
	CloneDir     string `env:"BITBUCKET_CLONE_DIR" usage:"the clone; the working directory when empty"`
	Commit       string `env:"BITBUCKET_COMMIT" usage:"commit to scan and to report on; HEAD when empty"`
	Workspace    string `env:"BITBUCKET_WORKSPACE" usage:"workspace on Cloud"`
	RepoSlug     string `env:"BITBUCKET_REPO_SLUG" usage:"repository"`
	RepoOwner    string `env:"BITBUCKET_REPO_OWNER" usage:"older name of the workspace"`
	RepoFullName string `env:"BITBUCKET_REPO_FULL_NAME" usage:"workspace/repository"`
	ProjectKey   string `env:"BITBUCKET_PROJECT_KEY" usage:"project on Data Center"`
	Branch       string `env:"BITBUCKET_BRANCH" usage:"branch of the pipeline"`
	Tag          string `env:"BITBUCKET_TAG" usage:"tag of the pipeline"`
	PRID         string `env:"BITBUCKET_PR_ID" usage:"number of the pull request"`
	PRBranch     string `env:"BITBUCKET_PR_DESTINATION_BRANCH" usage:"branch that the pull request goes into"`
	PRCommit     string `env:"BITBUCKET_PR_DESTINATION_COMMIT" usage:"its commit"`
	BuildNumber  string `env:"BITBUCKET_BUILD_NUMBER" usage:"number of the pipeline, for the report's link"`
	PipelineUUID string `env:"BITBUCKET_PIPELINE_UUID" usage:"set inside a pipeline"`
	StepUUID     string `env:"BITBUCKET_STEP_UUID" usage:"step of the pipeline, for the report's link"`
	GitOrigin    string `env:"BITBUCKET_GIT_HTTP_ORIGIN" usage:"where to fetch a missing destination commit from"`
	StorageDir   string `env:"BITBUCKET_PIPE_STORAGE_DIR" usage:"set inside a pipe: where the auth proxy is looked for first"`
	SharedDir    string `env:"BITBUCKET_PIPE_SHARED_STORAGE_DIR" usage:"set inside a pipe: where the auth proxy is looked for first"`
	DockerHost   string `env:"DOCKER_HOST" usage:"set inside a pipe: where the auth proxy is looked for first"`
	HostInternal string `env:"BITBUCKET_DOCKER_HOST_INTERNAL" usage:"address of host.docker.internal where that name does not resolve"`
}

// InPipeline reports whether the run is one of Bitbucket Pipelines.
func (p *Pipeline) InPipeline() bool {
	return p.PipelineUUID != "" || p.BuildNumber != "" && p.Commit != ""
}

// PullRequest reports whether the run is for a pull request.
func (p *Pipeline) PullRequest() bool { return p.PRID != "" }
