package pipe

import (
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

// Config is the whole configuration. Each field is one variable and, in lower case with dashes, one flag. Tests check
// the tables of the documents against the tags. An empty variable counts as not set.
type Config struct {
	Scan     engine.ScanConfig
	Output   OutputConfig
	Report   ReportConfig
	Shared   engine.SharedConfig `group:"Report"`
	Access   AccessConfig
	Pipeline engine.Pipeline
}

// Engine returns the part of the configuration that a scan uses.
func (c *Config) Engine() engine.Config {
	return engine.Config{Scan: c.Scan, Shared: c.Shared, Pipeline: c.Pipeline}
}

// OutputConfig says where results go in addition to Bitbucket.
type OutputConfig struct {
	Format  variable.List     `env:"FORMAT" usage:"output format, or format=file, separated by commas: text, json, sarif, csv, junit, html; cyclonedx and spdx list the dependencies (SBOM)"`
	Output  string            `env:"OUTPUT" usage:"file for the format that names none; when empty, standard output"`
	NoColor variable.Presence `env:"NO_COLOR" usage:"print without colour"`
	Debug   variable.Bool     `env:"DEBUG" usage:"log every step and every call"`
}

// ReportConfig says how the report looks and how it is published.
type ReportConfig struct {
	ReportID           string            `env:"REPORT_ID, default=sluice-security" usage:"external id of the report, which Data Center's merge check names; with fewer ENGINES, the default id gets their names as a suffix"`
	ReportTitle        string            `env:"REPORT_TITLE, default=Security scan" usage:"title of the report"`
	ReportLink         string            `env:"REPORT_LINK" usage:"public address that the report links to; when empty, the pipeline's step"`
	LogoURL            string            `env:"LOGO_URL" usage:"public https address of the report's logo"`
	RemoteLink         variable.Bool     `env:"REMOTE_LINK" usage:"add the report to the Jira issue of the commit (Cloud)"`
	MaxAnnotations     variable.Count    `env:"MAX_ANNOTATIONS, default=1000" usage:"most annotations in a report; lower it for a Data Center with a lower limit"`
	PublishTimeout     variable.Duration `env:"PUBLISH_TIMEOUT, default=5m" usage:"time limit of publishing, retries included"`
	FailOnPublishError variable.Bool     `env:"FAIL_ON_PUBLISH_ERROR" usage:"exit with 1 when the report cannot be published"`
	BuildStatus        variable.Bool     `env:"BUILD_STATUS" usage:"also set a build status on the commit (needs credentials)"`
	PRComment          variable.Bool     `env:"PR_COMMENT" usage:"keep one comment with the result on the pull request (needs credentials)"`
}

// AccessConfig says which Bitbucket to call, and with which credentials.
type AccessConfig struct {
	AccessToken  scan.Secret `env:"BITBUCKET_ACCESS_TOKEN" usage:"access token of a repository, project or workspace; on Data Center, an HTTP access token"`
	Username     string      `env:"BITBUCKET_USERNAME" usage:"Atlassian e-mail address for BITBUCKET_API_TOKEN; on Data Center, the user name"`
	APIToken     scan.Secret `env:"BITBUCKET_API_TOKEN" usage:"API token with scopes; needs BITBUCKET_USERNAME"`
	AppPassword  scan.Secret `env:"BITBUCKET_APP_PASSWORD" usage:"password of the Data Center user; app passwords on Cloud ended on 28 July 2026"`
	ClientID     string      `env:"BITBUCKET_CLIENT_ID" usage:"key of an OAuth consumer (Cloud)"`
	ClientSecret scan.Secret `env:"BITBUCKET_CLIENT_SECRET" usage:"secret of the OAuth consumer"`
	ServerURL    string      `env:"BITBUCKET_SERVER_URL" usage:"address of Bitbucket Data Center, with its context path; when empty, Bitbucket Cloud"`
	ProxyURL     string      `env:"PROXY_URL" usage:"address of the auth proxy of Pipelines; when empty, Sluice finds it"`
}
