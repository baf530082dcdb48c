package hook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan/ruleset"
)

// Server is a [Source] that asks a Sluice server over HTTP and reports the outcome of pushes to it. It is safe for
// concurrent use.
type Server struct {
	// URL is the server's address, from [ParseServer].
	URL *url.URL
	// Token returns the API token. The token goes only into the Authorization header of calls to the server.
	Token func() (string, error)
	// Cache is the folder for the last settings of each repository. They are used while the server cannot be reached.
	Cache string
	// Unreachable is the mode of the hook when there are neither settings from the server nor cached ones.
	Unreachable Mode
	// Agent is the User-Agent header.
	Agent string
	// HTTP makes the calls; nil means the network, through the proxies of the environment.
	HTTP http.RoundTripper
	// Now is the time; nil means time.Now.
	Now func() time.Time
}

// ParseServer reads a server's address: https, or http only on this machine. Nobody in between may read the token or
// change the settings.
func ParseServer(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		// The error does not quote the address, because it may contain a password.
		return nil, errors.New("it is not the address of a server: write it as https://sluice.example.com")
	case u.User != nil:
		return nil, errors.New("there is a user name in the address; the token comes from --token-file or SLUICE_TOKEN")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("there is a query in the address; name only the server, with its base path")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("over plain http everyone on the way can read the token: use https (sluice serve --tls-cert, or a reverse proxy)")
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// answer is the server's response about a repository.
type answer struct {
	Enabled *bool `json:"enabled"`
	Mode    Mode  `json:"mode"`
	Bypass  *bool `json:"bypass"`
	Rules   []struct {
		RuleName string `json:"ruleName"`
		Name     string `json:"name"`
		Regexp   string `json:"regexp"`
		Blocking bool   `json:"blocking"`
	} `json:"rules"`
	DisabledRules   []string `json:"disabledRules"`
	RepositoryRules bool     `json:"repositoryRules"`
}

// check reports whether the response is complete: other JSON must not pass for "off".
func (a *answer) check() error {
	if a.Enabled == nil || a.Bypass == nil || a.Mode == "" {
		return errors.New("it lacks enabled, mode or bypass: another server, or another version, answers there")
	}
	return nil
}

func (a *answer) settings() Settings {
	s := DefaultSettings()
	s.Enabled, s.Mode, s.Bypass, s.RepositoryRules, s.Disabled = *a.Enabled, a.Mode, *a.Bypass, a.RepositoryRules, a.DisabledRules
	for _, r := range a.Rules {
		s.Global = append(s.Global, ruleset.Global{ID: r.RuleName, Name: r.Name, Expression: r.Regexp, WarnOnly: !r.Blocking})
	}
	return s
}

// Settings implements [Source]. When the server cannot be reached or does not answer properly, the last settings that it
// gave apply, and say so. Without those, Unreachable decides.
func (s *Server) Settings(ctx context.Context, repository string) (Settings, error) {
	var a answer
	err := s.call(ctx, settingsTime, http.MethodGet, repository, "", nil, &a)
	if err == nil {
		if err = a.check(); err != nil {
			err = fmt.Errorf("%s gave no settings: %w", s.URL.Host, err)
		}
	}
	if err == nil {
		settings := a.settings()
		if err := s.keep(repository, &a); err != nil {
			settings.Notes = append(settings.Notes, fmt.Sprintf("the settings could not be kept for when the server is away: %v", err))
		}
		return settings, nil
	}
	kept, when, keptErr := s.kept(repository)
	if keptErr != nil {
		failing := DefaultSettings()
		failing.Mode = s.Unreachable
		return failing, fmt.Errorf("settings: %w\nand there are none of an earlier push: %w", err, keptErr)
	}
	settings := kept.settings()
	settings.Stale = fmt.Sprintf("the server's settings of %s apply, because it gave no new ones: %v", when.UTC().Format("2006-01-02 15:04 MST"), err)
	return settings, nil
}

// split returns the key of a repository's project and its slug.
func split(repository string) (key, slug string, err error) {
	at := strings.LastIndexByte(repository, '/')
	if at > 0 {
		key, slug = repository[:at], repository[at+1:]
	}
	for _, part := range []string{key, slug} {
		if strings.Trim(part, "./") == "" {
			return "", "", fmt.Errorf("%q is not a repository of the server: --repository names it as KEY/slug", repository)
		}
	}
	return key, slug, nil
}
