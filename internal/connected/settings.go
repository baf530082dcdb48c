package connected

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
)

// Settings are what people choose for a connection. They hold no secret.
type Settings struct {
	// URL is the address of the server, with its context path. That of a workspace of Cloud is https://bitbucket.org/NAME.
	URL string `json:"url"`
	connection.Filter
	// Every is the time between listings; 0 means five minutes (Cloud: 45 seconds, because its listings cost one call), or
	// thirty (five) while webhooks are heard.
	Every Duration `json:"every,omitempty"`
	// Authorities are the certificates, as PEM, of the authorities that sign the server's certificate; empty means those of
	// the system.
	Authorities string `json:"authorities,omitempty"`
	// Rate and Burst limit the calls per second and at once; 0 means 4 and 40, which is below what Data Center allows by
	// default where its rate limit is on. Hourly is how many calls of its API Cloud allows in an hour; 0 means 1,000.
	Rate   float64 `json:"rate,omitempty"`
	Burst  int     `json:"burst,omitempty"`
	Hourly int     `json:"hourly,omitempty"`
	// Reports publishes a report on each scanned commit, BuildStatus a build status. Comment keeps one comment on the pull
	// request of a scanned branch.
	Reports     bool `json:"reports,omitempty"`
	BuildStatus bool `json:"buildStatus,omitempty"`
	Comment     bool `json:"comment,omitempty"`
	// Webhooks makes the server create and repair webhooks. The credential must administer projects or repositories.
	Webhooks bool `json:"webhooks,omitempty"`
	// App is the uuid of the workspace, without braces, whose installation of the Forge app gives the credentials. It is empty
	// for a connection with a credential that people gave. Only pairing sets it.
	App string `json:"app,omitempty"`
	// SignIn lets people sign in with their account of this Bitbucket. They see what they may see there.
	SignIn bool `json:"signIn,omitempty"`
}

// Duration is a time in JSON as people write it: "5m".
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	x, err := time.ParseDuration(string(text))
	*d = Duration(x)
	return err
}

// The defaults and limits of the settings.
const (
	defaultEvery = 5 * time.Minute
	// hookedEvery is the default while webhooks are heard.
	hookedEvery = 30 * time.Minute
	// cloudEvery and cloudHookedEvery are those for Cloud.
	cloudEvery       = 45 * time.Second
	cloudHookedEvery = 5 * time.Minute
	leastEvery       = time.Second
	defaultRate      = 4
	defaultBurst     = 40
)

// Check returns an error that joins all problems of the settings.
func (s *Settings) Check() error {
	var problems []error
	if u, err := url.Parse(s.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		problems = append(problems, errors.New("the address is not that of a server: write it as https://bitbucket.example.com or https://example.com/bitbucket, without a user"))
	} else if s.Cloud() {
		if s.workspace() == "" {
			problems = append(problems, errors.New("the address of a workspace is https://bitbucket.org/NAME"))
		}
	} else if _, err := bitbucket.New(bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: s.URL}); err != nil {
		// The client's own message names a variable of the pipe.
		problems = append(problems, errors.New(strings.ReplaceAll(err.Error(), "BITBUCKET_SERVER_URL", "the address")))
	}
	if s.App != "" && s.Webhooks {
		problems = append(problems, errors.New("the Forge app sends events by itself, and its credentials may not create webhooks: switch the webhooks off"))
	}
	if err := s.Filter.Check(); err != nil {
		problems = append(problems, err)
	}
	if s.Every != 0 && time.Duration(s.Every) < leastEvery {
		problems = append(problems, fmt.Errorf("the time between listings is shorter than %s", leastEvery))
	}
	if s.Rate < 0 || s.Burst < 0 || s.Hourly < 0 {
		problems = append(problems, errors.New("the limit of calls is negative"))
	}
	if s.Authorities != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(s.Authorities)) {
		problems = append(problems, errors.New("the file of authorities holds no certificate in PEM"))
	}
	return errors.Join(problems...)
}

// publishes reports whether scans leave anything in Bitbucket.
func (s *Settings) publishes() bool { return s.Reports || s.BuildStatus || s.Comment }

// text returns the settings as the store has them.
func (s *Settings) text() string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // these types always encode
	}
	return string(b)
}

// ParseSettings reads what text wrote.
func ParseSettings(text string) (s Settings, err error) {
	if err = json.Unmarshal([]byte(text), &s); err != nil {
		err = fmt.Errorf("the settings of the connection cannot be read: %w", err)
	}
	return s, err
}

// Credential lets the server in: an access token, a user with a password or token, or an OAuth consumer of Cloud. It prints
// as its kind.
type Credential struct {
	// User is empty for an access token, and the e-mail address of the user for an API token of Cloud. Consumer is the key of
	// an OAuth consumer.
	User     string `json:"user,omitempty"`
	Consumer string `json:"consumer,omitempty"`
	Secret   string `json:"secret"`
}

func (c Credential) auth() bitbucket.Auth {
	switch {
	case c.Consumer != "":
		return bitbucket.ClientCredentials(c.Consumer, c.Secret, "")
	case c.User == "":
		return bitbucket.Bearer(c.Secret)
	}
	return bitbucket.Basic(c.User, c.Secret)
}

// source gives the credential to a connection. Data Center wants a CAPTCHA after wrong passwords, so a user's is not
// tried twice.
func (c Credential) source(s *Settings) credential.Source {
	return credential.Static{Auth: c.auth(), Header: c.auth().Header(), Locks: c.User != "" && !s.Cloud()}
}

// Format implements fmt.Formatter, so that no verb prints the secret.
func (c Credential) Format(f fmt.State, verb rune) { c.auth().Format(f, verb) }

// Check returns an error if there is no credential, or one that no header can carry. It quotes nothing.
func (c Credential) Check() error {
	switch {
	case c.Secret == "":
		return errors.New("there is no credential")
	case c.User != "" && c.Consumer != "":
		return errors.New("a credential belongs to a user or to an OAuth consumer, not to both")
	case len(c.Consumer) > 255 || strings.ContainsFunc(c.Consumer, func(r rune) bool { return r <= ' ' || r >= 0x7f }) || strings.Contains(c.Consumer, ":"):
		return errors.New("the key of the OAuth consumer is not one that Bitbucket gives")
	case len(c.Secret) > 4096 || len(c.User) > 255 || strings.ContainsFunc(c.Secret+c.User, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.Contains(c.User, ":"):
		return errors.New("the credential is not one that a header can carry: check that it is one line, and the user's name")
	}
	return nil
}

func (c Credential) text() string {
	b, err := json.Marshal(c) //nolint:gosec // it is sealed at once
	if err != nil {
		panic(err) // these types always encode
	}
	return string(b)
}

var name = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// CheckName returns an error for a name that a connection cannot have.
func CheckName(text string) error {
	if !name.MatchString(text) || text == "directory" || text == "repos" || text == "new" {
		return errors.New("the name of a connection consists of small letters, digits and dashes, at most 40; directory, new and repos are taken")
	}
	return nil
}
