package pipe

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
)

// Network says how to reach the network. The zero value is the real network.
type Network struct {
	Transport http.RoundTripper
	Dial      bitbucket.Dial
	// Providers sends the requests of VERIFY to the providers of secrets. Nil is the real network, even if Transport is
	// set.
	Providers http.RoundTripper
	// Advisories sends the requests to osv.dev. Nil is the real network, even if Transport is set.
	Advisories http.RoundTripper
}

// Connection is the configured access to Bitbucket.
type Connection struct {
	// Reports is the client for Code Insights, through the auth proxy or with credentials.
	Reports *insights.Client
	// Full is the client for everything else. It is nil without credentials.
	Full *bitbucket.Client
	// Proxy is the address of the auth proxy, or empty.
	Proxy string
	// Way says in words how Bitbucket is reached.
	Way string
}

// Product returns the configured Bitbucket product.
func (c *Config) Product() bitbucket.Product {
	if c.Access.ServerURL != "" {
		return bitbucket.DataCenter
	}
	return bitbucket.Cloud
}

// auth selects the credentials. The narrowest kind has precedence.
func (a *AccessConfig) auth() bitbucket.Auth {
	switch {
	case !a.AccessToken.Empty():
		return bitbucket.Bearer(a.AccessToken.Reveal())
	case a.ClientID != "" && !a.ClientSecret.Empty() && a.ServerURL == "":
		return bitbucket.ClientCredentials(a.ClientID, a.ClientSecret.Reveal(), "")
	case a.Username != "" && !a.APIToken.Empty():
		return bitbucket.Basic(a.Username, a.APIToken.Reveal())
	case a.Username != "" && !a.AppPassword.Empty():
		return bitbucket.Basic(a.Username, a.AppPassword.Reveal())
	}
	return bitbucket.Auth{}
}

// Connect chooses how to reach Bitbucket: an explicit PROXY_URL, else credentials (directly), else the auth proxy if it
// answers. Only the last choice uses the network, with a short dial.
func Connect(ctx context.Context, c *Config, n Network, version string, log *slog.Logger) (*Connection, error) {
	a := &c.Access
	options := bitbucket.Options{
		Product: c.Product(), ServerURL: a.ServerURL, Auth: a.auth(), Transport: n.Transport, Log: log, UserAgent: "sluice/" + version,
	}
	connection := &Connection{}
	if !options.Auth.None() {
		full, err := bitbucket.New(options)
		if err != nil {
			return nil, err
		}
		connection.Full = full
		if a.AccessToken.Empty() && a.APIToken.Empty() && a.ClientID == "" && a.ServerURL == "" {
			log.Warn("BITBUCKET_APP_PASSWORD is set: app passwords stopped working on Bitbucket Cloud on 28 July 2026; use BITBUCKET_ACCESS_TOKEN, or BITBUCKET_API_TOKEN with your Atlassian e-mail address")
		}
		if strings.HasPrefix(a.ServerURL, "http://") {
			log.Warn("BITBUCKET_SERVER_URL is plain http: the credentials can be read on the way")
		}
	}
	switch {
	case a.ServerURL != "":
		if connection.Full == nil {
			return nil, errors.New("no credentials for BITBUCKET_SERVER_URL: set BITBUCKET_ACCESS_TOKEN, or BITBUCKET_USERNAME and BITBUCKET_API_TOKEN")
		}
		connection.Way = "Data Center with " + options.Auth.String()
	case a.ProxyURL == "" && connection.Full != nil:
		connection.Way = "Bitbucket Cloud with " + options.Auth.String()
	default:
		proxy := a.ProxyURL
		if proxy == "" && bool(c.Shared.DryRun) {
			// A dry run sends nothing, so the default address is enough to show the payloads.
			proxy = "http://localhost:" + bitbucket.ProxyPort
		}
		if proxy == "" {
			found, err := bitbucket.FindProxy(ctx, bitbucket.ProxyCandidates(c.signal), n.Dial)
			if err != nil {
				return nil, err
			}
			proxy = found
		}
		options.Proxy, options.Auth = proxy, bitbucket.Auth{}
		reports, err := bitbucket.New(options)
		if err != nil {
			return nil, err
		}
		connection.Reports, connection.Proxy = insights.NewClient(reports), proxy
		connection.Way = "Bitbucket Cloud through the auth proxy " + proxy
		return connection, nil
	}
	connection.Reports = insights.NewClient(connection.Full)
	return connection, nil
}

// signal returns the variables that locate the auth proxy.
func (c *Config) signal(name string) string {
	p := &c.Pipeline
	switch name {
	case "BITBUCKET_PIPE_STORAGE_DIR":
		return p.StorageDir
	case "BITBUCKET_PIPE_SHARED_STORAGE_DIR":
		return p.SharedDir
	case "DOCKER_HOST":
		return p.DockerHost
	case "BITBUCKET_DOCKER_HOST_INTERNAL":
		return p.HostInternal
	}
	return ""
}

// Ref identifies the commit on Bitbucket by its full hash. The error names every missing variable.
func (c *Config) Ref(hash string) (insights.Ref, error) {
	p := &c.Pipeline
	ref := insights.Ref{Workspace: p.Workspace, Repository: p.RepoSlug, Commit: hash}
	owner, name, _ := strings.Cut(p.RepoFullName, "/")
	var missing []error
	if c.Product() == bitbucket.DataCenter && p.ProjectKey != "" {
		ref.Workspace = p.ProjectKey
	}
	for _, other := range []string{p.RepoOwner, owner} {
		if ref.Workspace == "" {
			ref.Workspace = other
		}
	}
	if ref.Repository == "" {
		ref.Repository = name
	}
	if ref.Workspace == "" {
		if c.Product() == bitbucket.DataCenter {
			missing = append(missing, errors.New("BITBUCKET_PROJECT_KEY is not set: it names the project of the repository"))
		} else {
			missing = append(missing, errors.New("BITBUCKET_WORKSPACE is not set: it names the workspace of the repository"))
		}
	}
	if ref.Repository == "" {
		missing = append(missing, errors.New("BITBUCKET_REPO_SLUG is not set: it names the repository"))
	}
	return ref, errors.Join(missing...)
}

// link is the target of the report's link: REPORT_LINK, else the step of the pipeline.
func (c *Config) link() string {
	p := &c.Pipeline
	ref, err := c.Ref("")
	switch {
	case c.Report.ReportLink != "":
		return c.Report.ReportLink
	case p.BuildNumber == "" || err != nil || c.Product() != bitbucket.Cloud:
		return ""
	}
	link := "https://bitbucket.org" + bitbucket.Path(ref.Workspace, ref.Repository, "pipelines", "results", p.BuildNumber)
	if p.StepUUID != "" {
		link += "/steps" + bitbucket.Path(p.StepUUID)
	}
	return link
}
