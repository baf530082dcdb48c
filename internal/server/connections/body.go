package connections

import (
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/server/api"
)

// newConnection is a connection to add.
type newConnection struct {
	ID string `json:"id" doc:"Its name in addresses: small letters, digits and dashes."`
	connectionChange
}

// connectionChange is a change of the settings of a connection. A nil field stays.
type connectionChange struct {
	URL         *string        `json:"url,omitempty" doc:"The address of the server, with its context path."`
	Include     *[]string      `json:"include,omitempty" doc:"Patterns of PROJECT/repository that belong to it, such as PAY/*; empty for all."`
	Exclude     *[]string      `json:"exclude,omitempty" doc:"Patterns that do not belong to it; they win."`
	Archived    *bool          `json:"archived,omitempty"`
	Forks       *bool          `json:"forks,omitempty"`
	Personal    *bool          `json:"personal,omitempty"`
	Every       *string        `json:"every,omitempty" doc:"The time between listings, such as 5m; 0s for the default."`
	Authorities *string        `json:"authorities,omitempty" doc:"Certificates in PEM of the authorities that signed the server's; empty for those of the system."`
	Calls       *float64       `json:"calls,omitempty" doc:"Calls per second to the server; 0 for 4."`
	CallsAtOnce *int           `json:"callsAtOnce,omitempty" doc:"Calls at once before calls applies; 0 for 40."`
	Webhooks    *bool          `json:"webhooks,omitempty" doc:"Whether webhooks are created and repaired."`
	Reports     *bool          `json:"reports,omitempty" doc:"Whether a Code Insights report is published on each commit that is scanned."`
	BuildStatus *bool          `json:"buildStatus,omitempty"`
	Comment     *bool          `json:"comment,omitempty" doc:"Whether one comment is kept on the pull request of a branch that is scanned."`
	Hourly      *int           `json:"hourly,omitempty" doc:"Calls of its API that Bitbucket Cloud allows in an hour; 0 for 1,000."`
	SignIn      *bool          `json:"signIn,omitempty" doc:"Whether people sign in with their account of this Bitbucket, and see what they may see there."`
	Credential  *newCredential `json:"credential,omitempty"`
}

// newCredential is a credential. It is never part of an answer.
type newCredential struct {
	User     string `json:"user,omitempty" doc:"The user to whom the password or token belongs; empty for an access token by itself."`
	Consumer string `json:"consumer,omitempty" doc:"The key of an OAuth consumer of Bitbucket Cloud, whose secret follows."`
	Secret   string `json:"secret"`
}

// credential returns the credential of a change; nil if it stays.
func (x *connectionChange) credential() *connected.Credential {
	if x.Credential == nil {
		return nil
	}
	return &connected.Credential{User: x.Credential.User, Consumer: x.Credential.Consumer, Secret: x.Credential.Secret}
}

// read checks what a decoder cannot, and returns the change.
func (x *connectionChange) read() (apply func(s *connected.Settings), err error) {
	var every time.Duration
	if x.Every != nil {
		if every, err = time.ParseDuration(*x.Every); err != nil {
			return nil, api.BadRequest("every: it must be a time such as 5m or 1h30m")
		}
	}
	return func(s *connected.Settings) {
		if x.URL != nil {
			s.URL = strings.TrimRight(*x.URL, "/")
		}
		if x.Every != nil {
			s.Every = connected.Duration(every)
		}
		set(&s.Include, x.Include)
		set(&s.Exclude, x.Exclude)
		set(&s.Archived, x.Archived)
		set(&s.Forks, x.Forks)
		set(&s.Personal, x.Personal)
		set(&s.Authorities, x.Authorities)
		set(&s.Rate, x.Calls)
		set(&s.Burst, x.CallsAtOnce)
		set(&s.Webhooks, x.Webhooks)
		set(&s.Reports, x.Reports)
		set(&s.BuildStatus, x.BuildStatus)
		set(&s.Comment, x.Comment)
		set(&s.Hourly, x.Hourly)
		set(&s.SignIn, x.SignIn)
	}, nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// connectionDetail is a connection with its settings.
type connectionDetail struct {
	connectionWire
	Settings   *connectionSettings `json:"settings" doc:"null for a folder of repositories."`
	Credential *credentialOwner    `json:"credential" doc:"Whose credential it has; the credential itself is never returned."`
	Webhooks   *webhookHealth      `json:"webhooks"`
	Budgets    []budgetWire        `json:"budgets" doc:"The calls of the last hour to Bitbucket Cloud; empty for another connection."`
}

// budgetWire is the budget of a group of calls.
type budgetWire struct {
	Group string `json:"group" doc:"repositories, hooks or git: Bitbucket counts each by itself."`
	Used  int    `json:"used"`
	Left  int    `json:"left"`
	Limit int    `json:"limit"`
}

// connectionSettings are the settings of a connection.
type connectionSettings struct {
	URL         string   `json:"url"`
	Include     []string `json:"include"`
	Exclude     []string `json:"exclude"`
	Archived    bool     `json:"archived"`
	Forks       bool     `json:"forks"`
	Personal    bool     `json:"personal"`
	Every       string   `json:"every"`
	Authorities string   `json:"authorities"`
	Calls       float64  `json:"calls"`
	CallsAtOnce int      `json:"callsAtOnce"`
	Webhooks    bool     `json:"webhooks"`
	Reports     bool     `json:"reports"`
	BuildStatus bool     `json:"buildStatus"`
	Comment     bool     `json:"comment"`
	Hourly      int      `json:"hourly"`
	SignIn      bool     `json:"signIn"`
	Workspace   string   `json:"workspace,omitempty" doc:"The UUID of the workspace whose Forge app gives the credentials; absent for another connection."`
}

// credentialOwner tells whose credential a connection has.
type credentialOwner struct {
	Kind string `json:"kind" doc:"TOKEN, USER, CONSUMER, APP for the Forge app, or NONE when it is gone or cannot be read."`
	User string `json:"user,omitempty" doc:"The user, or the key of the consumer."`
}

// webhookHealth is the health of webhooks.
type webhookHealth struct {
	HeardDate   *string `json:"lastHeardDate" doc:"When the last delivery with a right signature came."`
	RefusedDate *string `json:"lastRefusedDate" doc:"When the last delivery with a wrong signature came, until it is repaired."`
	Problem     string  `json:"problem,omitempty"`
}

// removedConnection is what became of a removed connection.
type removedConnection struct {
	Repositories int    `json:"repositories" doc:"How many repositories it had."`
	Left         string `json:"left,omitempty" doc:"Which webhooks may be left in Bitbucket."`
}

// checkedConnection is what a server said.
type checkedConnection struct {
	Version string `json:"version"`
	User    string `json:"user" doc:"Empty for a token of a project or repository."`
}
