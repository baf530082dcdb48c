package serve

import (
	"bytes"
	"crypto/x509"
	"errors"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/openid"
	"github.com/sluice-scan/sluice/scan"
)

// openIDWay is the id of the way to sign in by OpenID Connect. It is in the callback that is registered at the provider.
const openIDWay = "oidc"

// clientSecretVariable contains the client's secret at the provider. There is no flag for it: others see the arguments of a process.
const clientSecretVariable = "SLUICE_OIDC_CLIENT_SECRET"

// consumerSecretVariable contains the secret of the OAuth consumer of Bitbucket Cloud.
const consumerSecretVariable = "SLUICE_CLOUD_CONSUMER_SECRET"

// Who signs in with a password.
const (
	passwordsEverybody = "everybody"
	passwordsAdmins    = "administrators"
)

// What becomes of somebody new at the provider.
const (
	accountsCreated = "created"
	accountsLinked  = "linked"
)

// signIn is how people sign in, besides the password.
type signIn struct {
	// Ways are nil without a provider.
	Ways []access.Way
	// Consumer lets people sign in at Bitbucket Cloud; nil for none.
	Consumer *connected.Consumer
	// OnlyAdmins leaves passwords to administrators.
	OnlyAdmins bool
}

// addSignInFlags adds the flags that say how people sign in.
func addSignInFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("passwords", passwordsEverybody, "who signs in with a password: everybody or administrators; the others need --oidc-issuer or a token (SLUICE_PASSWORDS)")
	f.String("cloud-consumer", "", "key of the OAuth consumer of Bitbucket Cloud by which people sign in; its secret is in SLUICE_CLOUD_CONSUMER_SECRET; needs --link (SLUICE_CLOUD_CONSUMER)")
	f.String("oidc-issuer", "", "OpenID Connect provider by which people sign in, as its tokens name it: https://login.example.com; needs --link (SLUICE_OIDC_ISSUER)")
	f.String("oidc-client-id", "", "what the provider knows this server by; its secret is in SLUICE_OIDC_CLIENT_SECRET or in a file (SLUICE_OIDC_CLIENT_ID)")
	f.String("oidc-client-secret-file", "", "file with the client's secret (SLUICE_OIDC_CLIENT_SECRET_FILE)")
	f.String("oidc-ca", "", "file with the authorities that vouch for the provider's certificate; when empty, those of the system (SLUICE_OIDC_CA)")
	f.String("oidc-title", "OpenID Connect", "name of the provider on the button (SLUICE_OIDC_TITLE)")
	f.String("oidc-scopes", "profile email", "scopes to ask for besides openid, separated by spaces (SLUICE_OIDC_SCOPES)")
	f.String("oidc-name-claim", "preferred_username", "claim with the name of a new account (SLUICE_OIDC_NAME_CLAIM)")
	f.String("oidc-groups-claim", "groups", "claim with the groups of a person (SLUICE_OIDC_GROUPS_CLAIM)")
	f.String("oidc-group", "", "group of the provider that everybody must have to sign in (SLUICE_OIDC_GROUP)")
	f.String("oidc-admin-group", "", "group of the provider whose members are administrators (SLUICE_OIDC_ADMIN_GROUP)")
	f.String("oidc-domains", "", "domains that a verified e-mail address must have to sign in, separated by commas (SLUICE_OIDC_DOMAINS)")
	f.String("oidc-accounts", accountsCreated, "accounts of people who sign in for the first time: created, or linked by an administrator before (SLUICE_OIDC_ACCOUNTS)")
}

// loadSignIn reads how people sign in.
func (c *serveConfig) loadSignIn(text func(flag string) string, getenv func(string) (string, bool), problem func(flag, format string, args ...any)) {
	switch word := text("passwords"); word {
	case passwordsEverybody:
	case passwordsAdmins:
		c.SignIn.OnlyAdmins = true
	default:
		problem("passwords", "%q is not one of everybody and administrators", word)
	}
	if key := text("cloud-consumer"); key != "" {
		secret, _ := getenv(consumerSecretVariable)
		if secret == "" {
			problem("cloud-consumer", "%s is not set: it holds the secret of the consumer", consumerSecretVariable)
		}
		if err := checkLink(c.Link, c.BasePath); err != nil {
			problem("link", "%v", err)
		}
		c.SignIn.Consumer = &connected.Consumer{Key: key, Secret: scan.NewSecret(secret)}
	}
	issuer := text("oidc-issuer")
	if issuer == "" {
		if c.SignIn.OnlyAdmins {
			problem("passwords", "without --oidc-issuer nobody but administrators could sign in")
		}
		return
	}
	if err := checkLink(c.Link, c.BasePath); err != nil {
		problem("link", "%v", err)
	}
	a := access.Admission{Group: text("oidc-group"), Admins: text("oidc-admin-group")}
	switch word := text("oidc-accounts"); word {
	case accountsCreated, accountsLinked:
		a.Create = word == accountsCreated
	default:
		problem("oidc-accounts", "%q is not one of created and linked", word)
	}
	for word := range strings.SplitSeq(text("oidc-domains"), ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); strings.ContainsAny(word, "@ *") {
			problem("oidc-domains", "%q is not a domain such as example.com", word)
		} else if word != "" {
			a.Domains = append(a.Domains, word)
		}
	}
	secret, err := clientSecret(text("oidc-client-secret-file"), getenv)
	if err != nil {
		problem("oidc-client-secret-file", "%v", err)
	}
	var roots *x509.CertPool
	if file := text("oidc-ca"); file != "" {
		if roots, err = authorities(file); err != nil {
			problem("oidc-ca", "%v", err)
		}
	}
	provider, err := openid.New(openid.Config{
		Issuer: issuer, Title: text("oidc-title"), ClientID: text("oidc-client-id"), ClientSecret: secret, Scopes: strings.Fields(text("oidc-scopes")),
		NameClaim: text("oidc-name-claim"), GroupsClaim: text("oidc-groups-claim"), Roots: roots,
	})
	if err != nil {
		problem("oidc-issuer", "%v", err)
		return
	}
	c.SignIn.Ways = []access.Way{{ID: openIDWay, Title: text("oidc-title"), Provider: provider, Admission: a}}
}

// checkLink reports what is wrong with the public address of the server, to which the provider sends browsers back.
func checkLink(link, basePath string) error {
	u, err := url.Parse(link)
	switch {
	case link == "":
		return errors.New("the provider sends browsers back to this address: name it, as people open it, such as https://sluice.example.com" + basePath)
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return errors.New("it is not an address such as https://sluice.example.com" + basePath)
	case strings.TrimRight(u.Path, "/") != basePath:
		return errors.New("its path is not that of --base-path")
	}
	return nil
}

// clientSecret reads the client's secret from its variable or from a file; empty for a public client. No error holds it.
func clientSecret(file string, getenv func(string) (string, bool)) (scan.Secret, error) {
	text, _ := getenv(clientSecretVariable)
	if file == "" {
		return scan.NewSecret(text), nil
	}
	if text != "" {
		return scan.Secret{}, errors.New(clientSecretVariable + " is set too; use one of the two")
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return scan.Secret{}, err
	}
	if b = bytes.TrimSpace(b); len(b) == 0 {
		return scan.Secret{}, errors.New("the file is empty")
	}
	return scan.NewSecret(string(b)), nil
}

// authorities reads certificates in PEM.
func authorities(file string) (*x509.CertPool, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(b) {
		return nil, errors.New("the file has no certificate in PEM")
	}
	return roots, nil
}
