package pipe

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/variable"
)

// Variables lists all variables in the order of Config. Callers must not change the list.
func Variables() []variable.Variable { return variables() }

var variables = sync.OnceValue(func() []variable.Variable { return variable.Of(&Config{}) })

// Load reads the configuration. The error joins all problems, each with the name of its variable. It never contains the
// value of a secret.
func Load(lookup variable.Lookup) (Config, error) {
	var config Config
	problems := variable.Load(lookup, &config)
	config.Access.AccessToken, config.Access.APIToken = bare(config.Access.AccessToken), bare(config.Access.APIToken)
	config.nameReport(lookup)
	problems = append(problems, config.problems()...)
	return config, errors.Join(problems...)
}

// behind returns the configuration with defaults from the repository's file.
func (c *Config) behind(plan *engine.Plan) (Config, error) {
	config, err := Load(plan.Lookup)
	if err != nil {
		return Config{}, &variable.UsageError{Err: err}
	}
	// Engines in the repository's file apply to every step, so the steps do not split them.
	config.Report.ReportID = c.Report.ReportID
	if plan.Policy == nil || plan.Policy.Settings["report-title"] == "" {
		config.Report.ReportTitle = c.Report.ReportTitle
	}
	return config, nil
}

// Place returns the place to scan for a folder and the configuration.
func (c *Config) Place(dir string) engine.Place {
	place := engine.Place{Dir: dir, Revision: c.Pipeline.Commit}
	if ref, err := c.Ref(""); err == nil {
		place.Workspace, place.Repository = ref.Workspace, ref.Repository
	}
	return place
}

// nameReport gives a step that runs only some engines its own report id. Otherwise pipeline steps that split the engines
// would replace each other's report. A configured id stays.
func (c *Config) nameReport(lookup variable.Lookup) {
	part := c.Scan.Engines.Part()
	if part == "" {
		return
	}
	if !variable.IsSet(lookup, "REPORT_ID") {
		c.Report.ReportID += "-" + part
	}
	if !variable.IsSet(lookup, "REPORT_TITLE") {
		c.Report.ReportTitle += " (" + part + ")"
	}
}

// problems finds conflicts between variables.
func (c *Config) problems() []error {
	var list []error
	add := func(format string, args ...any) { list = append(list, fmt.Errorf(format, args...)) }
	if !insights.ValidReportID(c.Report.ReportID) && c.Report.ReportID != "" {
		add("REPORT_ID: %q is not an id: at most %d letters, digits, dots, dashes and underscores", c.Report.ReportID, insights.MaxReportID)
	}
	if c.Report.MaxAnnotations > insights.MaxAnnotations {
		add("MAX_ANNOTATIONS: %d is more than the %d that a report may have", c.Report.MaxAnnotations, insights.MaxAnnotations)
	}
	for _, one := range [][2]string{{"BITBUCKET_REPO_SLUG", c.Pipeline.RepoSlug}, {"BITBUCKET_WORKSPACE", c.Pipeline.Workspace}, {"BITBUCKET_PROJECT_KEY", c.Pipeline.ProjectKey}} {
		if strings.Contains(one[1], "/") {
			add("%s: %q is an address or a path; write only the name, as it is in the repository's address", one[0], one[1])
		}
	}
	a := &c.Access
	if !a.APIToken.Empty() && a.Username == "" {
		add("BITBUCKET_API_TOKEN: BITBUCKET_USERNAME is missing; set it to the e-mail address of the Atlassian account")
	}
	if !a.AppPassword.Empty() && a.Username == "" {
		add("BITBUCKET_APP_PASSWORD: BITBUCKET_USERNAME is missing")
	}
	if a.ClientID != "" && a.ClientSecret.Empty() {
		add("BITBUCKET_CLIENT_ID: BITBUCKET_CLIENT_SECRET is missing")
	}
	if a.ClientID == "" && !a.ClientSecret.Empty() {
		add("BITBUCKET_CLIENT_SECRET: BITBUCKET_CLIENT_ID is missing")
	}
	return list
}
