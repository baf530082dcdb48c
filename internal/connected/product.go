package connected

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/cloud"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/datacenter"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/store/connections"
)

// product is a connection to one of the two products, with what it offers besides listing and opening.
type product interface {
	connection.Remote
	// Check asks whether the credential is accepted.
	Check(ctx context.Context) (connection.Who, error)
	// EnsureHooks creates and repairs webhooks, RemoveHooks deletes those whose address ends like one.
	EnsureHooks(ctx context.Context, h connection.Hook) error
	RemoveHooks(ctx context.Context, address string) error
	// Destination returns the open pull request from a branch, and where it goes; 0 for none.
	Destination(ctx context.Context, at connection.Location, branch string) (number int, name string, err error)
	// Names are those under which the API knows a repository; CommitURL is the page of a commit.
	Names(at connection.Location) (workspace, repository string)
	CommitURL(at connection.Location, commit string) string
}

var (
	_ product = (*datacenter.Connection)(nil)
	_ product = (*cloud.Connection)(nil)
)

// parsers read the events of webhooks, by the kind of the connection.
var parsers = map[connections.Kind]func(key, name string, body []byte) (connection.Event, error){
	connections.KindDataCenter: datacenter.ParseEvent,
	connections.KindCloud:      cloud.ParseEvent,
}

// parts are what a connection consists of.
type parts struct {
	name        string
	client      *bitbucket.Client
	credentials credential.Source
	// app gives credentials to git, too; nil for another source.
	app     credential.Source
	caFile  string
	mirrors *mirror.Mirrors
	log     *slog.Logger
}

// product returns the connection for settings.
func (s *Settings) product(p *parts) product {
	if s.Cloud() {
		return cloud.New(cloud.Options{Name: p.name, Workspace: s.workspace(), Client: p.client, Credentials: p.app, CAFile: p.caFile, Mirrors: p.mirrors, Filter: s.Filter, Log: p.log})
	}
	return datacenter.New(datacenter.Options{Name: p.name, Client: p.client, Credentials: p.credentials, CAFile: p.caFile, Mirrors: p.mirrors, Filter: s.Filter, Log: p.log})
}

// Cloud reports whether the address is at Bitbucket Cloud.
func (s *Settings) Cloud() bool {
	u, err := url.Parse(s.URL)
	return err == nil && (strings.EqualFold(u.Hostname(), "bitbucket.org") || strings.EqualFold(u.Hostname(), "www.bitbucket.org"))
}

// workspace is the name of the workspace in the address; empty if that is not one.
func (s *Settings) workspace() string {
	u, err := url.Parse(s.URL)
	name := ""
	if err == nil && u.Scheme == "https" && u.Port() == "" && u.RawQuery == "" && u.Fragment == "" {
		name = strings.Trim(u.Path, "/")
	}
	if !connection.IsWord(strings.Trim(name, "{}")) || strings.Contains(name, "/") {
		return ""
	}
	return name
}

func (s *Settings) kind() connections.Kind {
	if s.Cloud() {
		return connections.KindCloud
	}
	return connections.KindDataCenter
}

// fits returns an error if a credential is not of a kind that the product has.
func (s *Settings) fits(c *Credential) error {
	switch {
	case s.App != "":
		return errors.New("its credentials come from the Forge app: to give it another one, remove the connection and add it again")
	case c.Consumer != "" && !s.Cloud():
		return errors.New("an OAuth consumer is for Bitbucket Cloud only: give a token")
	case s.Cloud() && c.User != "" && !strings.Contains(c.User, "@"):
		return errors.New("the user of an API token of Bitbucket Cloud is an e-mail address")
	}
	return nil
}

const (
	// defaultHourly is how many calls of one group Cloud allows in an hour, and gitHourly how many requests of git ("API
	// request limits", support.atlassian.com). The size of the group of webhooks is not documented.
	defaultHourly = 1000
	gitHourly     = 60_000
	// cloudRate and cloudBurst spread the calls to Cloud; only the hour limits them.
	cloudRate  = 20
	cloudBurst = 40
)

// limits are the limits of calls for settings.
func (s *Settings) limits() *bitbucket.Limits {
	l := &bitbucket.Limits{Rate: s.Rate, Burst: s.Burst, Park: park}
	rate, burst := float64(defaultRate), defaultBurst
	if s.Cloud() {
		rate, burst = cloudRate, cloudBurst
		l.Hourly = s.hourly()
	}
	if l.Rate == 0 {
		l.Rate = rate
	}
	if l.Burst == 0 {
		l.Burst = burst
	}
	return l
}

func (s *Settings) hourly() map[string]int {
	most := s.Hourly
	if most == 0 {
		most = defaultHourly
	}
	return map[string]int{bitbucket.GroupRepositories: most, bitbucket.GroupHooks: most, bitbucket.GroupOther: most, bitbucket.GroupGit: gitHourly}
}

// Budget is how many calls of a group were made within the last hour, and how many may be.
type Budget struct {
	Group       string
	Used, Limit int
}

// Budgets are those of a connection, given the calls of the last hour by group; nil for Data Center, which counts by the
// second.
func (s *Settings) Budgets(spent map[string]int) []Budget {
	if !s.Cloud() {
		return nil
	}
	limits := s.hourly()
	var list []Budget
	for _, group := range []string{bitbucket.GroupRepositories, bitbucket.GroupHooks, bitbucket.GroupGit} {
		list = append(list, Budget{group, spent[group], limits[group]})
	}
	return list
}
